"""Events, people and whole battles to export, written straight into a database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlmodel import col

from arena.domain.battle import Battle, Turn
from arena.domain.reflection import Bet, Need
from arena.domain.room import RoomState, visitor_of_room
from arena.domain.round import BallotKind, Round, Step, further
from arena.domain.side import Side
from arena.domain.vote import Outcome, Quality, Reaction
from arena.storage.ballots import BallotStore
from arena.storage.battles import BattleStore
from arena.storage.engine import WRITES
from arena.storage.event_rows import EventRow
from arena.storage.events import EventStore
from arena.storage.footprints import FootprintStore
from arena.storage.reflections import ReflectionStore
from arena.storage.rooms import RoomStore
from arena.storage.rows import BattleRow, TurnRow

from .making import FAILED, NOON, WRITTEN, at, make_battle, make_inputs, make_values, make_vote

EVENT, OTHER = "e" * 32, "f" * 32
CODE = "ABC234"
PEOPLE = tuple(f"person-{number}" for number in range(6))
PROMPTS = (
    "Pourquoi le ciel est-il bleu ?",
    "=HYPERLINK(\"http://evil.example\";\"clic\")",
    "+33 soucis",
    "-5 est-il pair ?\r\n« oui »;\n\"non\"\u2028\u0085fin",
    "@SUM(A1)\0 et 🌞",
    "\tÉcris à anne.martin@example.org ou au 06 12 34 56 78",
)  # fmt: skip


def add_event(engine: Engine, event_id: str = EVENT, code: str = CODE, *, state: str = "closed", day: int = 14) -> str:
    values = {
        "id": event_id, "code": code, "state": state, "title": "Café IA", "held_on": date(2026, 3, day), "place": "",
        "locale": "fr", "mode": "random", "max_answer_tokens": 400, "moderation": "free", "retention_days": 30,
        "created_at": NOON, "version": 1,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(EventRow).values(**values))
    return event_id


def battle_of(number: int, event_id: str | None, person: str, prompt: str, *, is_demo: bool = False) -> Battle:
    """A battle that is over: one side was cut at its length, the other failed."""
    answers = {Side.A: replace(WRITTEN, text=f"Réponse à {prompt}"), Side.B: FAILED}
    turn = Turn(0, prompt, at(number + 59), answers)
    made = make_battle(f"{event_id or 'none'}-{number}"[-32:], visitor_id=person, created_at=at(number), turns=(turn,))
    return replace(made, event_id=event_id, is_demo=is_demo, theme="nature" if number % 2 else None)


def add_battle(engine: Engine, battle: Battle, voters: Sequence[str], *, told: bool = True) -> None:
    """Write it with its footprint and what each voter says, in an event that may be over since.

    ``told``: they saw the names.
    """
    with _while_open(engine, battle.event_id):
        _add_battle(engine, battle, voters, told=told)


@contextmanager
def _while_open(engine: Engine, event_id: str | None) -> Iterator[None]:
    """The event as it was when people came; outside of any there is nothing to open."""
    this = col(EventRow.id) == event_id
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        state = connection.execute(select(col(EventRow.state)).where(this)).scalar()
        connection.execute(update(EventRow).where(this).values(state="open"))
    yield
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(update(EventRow).where(this).values(state=state))


def _add_battle(engine: Engine, battle: Battle, voters: Sequence[str], *, told: bool) -> None:
    store, said = BattleStore(engine, catalogue_version="c0ffee", code_version="0.1.0"), ReflectionStore(engine)
    store.create_battle(battle)
    FootprintStore(engine).save(battle.id, 0, Side.A, make_inputs(), make_values())
    for number, person in enumerate(voters):
        outcome = list(Outcome)[number % 4]
        vote = make_vote(outcome, battle_id=battle.id, visitor_id=person, comment="=1+1 trop long")
        store.cast_vote(vote, at(100))
        qualities = frozenset({Quality.USEFUL, Quality.CREATIVE})
        store.save_reaction(Reaction(battle.id, person, Side.A, liked=True, qualities=qualities))
        said.place_bet(battle.id, person, Bet(10, Side.B), at(101))
        said.answer_need(battle.id, person, Need.NO, at(101))
        if told:
            store.reveal_footprints(battle.id, person, at(102))
            said.choose_again(battle.id, person, None if number % 2 else outcome, at(103))


def add_room(engine: Engine, event_id: str = EVENT, people: Sequence[str] = PEOPLE) -> list[Battle]:
    """One battle a person; everybody votes on the first one."""
    battles = [
        battle_of(number, event_id, person, PROMPTS[number % len(PROMPTS)]) for number, person in enumerate(people)
    ]
    for battle in battles:
        add_battle(engine, battle, people if battle is battles[0] else [battle.visitor_id])
    return battles


def play_round(
    engine: Engine,
    number: int,
    phones: Sequence[str] = PEOPLE,
    *,
    event_id: str = EVENT,
    until: Step = Step.DEBATE,
    hands: Mapping[Outcome, int] = MappingProxyType({}),
    second_hands: Mapping[Outcome, int] = MappingProxyType({}),
    **changes: Any,
) -> Round:
    """A round that went from step to step, and was said all of that in: phones vote A and choose B the second time.

    Each phone bets as well, in a round with a bet.
    """
    battle = battle_of(1000 + number, event_id, visitor_of_room(event_id), f"Manche {number} ?")
    battle = replace(battle, id=f"{event_id[:27]}r{number:04x}")
    recorded_at = changes.pop("recorded_at", None)
    with _while_open(engine, event_id):
        _add_battle(engine, replace(battle, recorded_at=recorded_at), [], told=False)
        one = Round(f"{event_id[:28]}{number:04x}", event_id, battle.id, number, Step.WAITING, at(1000), **changes)
        return _Played(engine, phones, hands, second_hands).go(one, until)


class _Played:
    """Brings a round from step to step, a minute apart, and has everybody say what they have to."""

    def __init__(
        self, engine: Engine, phones: Sequence[str], hands: Mapping[Outcome, int], second_hands: Mapping[Outcome, int]
    ) -> None:
        self._rooms, self._ballots = RoomStore(engine), BallotStore(engine)
        self._events, self._phones = EventStore(engine), phones
        self._said: dict[BallotKind, Bet | Outcome] = {
            BallotKind.BET: Bet(10), BallotKind.VOTE: Outcome.A, BallotKind.SECOND_CHOICE: Outcome.B,
        }  # fmt: skip
        self._hands = {BallotKind.VOTE: hands, BallotKind.SECOND_CHOICE: second_hands}

    def go(self, one: Round, until: Step) -> Round:
        for place, step in enumerate(one.steps):
            if step.number > until.number:
                break
            one = replace(one, step=step)
            one = replace(one, shown=further(one.shown, one.stage))
            self._write(one, at(1000 + 60 * place))
            self._speak(one, at(1030 + 60 * place))
        return one

    def _write(self, one: Round, now: datetime) -> None:
        state = self._rooms.state(one.event_id)
        room = replace(state.room, is_open=True, round_id=one.id)
        self._rooms.write(RoomState(room, one), seen=state.room.version, now=now)

    def _speak(self, one: Round, now: datetime) -> None:
        if one.step is Step.WAITING:
            for person in self._phones:
                self._events.join(one.event_id, person, now)
            self._ballots.seat(one, self._phones)
        for kind, said in self._said.items():
            if one.takes(kind):
                for person in self._phones:
                    self._ballots.cast(one.event_id, one.id, person, kind, said, now)
                if hands := self._hands.get(kind):
                    self._ballots.raise_hands(one, kind, hands, now)


def hide(engine: Engine, battle_id: str) -> None:
    with engine.begin() as connection:
        connection.execute(update(TurnRow).where(col(TurnRow.battle_id) == battle_id).values(hidden_at=NOON))


def purge(engine: Engine, battle_id: str) -> None:
    """Without its prompt, as a purge leaves it."""
    with engine.begin() as connection:
        connection.execute(update(BattleRow).where(col(BattleRow.id) == battle_id).values(purged_at=NOON))
        connection.execute(update(TurnRow).where(col(TurnRow.battle_id) == battle_id).values(prompt=""))
