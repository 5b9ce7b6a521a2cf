"""Keeps what visitors make of footprints: bets before the reveal, second choices after it, the need for an AI."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from arena.domain.reflection import Bet, Need, Reflections, SecondChoice
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import BattleClosed, FootprintsUnseen, VoteMissing
from arena.storage.rows import BattleRow, BetRow, NeedRow, RevealRow, SecondChoiceRow, TableRow, VoteRow
from arena.storage.transactions import insert_into, lock_battle, writing


class ReflectionStore:
    """Each method is one transaction. Every one raises BattleNotFound, and StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def place_bet(self, battle_id: str, visitor_id: str, bet: Bet, now: datetime) -> None:
        """Write a bet, or change it until the reveal. Raises VoteMissing, BattleClosed."""
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            _require_vote(session, battle_id, visitor_id)
            if session.get(RevealRow, (battle_id, visitor_id)) is not None:
                raise BattleClosed(f"battle {battle_id} was revealed")
            side = bet.more.value if bet.more else None
            _write(session, BetRow, battle_id, visitor_id, {"side": side, "factor": bet.factor, "created_at": now})

    def choose_again(self, battle_id: str, visitor_id: str, outcome: Outcome | None, now: datetime) -> None:
        """Write the second choice, None for skipped, and note that the names are shown: both or nothing.

        Once the names are shown the first one stays. Raises FootprintsUnseen before the first reveal.
        """
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            revealed = session.get(RevealRow, (battle_id, visitor_id))
            if revealed is None:
                raise FootprintsUnseen(f"the footprints of battle {battle_id} come before the second choice")
            if revealed.names_at is not None:
                return
            chosen = outcome.value if outcome else None
            _write(session, SecondChoiceRow, battle_id, visitor_id, {"outcome": chosen, "created_at": now})
            revealed.names_at = now
            session.add(revealed)

    def answer_need(self, battle_id: str, visitor_id: str, need: Need, now: datetime) -> None:
        """Write whether an AI was needed, in place of an earlier answer."""
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            _write(session, NeedRow, battle_id, visitor_id, {"answer": need.value, "created_at": now})


_BATTLE_ID: sa.BindParameter[str] = sa.bindparam("battle_id")
_VISITOR_ID: sa.BindParameter[str] = sa.bindparam("visitor_id")


def of_visitor(row: type[BetRow | NeedRow | RevealRow | SecondChoiceRow | VoteRow]) -> sa.ColumnElement[bool]:
    """What joins to a battle the row of the visitor whom the query names."""
    return (col(row.battle_id) == BattleRow.id) & (col(row.visitor_id) == _VISITOR_ID)


# Put together once, as every view of a battle asks: that takes longer than to ask.
_REFLECTIONS = (
    select(BetRow, SecondChoiceRow, NeedRow)
    .select_from(BattleRow)
    .outerjoin(BetRow, of_visitor(BetRow))
    .outerjoin(SecondChoiceRow, of_visitor(SecondChoiceRow))
    .outerjoin(NeedRow, of_visitor(NeedRow))
    .where(col(BattleRow.id) == _BATTLE_ID)
)


def read_reflections(session: Session, battle_id: str, visitor_id: str) -> Reflections:
    """All that a visitor made of a battle, in one query."""
    both = {"battle_id": battle_id, "visitor_id": visitor_id}
    return to_reflections(*session.exec(_REFLECTIONS, params=both).one())


def to_reflections(bet: BetRow | None, chosen: SecondChoiceRow | None, need: NeedRow | None) -> Reflections:
    """Rows, where there are any, as domain objects."""
    return Reflections(
        bet=None if bet is None else Bet(bet.factor, Side(bet.side) if bet.side else None, bet.created_at),
        second_choice=None if chosen is None else _to_second_choice(chosen),
        need=None if need is None else Need(need.answer),
    )


def _to_second_choice(row: SecondChoiceRow) -> SecondChoice:
    return SecondChoice(Outcome(row.outcome) if row.outcome else None, row.created_at)


def _require_vote(session: Session, battle_id: str, visitor_id: str) -> None:
    if session.get(VoteRow, (battle_id, visitor_id)) is None:
        raise VoteMissing(f"no vote on battle {battle_id} yet")


def _write(session: Session, row: type[TableRow], battle_id: str, visitor_id: str, said: dict[str, Any]) -> None:
    statement = insert_into(session, row).values(battle_id=battle_id, visitor_id=visitor_id, **said)
    session.exec(statement.on_conflict_do_update(index_elements=["battle_id", "visitor_id"], set_=said))
