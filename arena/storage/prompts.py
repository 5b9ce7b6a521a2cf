"""Finds, hides and deletes prompts, for organisers."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Engine, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, select

from arena.domain.asked import AskedPrompt, PromptPage
from arena.errors import BattleNotFound
from arena.storage.budgets import keep_spent, lock_budgets
from arena.storage.rows import BattleRow, RoomRow, RoundRow, TurnRow
from arena.storage.space import free_space
from arena.storage.transactions import lock_battle, reading, writing


class PromptStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses.

    ``event_ids`` are the events that one may organise; None is every battle, those without an event too.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, event_ids: AbstractSet[str] | None, words: str, *, skip: int, limit: int) -> PromptPage:
        """Prompts that hold the words, large or small, but for hidden, purged and demonstration battles."""
        hidden = aliased(TurnRow)
        query = (
            select(TurnRow)
            .join(BattleRow, col(BattleRow.id) == TurnRow.battle_id)
            .where(
                ~select(hidden.id)
                .where(hidden.battle_id == TurnRow.battle_id, col(hidden.hidden_at).is_not(None))
                .exists(),
                col(BattleRow.purged_at).is_(None),
                col(BattleRow.is_demo).is_(False),
            )
            .order_by(col(TurnRow.id).desc())
            .offset(skip)
            .limit(limit + 1)
        )
        if event_ids is not None:
            query = query.where(col(BattleRow.event_id).in_(event_ids))
        if words:
            query = query.where(col(TurnRow.prompt).icontains(words, autoescape=True))
        with reading(self._engine) as session:
            found = [AskedPrompt(row.battle_id, row.index, row.prompt, row.created_at) for row in session.exec(query)]
        return PromptPage(tuple(found[:limit]), len(found) > limit)

    def hide(self, battle_id: str, turn_index: int, event_ids: AbstractSet[str] | None, now: datetime) -> None:
        """Hide a prompt, and with it its battle, from every view and export. Raises BattleNotFound.

        The moment of the first hiding stays. A room that is in it leaves the round.
        """
        with writing(self._engine) as session:
            _leave_round(session, battle_id)
            _require(session, battle_id, event_ids)
            query = select(TurnRow).where(TurnRow.battle_id == battle_id, TurnRow.index == turn_index)
            turn = session.exec(query).first()
            if turn is None:
                raise BattleNotFound(f"no turn {turn_index} in battle {battle_id!r}")
            turn.hidden_at = turn.hidden_at or now
            session.add(turn)

    def delete(self, battle_id: str, event_ids: AbstractSet[str] | None) -> None:
        """Delete a battle with everything that hangs on it, but for what it cost its event.

        Raises BattleNotFound. The bytes follow later. A room that is in it leaves the round.
        """
        with writing(self._engine) as session:
            this = col(BattleRow.id) == battle_id
            lock_budgets(session, this)
            _leave_round(session, battle_id)
            _require(session, battle_id, event_ids)
            keep_spent(session, this)
            session.exec(delete(BattleRow).where(this))

    def free_space(self) -> None:
        """Give back what was deleted; see ``arena.storage.space``."""
        free_space(self._engine)


def _leave_round(session: Session, battle_id: str) -> None:
    """Before the battle is locked, as whoever leads a room does it. Its pages see by the version that it changed."""
    rounds = select(RoundRow.id).where(RoundRow.battle_id == battle_id)
    left = update(RoomRow).where(col(RoomRow.round_id).in_(rounds))
    session.exec(left.values(round_id=None, page=0, version=RoomRow.version + 1))


def _require(session: Session, battle_id: str, event_ids: AbstractSet[str] | None) -> None:
    """Lock a battle of these events; one of another is as unknown as one that does not exist."""
    lock_battle(session, battle_id)
    event_id = session.get_one(BattleRow, battle_id).event_id
    if event_ids is not None and event_id not in event_ids:
        raise BattleNotFound(f"battle {battle_id} belongs to another event")
