"""Reads the results of one event for its report, in as many queries for one battle as for a thousand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from arena.domain.event_results import EventResults, HeldBattle, Voice
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.vote import Outcome
from arena.storage.event_rows import EventRow
from arena.storage.footprints import read_footprints
from arena.storage.reflections import to_reflections
from arena.storage.rows import AnswerRow, BattleRow, NeedRow, RematchRow, RoundRow, SecondChoiceRow, TurnRow, VoteRow
from arena.storage.transactions import reading


class ReportStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def event_id_of(self, code: str) -> str | None:
        """The event with a code, None when there is none."""
        with reading(self._engine) as session:
            return session.exec(select(EventRow.id).where(EventRow.code == code.strip().upper())).first()

    def results_of(self, event_id: str) -> EventResults | None:
        """An event and its battles, oldest first, without comparisons; None for an unknown event.

        A battle with a hidden prompt is not there at all; demonstrations are only counted.
        """
        with reading(self._engine) as session:
            event = session.get(EventRow, event_id)
            if event is None:
                return None
            seen = _seen_battles(event_id)
            demos = session.exec(select(func.count()).select_from(seen.where(col(BattleRow.is_demo)).subquery())).one()
            return EventResults(
                event_id=event.id,
                title=event.title,
                place=event.place,
                held_on=event.held_on,
                battles=_read_battles(session, seen.where(col(BattleRow.is_demo).is_(False))),
                demo_battles=demos,
            )


def _seen_battles(event_id: str) -> SelectOfScalar[str]:
    hidden = select(TurnRow.battle_id).where(col(TurnRow.hidden_at).is_not(None))
    return select(BattleRow.id).where(BattleRow.event_id == event_id, col(BattleRow.id).not_in(hidden))


def _read_battles(session: Session, ids: SelectOfScalar[str]) -> tuple[HeldBattle, ...]:
    voices, answers, alone = _read_voices(session, ids), _read_answers(session, ids), _read_alone(session, ids)
    query = (
        select(BattleRow, TurnRow.prompt, RematchRow.kept_side, RoundRow.number)
        .join(TurnRow, (col(TurnRow.battle_id) == BattleRow.id) & (col(TurnRow.index) == 0))
        .outerjoin(RematchRow, col(RematchRow.battle_id) == BattleRow.id)
        .outerjoin(RoundRow, col(RoundRow.battle_id) == BattleRow.id)
        .where(col(BattleRow.id).in_(ids))
        .order_by(col(BattleRow.created_at), col(BattleRow.id))
    )
    return tuple(
        HeldBattle(
            id=battle.id,
            visitor_id=battle.visitor_id,
            created_at=battle.created_at,
            prompt=prompt,
            theme=battle.theme,
            is_blind=battle.is_blind,
            is_purged=battle.purged_at is not None,
            voices=tuple(voices[battle.id]),
            answers=tuple(answers[battle.id]),
            kept_side=None if kept_side is None else Side(kept_side),
            round_number=round_number,
            seconds_alone=tuple(alone[battle.id]),
            recorded_at=battle.recorded_at,
        )
        for battle, prompt, kept_side, round_number in session.exec(query)
    )


def _read_voices(session: Session, ids: SelectOfScalar[str]) -> Mapping[str, Sequence[Voice]]:
    """By battle, in the order in which people voted."""
    query = select(VoteRow, SecondChoiceRow, NeedRow)
    for row in (SecondChoiceRow, NeedRow):
        same = (col(row.battle_id) == VoteRow.battle_id) & (col(row.visitor_id) == VoteRow.visitor_id)
        query = query.outerjoin(row, same)
    query = query.where(col(VoteRow.battle_id).in_(ids)).order_by(col(VoteRow.created_at), col(VoteRow.visitor_id))
    voices: dict[str, list[Voice]] = defaultdict(list)
    for vote, chosen, need in session.exec(query):
        said = to_reflections(None, chosen, need)
        voices[vote.battle_id].append(Voice(vote.visitor_id, Outcome(vote.outcome), said.second_choice, said.need))
    return voices


def _read_alone(session: Session, ids: SelectOfScalar[str]) -> Mapping[str, Sequence[tuple[str, Outcome]]]:
    """By battle the second choices, with whose they are, of those who did not vote."""
    same = (col(VoteRow.battle_id) == SecondChoiceRow.battle_id) & (
        col(VoteRow.visitor_id) == SecondChoiceRow.visitor_id
    )
    query = (
        select(SecondChoiceRow.battle_id, SecondChoiceRow.visitor_id, SecondChoiceRow.outcome)
        .outerjoin(VoteRow, same)
        .where(col(SecondChoiceRow.battle_id).in_(ids), col(VoteRow.battle_id).is_(None))
        .order_by(col(SecondChoiceRow.created_at), col(SecondChoiceRow.visitor_id))
    )
    alone: dict[str, list[tuple[str, Outcome]]] = defaultdict(list)
    for battle_id, visitor_id, outcome in session.exec(query):
        if outcome is not None:
            alone[battle_id].append((visitor_id, Outcome(outcome)))
    return alone


def _read_answers(session: Session, ids: SelectOfScalar[str]) -> Mapping[str, Sequence[PastAnswer]]:
    """The answers that produced something; of several methods the first one computed is the one that was shown."""
    spoken = col(AnswerRow.token_source).is_not(None)
    answer_ids = select(col(AnswerRow.id)).join(TurnRow).where(spoken, col(TurnRow.battle_id).in_(ids))
    query = (
        select(AnswerRow.id, AnswerRow.side, TurnRow.index, TurnRow.battle_id)
        .join(TurnRow, col(AnswerRow.turn_id) == TurnRow.id)
        .where(spoken, col(TurnRow.battle_id).in_(ids))
        .order_by(col(TurnRow.battle_id), col(TurnRow.index), col(AnswerRow.side))
    )
    footprints = read_footprints(session, answer_ids)
    answers: dict[str, list[PastAnswer]] = defaultdict(list)
    for answer_id, side, index, battle_id in session.exec(query):
        shown = next(iter(footprints.get(answer_id or 0, ())), None)
        answers[battle_id].append(PastAnswer(index, Side(side), shown))
    return answers
