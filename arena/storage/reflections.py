"""Keeps what visitors make of footprints: bets before the reveal, second choices after it, the need for an AI."""

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session

from arena.domain.reflection import Bet, Need, Reflections, SecondChoice
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import BattleClosed, FootprintsUnseen, VoteMissing
from arena.storage.joined import Joined, Part
from arena.storage.rows import BattleRow, BetRow, NeedRow, RevealRow, SecondChoiceRow, TableRow, VoteRow
from arena.storage.transactions import dialect_of, insert_for, lock_battle, run, table_of, writing


class ReflectionStore:
    """Each method is one transaction. Every one raises BattleNotFound, and StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def place_bet(self, battle_id: str, visitor_id: str, bet: Bet, now: datetime) -> None:
        """Write a bet, or change it until the reveal. Raises VoteMissing, BattleClosed."""
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            _require_vote(session, battle_id, visitor_id)
            if run(session, _REVEALED, {"battle_id": battle_id, "visitor_id": visitor_id}).first() is not None:
                raise BattleClosed(f"battle {battle_id} was revealed")
            side = bet.more.value if bet.more else None
            _write(session, BetRow, battle_id, visitor_id, {"side": side, "factor": bet.factor, "created_at": now})

    def choose_again(self, battle_id: str, visitor_id: str, outcome: Outcome | None, now: datetime) -> None:
        """Write the second choice, None for skipped, and note that the names are shown: both or nothing.

        Once the names are shown the first one stays. Raises FootprintsUnseen before the first reveal.
        """
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            both = {"battle_id": battle_id, "visitor_id": visitor_id}
            revealed = run(session, _REVEALED, both).first()
            if revealed is None:
                raise FootprintsUnseen(f"the footprints of battle {battle_id} come before the second choice")
            if revealed.names_at is not None:
                return
            chosen = outcome.value if outcome else None
            _write(session, SecondChoiceRow, battle_id, visitor_id, {"outcome": chosen, "created_at": now})
            run(session, _SHOW_NAMES, {"this": battle_id, "mine": visitor_id, "now": now})

    def answer_need(self, battle_id: str, visitor_id: str, need: Need, now: datetime) -> None:
        """Write whether an AI was needed, in place of an earlier answer."""
        with writing(self._engine) as session:
            lock_battle(session, battle_id)
            _write(session, NeedRow, battle_id, visitor_id, {"answer": need.value, "created_at": now})


BATTLE_ID: sa.BindParameter[str] = sa.bindparam("battle_id")
VISITOR_ID: sa.BindParameter[str] = sa.bindparam("visitor_id")


def joined_to_visitor(query: sa.Select[Any], *rows: type[TableRow]) -> sa.Select[Any]:
    """A SELECT from battles with what the visitor whom it names said and saw of each, where there is anything."""
    battles = table_of(BattleRow)
    for row in rows:
        said = table_of(row)
        query = query.outerjoin(said, (said.c.battle_id == battles.c.id) & (said.c.visitor_id == VISITOR_ID))
    return query


# Put together once, as every ballot asks: that takes longer than to ask.
_REFLECTIONS = Joined(BetRow, SecondChoiceRow, NeedRow)
_REFLECTED = joined_to_visitor(
    sa.select(*_REFLECTIONS.columns).select_from(table_of(BattleRow)), BetRow, SecondChoiceRow, NeedRow
).where(table_of(BattleRow).c.id == BATTLE_ID)
_REVEAL, _VOTE = table_of(RevealRow), table_of(VoteRow)
_REVEALED = sa.select(_REVEAL).where(_REVEAL.c.battle_id == BATTLE_ID, _REVEAL.c.visitor_id == VISITOR_ID)
_VOTED = sa.select(_VOTE.c.outcome).where(_VOTE.c.battle_id == BATTLE_ID, _VOTE.c.visitor_id == VISITOR_ID)
_SHOW_NAMES = (
    sa.update(_REVEAL)
    .where(_REVEAL.c.battle_id == sa.bindparam("this"), _REVEAL.c.visitor_id == sa.bindparam("mine"))
    .values(names_at=sa.bindparam("now"))
)


def read_reflections(session: Session, battle_id: str, visitor_id: str) -> Reflections:
    """All that a visitor made of a battle, in one query."""
    both = {"battle_id": battle_id, "visitor_id": visitor_id}
    return to_reflections(*_REFLECTIONS.split(run(session, _REFLECTED, both).one()))


def to_reflections(
    bet: BetRow | Part | None, chosen: SecondChoiceRow | Part | None, need: NeedRow | Part | None
) -> Reflections:
    """Rows, where there are any, as domain objects."""
    return Reflections(
        bet=None if bet is None else Bet(bet.factor, Side(bet.side) if bet.side else None, bet.created_at),
        second_choice=None if chosen is None else _to_second_choice(chosen),
        need=None if need is None else Need(need.answer),
    )


def _to_second_choice(row: SecondChoiceRow | Part) -> SecondChoice:
    return SecondChoice(Outcome(row.outcome) if row.outcome else None, row.created_at)


def _require_vote(session: Session, battle_id: str, visitor_id: str) -> None:
    if run(session, _VOTED, {"battle_id": battle_id, "visitor_id": visitor_id}).first() is None:
        raise VoteMissing(f"no vote on battle {battle_id} yet")


def _write(session: Session, row: type[TableRow], battle_id: str, visitor_id: str, said: dict[str, Any]) -> None:
    statement = _saying(dialect_of(session), row, tuple(said))
    run(session, statement, {"battle_id": battle_id, "visitor_id": visitor_id, **said})


@cache
def _saying(dialect: str, row: type[TableRow], names: tuple[str, ...]) -> sa.Insert:
    statement = insert_for(dialect, row)
    return statement.on_conflict_do_update(
        index_elements=["battle_id", "visitor_id"], set_={name: statement.excluded[name] for name in names}
    )
