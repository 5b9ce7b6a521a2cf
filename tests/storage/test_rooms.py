"""Rooms and ballots on both databases: versions, steps, seats, and what happens when many write at once."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from arena.domain.ballot import Tally
from arena.domain.battle import RevealStage
from arena.domain.reflection import Bet
from arena.domain.room import Room, RoomState
from arena.domain.round import BallotKind, Round, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import BallotRefused, BattleClosed, EventNotOpen, RoomChanged, RoomClosed
from arena.storage.ballots import BallotStore
from arena.storage.battles import BattleStore
from arena.storage.event_rows import ParticipantRow
from arena.storage.rooms import RoomStore
from tests.storage.histories import make_event
from tests.storage.making import NOON, WRITTEN, all_at_once, at, make_battle
from tests.storage.room import purge

EVENT = "event"
PEOPLE = 12


def person(number: int) -> str:
    return f"person-{number}"


@pytest.fixture
def rooms(engine: Engine) -> RoomStore:
    make_event(engine, EVENT)
    with engine.begin() as connection:
        table = ParticipantRow.__table__  # type: ignore[attr-defined]
        joined = [{"event_id": EVENT, "visitor_id": person(n), "joined_at": NOON} for n in range(PEOPLE)]
        connection.execute(table.insert(), joined)
    return RoomStore(engine)


@pytest.fixture
def ballots(engine: Engine) -> BallotStore:
    return BallotStore(engine)


@pytest.fixture
def one(rooms: RoomStore, store: BattleStore) -> Round:
    """A round whose vote is open."""
    battle = replace(make_battle(visitor_id="room-event"), event_id=EVENT)
    store.create_battle(battle)
    for side in Side:
        store.save_answer(battle.id, 0, side, replace(WRITTEN, replaced=None))
    begun = Round("round", EVENT, battle.id, 1, Step.WAITING, NOON)
    rooms.write(RoomState(Room(EVENT, is_open=True), begun), seen=0, now=NOON)
    return go(rooms, Step.VOTE)


def go(rooms: RoomStore, step: Step, *, is_undo: bool = False) -> Round:
    """Bring the round to a step."""
    state = rooms.state(EVENT)
    assert state.round is not None
    moved = replace(state.round, step=step)
    shown = moved.stage if moved.stage is not RevealStage.BLIND else moved.shown
    state = replace(state, round=replace(moved, shown=shown))
    written = rooms.write(state, seen=state.room.version, now=at(step.number), is_undo=is_undo)
    assert written.round is not None
    return written.round


def vote(ballots: BallotStore, number: int, outcome: Outcome = Outcome.A) -> None:
    ballots.cast(EVENT, "round", person(number), BallotKind.VOTE, outcome, at(100 + number))


def test_a_room_that_nobody_opened_is_closed_and_empty(rooms: RoomStore) -> None:
    assert rooms.state(EVENT) == RoomState(Room(EVENT))
    assert rooms.version(EVENT) == 0
    assert rooms.open_rooms() == []


def test_a_room_comes_back_as_it_was_written(rooms: RoomStore) -> None:
    room = Room(EVENT, is_open=True, base_url="http://192.168.1.20:7860", is_black=True, hides_counts=True, page=3,
                sheet_id="express", sheet_began_at=NOON, extra_s=60)  # fmt: skip
    written = rooms.write(RoomState(room), seen=0, now=NOON)
    assert written == RoomState(replace(room, version=1))
    assert rooms.state(EVENT) == written
    assert rooms.open_rooms() == [EVENT]


@pytest.mark.parametrize("seen", [0, 2, 7])
def test_another_version_than_the_one_seen_is_refused_and_nothing_is_written(rooms: RoomStore, seen: int) -> None:
    rooms.write(RoomState(Room(EVENT, is_open=True)), seen=0, now=NOON)
    with pytest.raises(RoomChanged):
        rooms.write(RoomState(Room(EVENT, is_open=False)), seen=seen, now=NOON)
    assert rooms.state(EVENT).room.is_open


def test_the_room_of_an_event_that_is_closed_is_no_open_one(engine: Engine, rooms: RoomStore) -> None:
    rooms.write(RoomState(Room(EVENT, is_open=True)), seen=0, now=NOON)
    for state, found in (("closed", []), ("open", [EVENT])):
        with engine.begin() as connection:
            connection.execute(text("UPDATE event SET state = :state"), {"state": state})
        assert rooms.open_rooms() == found


def test_of_many_that_write_at_once_one_wins(rooms: RoomStore) -> None:
    rooms.write(RoomState(Room(EVENT, is_open=True)), seen=0, now=NOON)
    changed = all_at_once(8, lambda page: rooms.write(RoomState(Room(EVENT, page=page)), seen=1, now=NOON))
    assert Counter(type(one) for one in changed) == {RoomState: 1, RoomChanged: 7}
    assert rooms.version(EVENT) == 2


def test_steps_are_noted_and_an_undone_one_is_not_told(rooms: RoomStore, one: Round) -> None:
    go(rooms, Step.CLOSED)
    go(rooms, Step.VOTE, is_undo=True)
    assert rooms.steps(one.id) == (Step.WAITING, Step.VOTE)
    go(rooms, Step.CLOSED)
    assert rooms.steps(one.id) == (Step.WAITING, Step.VOTE, Step.CLOSED)


def test_a_closed_event_takes_neither_presses_nor_ballots(
    engine: Engine, rooms: RoomStore, ballots: BallotStore, one: Round
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE event SET state = 'closed'"))
    with pytest.raises(EventNotOpen):
        go(rooms, Step.CLOSED)
    with pytest.raises(EventNotOpen):
        vote(ballots, 0)
    with pytest.raises(EventNotOpen):
        ballots.raise_hands(one, BallotKind.VOTE, {Outcome.A: 3}, NOON)


@pytest.mark.usefixtures("one")
def test_everybody_has_one_ballot_however_often_it_is_sent(ballots: BallotStore, rooms: RoomStore) -> None:
    all_at_once(PEOPLE * 2, lambda number: vote(ballots, number % PEOPLE, list(Outcome)[number % 4]))
    battle_id = rooms.rounds(EVENT)[0].battle_id
    assert ballots.tally(battle_id).count(BallotKind.VOTE) == PEOPLE


@pytest.mark.usefixtures("one")
def test_a_ballot_that_races_with_the_closing_is_counted_or_refused_never_both(
    ballots: BallotStore, rooms: RoomStore
) -> None:
    def act(number: int) -> object:
        if number == 5:
            return go(rooms, Step.CLOSED)
        vote(ballots, number)
        return None

    ended = all_at_once(PEOPLE, act)
    refused = [one for one in ended if isinstance(one, BallotRefused)]
    assert not [one for one in ended if isinstance(one, Exception) and not isinstance(one, BallotRefused)]
    counted = ballots.tally(rooms.rounds(EVENT)[0].battle_id).count(BallotKind.VOTE)
    assert counted == PEOPLE - 1 - len(refused)


def test_who_did_not_join_and_what_is_for_another_round_is_refused(ballots: BallotStore, one: Round) -> None:
    with pytest.raises(RoomClosed):
        ballots.cast(EVENT, one.id, "stranger", BallotKind.VOTE, Outcome.A, NOON)
    with pytest.raises(BallotRefused) as refused:
        ballots.cast(EVENT, "another", person(0), BallotKind.VOTE, Outcome.A, NOON)
    assert refused.value.key == "error.room.ballot.other_round"


def test_a_round_whose_texts_are_gone_takes_nothing(engine: Engine, ballots: BallotStore, one: Round) -> None:
    purge(engine, one.battle_id)
    with pytest.raises(BattleClosed):
        vote(ballots, 0)


def test_seats_are_balanced_when_many_sit_down_at_once(ballots: BallotStore, one: Round) -> None:
    all_at_once(PEOPLE, lambda number: ballots.seat(one, [person(number)]))
    seats = ballots.seat(one, [person(number) for number in range(PEOPLE)])
    assert Counter(seats.values()) == {Side.A: PEOPLE // 2, Side.B: PEOPLE // 2}
    assert ballots.seat(one, sorted(seats, reverse=True)) == seats


def test_a_tally_counts_phones_and_hands_and_follows_only_phones(
    rooms: RoomStore, ballots: BallotStore, one: Round
) -> None:
    for number in range(6):
        vote(ballots, number, Outcome.A if number < 4 else Outcome.B)
    ballots.raise_hands(one, BallotKind.VOTE, {Outcome.A: 2, Outcome.BOTH_BAD: 3}, NOON)
    go(rooms, Step.SECOND_CHOICE)
    ballots.cast(EVENT, one.id, person(0), BallotKind.SECOND_CHOICE, Outcome.B, NOON)
    ballots.cast(EVENT, one.id, person(5), BallotKind.SECOND_CHOICE, Outcome.B, NOON)
    ballots.raise_hands(one, BallotKind.SECOND_CHOICE, {Outcome.B: 4}, NOON)
    assert ballots.tally(one.battle_id) == Tally(
        votes={Outcome.A: 6, Outcome.B: 2, Outcome.BOTH_BAD: 3},
        second_choices={Outcome.B: 6},
        flow={(Outcome.A, Outcome.B): 1, (Outcome.B, Outcome.B): 1},
        hands={BallotKind.VOTE: 5, BallotKind.SECOND_CHOICE: 4},
    )


def test_a_ballot_is_read_whole(rooms: RoomStore, ballots: BallotStore, one: Round) -> None:
    assert ballots.ballot(one, person(0)) is None
    ballots.seat(one, [person(0)])
    go(rooms, Step.BET)
    ballots.cast(EVENT, one.id, person(0), BallotKind.BET, Bet(30), at(1))
    go(rooms, Step.VOTE)
    vote(ballots, 0, Outcome.BOTH_GOOD)
    known = ballots.ballot(one, person(0))
    assert known is not None
    assert known.bet == Bet(30, created_at=at(1))
    assert (known.first, known.vote, known.second_choice) == (Side.A, Outcome.BOTH_GOOD, None)


def test_forgetting_leaves_the_answers(ballots: BallotStore, store: BattleStore, one: Round) -> None:
    for number in range(3):
        vote(ballots, number)
    ballots.forget(one)
    assert ballots.tally(one.battle_id) == Tally(hands={})
    assert all(answer.text for answer in store.get_battle(one.battle_id).turns[0].answers.values())


def test_a_clock_that_jumps_refuses_no_ballot_and_moves_no_step(
    rooms: RoomStore, ballots: BallotStore, one: Round
) -> None:
    for number, seconds in enumerate((0, 90_000_000, -90_000_000, 1)):
        ballots.cast(EVENT, one.id, person(number), BallotKind.VOTE, Outcome.A, at(seconds))
        ballots.cast(EVENT, one.id, person(number), BallotKind.VOTE, Outcome.B, at(-seconds))
    assert ballots.tally(one.battle_id).votes == {Outcome.B: 4}
    state = rooms.state(EVENT)
    assert state.round is not None
    for step, seconds in ((Step.CLOSED, -90_000_000), (Step.FOOTPRINTS, 90_000_000), (Step.SECOND_CHOICE, 0)):
        state = rooms.state(EVENT)
        moved = replace(state, round=replace(one, step=step))
        rooms.write(moved, seen=state.room.version, now=at(seconds))
    assert rooms.steps(one.id)[-3:] == (Step.CLOSED, Step.FOOTPRINTS, Step.SECOND_CHOICE)
