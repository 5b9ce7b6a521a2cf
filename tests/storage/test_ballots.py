"""What a room said, read for all its phones at once, on both databases."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Engine

from arena.domain.ballot import Ballot
from arena.domain.reflection import Bet
from arena.domain.room import Room, RoomState
from arena.domain.round import BallotKind, Round, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.storage.ballots import BallotStore
from arena.storage.battles import BattleStore
from arena.storage.events import EventStore
from arena.storage.rooms import RoomStore

from .making import at, make_battle
from .room import EVENT, add_event

PEOPLE = tuple(f"person-{number}" for number in range(3))


@pytest.fixture
def one(engine: Engine, store: BattleStore) -> Round:
    """A round in an open room, with three people who have their seats."""
    add_event(engine, state="open")
    battle = make_battle("b" * 32, visitor_id="room-1")
    store.create_battle(battle)
    for person in PEOPLE:
        EventStore(engine).join(EVENT, person, at(0))
    one = Round("r" * 32, EVENT, battle.id, 1, Step.BET, at(1), has_bet=True)
    RoomStore(engine).write(RoomState(Room(EVENT, is_open=True), one), seen=0, now=at(1))
    BallotStore(engine).seat(one, PEOPLE)
    return one


def bring(engine: Engine, step: Step) -> None:
    rooms = RoomStore(engine)
    state = rooms.state(EVENT)
    assert state.round is not None
    moved = Round(**{**{name: getattr(state.round, name) for name in Round.__slots__}, "step": step})
    rooms.write(RoomState(state.room, moved), seen=state.room.version, now=at(2))


def singly(ballots: BallotStore, one: Round) -> Mapping[str, Ballot | None]:
    return {person: ballots.ballot(one, person) for person in PEOPLE}


def test_all_ballots_of_a_round_are_those_that_each_would_read(engine: Engine, one: Round) -> None:
    ballots = BallotStore(engine)
    assert ballots.ballots(one) == singly(ballots, one)
    ballots.cast(EVENT, one.id, PEOPLE[0], BallotKind.BET, Bet(10), at(3))
    bring(engine, Step.VOTE)
    ballots.cast(EVENT, one.id, PEOPLE[0], BallotKind.VOTE, Outcome.A, at(4))
    ballots.cast(EVENT, one.id, PEOPLE[1], BallotKind.VOTE, Outcome.BOTH_BAD, at(4))
    bring(engine, Step.SECOND_CHOICE)
    ballots.cast(EVENT, one.id, PEOPLE[1], BallotKind.SECOND_CHOICE, Outcome.B, at(5))
    found = ballots.ballots(one)
    assert found == singly(ballots, one)
    assert found[PEOPLE[0]].bet == Bet(10, None, at(3))
    assert found[PEOPLE[1]].second_choice is Outcome.B
    assert {found[person].first for person in PEOPLE} == set(Side)
    assert found[PEOPLE[2]].vote is None
