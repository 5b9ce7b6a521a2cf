"""Random histories of a database: what visitors, rooms, organisers and repairs do to battles of two events and none."""

import random
from dataclasses import replace
from datetime import date
from itertools import count as numbers

from sqlalchemy import Engine, text
from sqlmodel import Session

from arena.domain.event import EventState, Moderation
from arena.domain.pairing import PairingMode
from arena.domain.reflection import Bet, Need
from arena.domain.rematch import Rematch, RematchKind
from arena.domain.room import visitor_of_room
from arena.domain.round import BallotKind, Round, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality, Reaction
from arena.errors import ArenaError
from arena.storage.ballots import BallotStore
from arena.storage.battles import BattleStore
from arena.storage.footprints import FootprintStore
from arena.storage.reflections import ReflectionStore
from arena.storage.rows import EventRow
from arena.storage.visitors import VisitorStore
from tests.storage.making import NOON, WRITTEN, at, make_battle, make_inputs, make_values, make_vote

EVENTS = ("first", "second", None)


def make_event(engine: Engine, event_id: str) -> None:
    with Session(engine) as session:
        session.add(
            EventRow(
                id=event_id,
                code=event_id,
                state=EventState.OPEN.value,
                title=event_id,
                held_on=date(2026, 3, 14),
                locale="fr",
                mode=PairingMode.RANDOM.value,
                max_answer_tokens=400,
                moderation=Moderation.FREE.value,
                retention_days=30,
                created_at=NOON,
            )
        )
        session.commit()


class History:
    """A random history of a database, through its stores and past them."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine = engine
        self._dice = random.Random(seed)
        self._numbers = numbers()
        self._battles = BattleStore(engine)
        self._footprints = FootprintStore(engine)
        self._reflections = ReflectionStore(engine)
        self._visitors = VisitorStore(engine)
        self._ballots = BallotStore(engine)
        self._ids: list[str] = []
        self._rounds: list[Round] = []

    def step(self) -> None:
        """One thing happens, if it can."""
        acts = (
            self._begin, self._begin, self._vote, self._vote, self._react, self._bet, self._choose, self._need,
            self._answer, self._hide, self._delete, self._erase, self._repair, self._begin_round, self._begin_round,
            self._raise_hands, self._raise_hands, self._end_blindness,
        )  # fmt: skip
        act = self._begin if not self._ids else self._dice.choice(acts)
        try:
            act()
        except ArenaError:
            return  # a bet after the reveal, a second choice before it: refused, and so nothing happened

    def _one(self) -> str:
        return self._dice.choice(self._ids)

    def _someone(self) -> str:
        return f"visitor-{self._dice.randrange(7)}"

    def _begin(self) -> None:
        battle = make_battle(
            f"{next(self._numbers):032x}",
            visitor_id=self._someone(),
            is_blind=self._dice.random() < 0.9,
            is_demo=self._dice.random() < 0.1,
            models=self._dice.choice([("small-model", "big-model"), ("big-model", "other-model")]),
        )
        kept = Rematch(None, RematchKind.SMALLER, Side.A) if self._dice.random() < 0.2 else None
        self._battles.create_battle(replace(battle, event_id=self._dice.choice(EVENTS), rematch=kept))
        self._ids.append(battle.id)

    def _begin_round(self) -> None:
        """A battle that a room plays, which is nobody's."""
        event_id = self._dice.choice(EVENTS[:2])
        battle = make_battle(
            f"{next(self._numbers):032x}",
            visitor_id=visitor_of_room(event_id),
            is_demo=self._dice.random() < 0.1,
            models=self._dice.choice([("small-model", "big-model"), ("big-model", "other-model")]),
        )
        recorded_at = at(-9e6) if self._dice.random() < 0.3 else None
        self._battles.create_battle(replace(battle, event_id=event_id, recorded_at=recorded_at))
        self._ids.append(battle.id)
        self._rounds.append(Round(battle.id, event_id, battle.id, len(self._rounds), Step.VOTE, NOON))

    def _raise_hands(self) -> None:
        if self._rounds:
            kind = self._dice.choice([BallotKind.VOTE, BallotKind.SECOND_CHOICE])
            counts = {outcome: self._dice.randrange(4) for outcome in Outcome}
            self._ballots.raise_hands(self._dice.choice(self._rounds), kind, counts, at(6))

    def _end_blindness(self) -> None:
        self._run("UPDATE battle SET is_blind = false WHERE id = :b", self._one())

    def _vote(self) -> None:
        battle_id, visitor_id, outcome = self._one(), self._someone(), self._dice.choice(list(Outcome))
        self._battles.cast_vote(make_vote(outcome, battle_id=battle_id, visitor_id=visitor_id), at(1))

    def _react(self) -> None:
        qualities = frozenset(self._dice.sample(list(Quality), 2))
        self._battles.save_reaction(Reaction(self._one(), self._someone(), Side.A, None, qualities))

    def _bet(self) -> None:
        bet = self._dice.choice([Bet(1), Bet(10, Side.B), Bet(100, Side.A), Bet(30)])
        self._reflections.place_bet(self._one(), self._someone(), bet, at(2))

    def _choose(self) -> None:
        battle_id, visitor_id = self._one(), self._someone()
        self._battles.reveal_footprints(battle_id, visitor_id, at(3))
        outcome = self._dice.choice([*Outcome, None])
        self._reflections.choose_again(battle_id, visitor_id, outcome, at(4))

    def _need(self) -> None:
        self._reflections.answer_need(self._one(), self._someone(), self._dice.choice(list(Need)), at(5))

    def _answer(self) -> None:
        battle_id, side = self._one(), self._dice.choice(list(Side))
        self._battles.save_answer(battle_id, 0, side, replace(WRITTEN, duration_s=self._dice.random()))
        answers = "SELECT answer.id FROM answer JOIN turn ON turn.id = turn_id WHERE battle_id = :b"
        self._run(f"DELETE FROM footprint_input WHERE answer_id IN ({answers} AND side = '{side}')", battle_id)
        self._footprints.save(battle_id, 0, side, make_inputs(), make_values(factor=self._dice.random()))

    def _hide(self) -> None:
        self._run("UPDATE turn SET hidden_at = '2026-03-14 12:00:00+00' WHERE battle_id = :b", self._one())

    def _delete(self) -> None:
        self._run("DELETE FROM battle WHERE id = :b", self._one())

    def _repair(self) -> None:
        mine = "turn_id IN (SELECT id FROM turn WHERE battle_id = :b)"
        self._run(f"UPDATE answer SET output_tokens = 7 WHERE {mine}", self._one())

    def _erase(self) -> None:
        self._visitors.erase(self._someone(), is_running=lambda _id: False)

    def _run(self, statement: str, battle_id: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(statement), {"b": battle_id})
