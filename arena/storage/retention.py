"""Forgets what people wrote once its time has come; what can be counted stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, func, update
from sqlmodel import col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from arena.domain.retention import Due, EventTerm, Purged
from arena.storage.budgets import RUNNING
from arena.storage.event_rows import EventRow
from arena.storage.rows import AnswerRow, BattleRow, ProposalRow, TurnRow, VoteRow
from arena.storage.space import free_space
from arena.storage.table import TableRow
from arena.storage.transactions import reading, writing

BATTLES_AT_ONCE = 200  # a vote waits for a page of them, never for all


class RetentionStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def terms(self) -> tuple[EventTerm, ...]:
        """How long each event keeps its texts, by code."""
        with reading(self._engine) as session:
            rows = session.exec(select(EventRow).order_by(col(EventRow.code)))
            return tuple(EventTerm(row.id, row.code, row.held_on, row.retention_days) for row in rows)

    def count(self, due: Due) -> Purged:
        """What ``purge`` would take from all these battles together."""
        ids = _due_battles(due)
        with reading(self._engine) as session:
            battles = session.exec(select(func.count()).select_from(ids.subquery())).one()
            prompts, answers, comments = (
                session.exec(select(func.count()).select_from(texts.row).where(*texts.written)).one()
                for texts in _texts_of(ids)
            )
            proposed = session.exec(select(func.count()).select_from(ProposalRow).where(*_due_proposals(due))).one()
            return Purged(battles, prompts + proposed, answers, comments)

    def purge(self, due: Due, now: datetime, *, limit: int = BATTLES_AT_ONCE) -> Purged:
        """Empty the texts of the oldest of these battles and mark them; nothing is left when it says 0 battles.

        What people only proposed to ask goes at once, and counts as prompts. A battle that is being written waits for
        the next time. The bytes follow with ``free_space``.
        """
        oldest = col(BattleRow.created_at), col(BattleRow.id)
        with writing(self._engine) as session:
            ids = session.exec(_due_battles(due).order_by(*oldest).limit(limit).with_for_update()).all()
            chosen = select(BattleRow.id).where(col(BattleRow.id).in_(ids))
            prompts, answers, comments = (
                session.exec(update(texts.row).where(*texts.written).values(dict.fromkeys(texts.columns, ""))).rowcount
                for texts in _texts_of(chosen)
            )
            session.exec(update(BattleRow).where(col(BattleRow.id).in_(ids)).values(purged_at=now))
            proposed = session.exec(delete(ProposalRow).where(*_due_proposals(due))).rowcount
            return Purged(len(ids), prompts + proposed, answers, comments)

    def free_space(self) -> None:
        """Give back what was emptied; see ``arena.storage.space``."""
        free_space(self._engine)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Columns of one table that hold what people or models wrote, and which of its rows hold some."""

    row: type[TableRow]
    columns: tuple[str, ...]
    written: tuple[ColumnElement[bool], ...]


def _texts_of(battle_ids: SelectOfScalar[str]) -> tuple[_Texts, _Texts, _Texts]:
    """The prompts, the answers and the comments of some battles."""
    turn_ids = select(TurnRow.id).where(col(TurnRow.battle_id).in_(battle_ids))
    said = (col(AnswerRow.text) != "") | (col(AnswerRow.reasoning) != "")
    return (
        _Texts(TurnRow, ("prompt",), (col(TurnRow.battle_id).in_(battle_ids), col(TurnRow.prompt) != "")),
        _Texts(AnswerRow, ("text", "reasoning"), (col(AnswerRow.turn_id).in_(turn_ids), said)),
        _Texts(VoteRow, ("comment",), (col(VoteRow.battle_id).in_(battle_ids), col(VoteRow.comment) != "")),
    )


def _due_proposals(due: Due) -> tuple[ColumnElement[bool], ...]:
    """Questions that people of an event proposed; outside of any event there are none."""
    return col(ProposalRow.event_id) == due.event_id, col(ProposalRow.created_at) < due.before


def _due_battles(due: Due) -> SelectOfScalar[str]:
    """Not yet purged, with no answer being written."""
    written = select(TurnRow.battle_id).join(AnswerRow).where(col(AnswerRow.status).in_(RUNNING))
    return select(BattleRow.id).where(
        col(BattleRow.event_id) == due.event_id,  # of no event: NULL becomes IS NULL
        BattleRow.created_at < due.before,
        col(BattleRow.purged_at).is_(None),
        col(BattleRow.id).not_in(written),
    )
