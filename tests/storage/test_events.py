"""Events as they are kept: whole, unique by code, safe from two editors, and gone with all that hangs on them."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, text

from arena.domain.event import Event, EventSettings, EventState
from arena.domain.side import Side
from arena.domain.vote import Outcome, Reaction
from arena.errors import BattleBusy, EventChanged, EventNotFound, EventNotOpen, StorageError
from arena.storage.battles import BattleStore
from arena.storage.events import EventStore
from arena.storage.organisers import OrganiserStore
from arena.storage.rows import TableRow
from arena.storage.visitors import VisitorStore

from .making import BATTLE, VISITOR, WRITTEN, all_at_once, at, make_battle, make_turn, make_vote
from .making_events import CODE, EVENT, FULL, make_event, make_link

OTHER, OTHER_CODE = "f" * 32, "XYZ789"
NOT_OPEN = (EventState.DRAFT, EventState.CLOSED)


@pytest.fixture
def events(engine: Engine) -> EventStore:
    return EventStore(engine)


def nobody_writes(_battle_id: str) -> bool:
    return False


def rows_of(engine: Engine) -> dict[str, int]:
    """How many rows each table holds, without the empty ones."""
    with engine.connect() as connection:
        counts = {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in TableRow.metadata.tables
        }
    return {name: count for name, count in counts.items() if count}


def move(events: EventStore, event: Event, state: EventState) -> Event:
    return events.change(replace(event, state=state))


def test_an_event_is_read_as_it_was_written(events: EventStore) -> None:
    plain = make_event(OTHER, code=OTHER_CODE, settings=EventSettings("Simple", date(2026, 3, 15)))
    assert events.create(make_event())
    assert events.create(plain)
    assert events.get(EVENT) == make_event() == events.by_code(CODE)
    assert events.all() == (plain, make_event())
    assert events.all(frozenset({EVENT, "nobody"})) == (make_event(),)
    assert events.all(frozenset()) == ()


def test_an_event_that_is_not_there_is_not_found(events: EventStore) -> None:
    assert events.by_code(CODE) is None
    assert events.event_of(VISITOR) is None
    for ask in (
        lambda: events.get(EVENT),
        lambda: events.change(make_event()),
        lambda: events.join(EVENT, VISITOR, at(0)),
        lambda: events.delete(EVENT, is_running=nobody_writes),
    ):
        with pytest.raises(EventNotFound):
            ask()


def test_a_code_that_is_taken_is_not_given_twice(events: EventStore, engine: Engine) -> None:
    events.create(make_event())
    assert not events.create(make_event(OTHER, settings=replace(FULL, title="Autre")))
    assert rows_of(engine) == {"event": 1, "event_model": 2}


def test_of_several_events_made_at_once_with_one_code_one_is_kept(events: EventStore) -> None:
    made = all_at_once(8, lambda number: events.create(make_event(f"{number:032}")))
    assert sorted(map(str, made)) == ["False"] * 7 + ["True"]


def test_a_change_replaces_everything_and_counts_up(events: EventStore) -> None:
    events.create(make_event())
    other = replace(FULL, title="Autre", models=frozenset({"third"}), max_answers=None)
    changed = events.change(replace(make_event(state=EventState.CLOSED), settings=other))
    assert changed == events.get(EVENT)
    assert (changed.version, changed.settings, changed.state) == (2, other, EventState.CLOSED)


def test_of_two_editors_at_once_one_is_told_and_nothing_is_overwritten(events: EventStore) -> None:
    events.create(make_event())
    outcomes = all_at_once(
        2, lambda number: events.change(replace(make_event(), settings=replace(FULL, title=f"De {number}")))
    )
    (won,) = [outcome for outcome in outcomes if isinstance(outcome, Event)]
    (lost,) = [outcome for outcome in outcomes if not isinstance(outcome, Event)]
    assert isinstance(lost, EventChanged)
    assert events.get(EVENT) == won
    assert won.version == 2


def test_the_latest_event_joined_is_the_one_that_counts_whatever_its_state(events: EventStore) -> None:
    first, second = make_event(), make_event(OTHER, code=OTHER_CODE)
    for event in (first, second):
        events.create(event)
    events.join(EVENT, VISITOR, at(1))
    events.join(OTHER, VISITOR, at(2))
    assert events.event_of(VISITOR) == second
    events.join(EVENT, VISITOR, at(3))
    assert events.event_of(VISITOR) == first
    closed = move(events, first, EventState.CLOSED)
    assert events.event_of(VISITOR) == closed
    assert events.event_of("neighbour") is None


@pytest.mark.parametrize("state", NOT_OPEN)
def test_only_an_open_event_can_be_joined(events: EventStore, state: EventState) -> None:
    events.create(make_event(state=state))
    with pytest.raises(EventNotOpen) as refused:
        events.join(EVENT, VISITOR, at(0))
    assert refused.value.key == f"error.event.{state}"


def test_joining_many_times_at_once_is_one_row(events: EventStore, engine: Engine) -> None:
    events.create(make_event())
    assert all_at_once(8, lambda number: events.join(EVENT, VISITOR, at(number))) == [None] * 8
    assert rows_of(engine)["participant"] == 1


def test_nobody_joins_an_event_that_has_just_been_closed(events: EventStore) -> None:
    events.create(make_event())

    def act(number: int) -> object:
        if number:
            events.join(EVENT, f"visitor-{number}", at(number))
            return "joined"
        return move(events, make_event(), EventState.CLOSED)

    outcomes = all_at_once(8, act)
    assert all(isinstance(outcome, Event | EventNotOpen) or outcome == "joined" for outcome in outcomes)
    with pytest.raises(EventNotOpen):
        events.join(EVENT, VISITOR, at(9))


def test_who_leaves_is_in_no_event_and_what_they_did_stays(events: EventStore, store: BattleStore) -> None:
    events.create(make_event())
    for visitor in (VISITOR, "neighbour"):
        events.join(EVENT, visitor, at(1))
    store.create_battle(replace(make_battle(), event_id=EVENT, theme="nature"))
    events.leave(VISITOR)
    assert events.event_of(VISITOR) is None
    assert events.event_of("neighbour") == make_event()
    kept = store.get_battle(BATTLE)
    assert (kept.event_id, kept.theme) == (EVENT, "nature")


@pytest.mark.parametrize("state", NOT_OPEN)
def test_an_event_that_is_not_open_takes_no_battle(events: EventStore, store: BattleStore, state: EventState) -> None:
    events.create(make_event(state=state))
    with pytest.raises(EventNotOpen):
        store.create_battle(replace(make_battle(), event_id=EVENT))
    with pytest.raises(EventNotFound):
        store.create_battle(replace(make_battle(), event_id="nowhere"))


def test_a_closed_event_takes_no_turn_no_vote_and_no_reaction_but_shows_what_was_voted(
    events: EventStore, store: BattleStore, engine: Engine
) -> None:
    events.create(make_event())
    store.create_battle(replace(make_battle(), event_id=EVENT))
    store.save_answers(BATTLE, 0, {side: replace(WRITTEN, replaced=None) for side in Side})
    store.cast_vote(make_vote(), at(1))
    move(events, make_event(), EventState.CLOSED)
    before = rows_of(engine)
    for ask in (
        lambda: store.add_turn(BATTLE, make_turn(1)),
        lambda: store.cast_vote(make_vote(Outcome.B), at(2)),
        lambda: store.cast_vote(make_vote(visitor_id="neighbour"), at(2)),
        lambda: store.save_reaction(Reaction(BATTLE, VISITOR, Side.A, liked=True, qualities=frozenset())),
    ):
        with pytest.raises(EventNotOpen):
            ask()
    assert rows_of(engine) == before
    store.reveal_footprints(BATTLE, VISITOR, at(3))
    store.save_answers(BATTLE, 0, {Side.A: WRITTEN})  # an answer that was being written is kept


def test_deleting_an_event_deletes_all_that_hangs_on_it_and_nothing_else(
    events: EventStore, store: BattleStore, engine: Engine
) -> None:
    other = make_event(OTHER, code=OTHER_CODE)
    for event in (make_event(), other):
        events.create(event)
        events.join(event.id, VISITOR, at(1))
        OrganiserStore(engine).add_link(make_link(event.id, event_id=event.id), digest=event.id)
        store.create_battle(replace(make_battle(event.id), event_id=event.id))
        store.cast_vote(make_vote(battle_id=event.id), at(1))
    store.create_battle(make_battle())
    assert events.delete(EVENT, is_running=nobody_writes) == 1
    left = rows_of(engine)
    assert {left[name] for name in ("event", "participant", "organiser_link", "vote")} == {1}
    assert left["battle"] == left["turn"] == 2
    assert events.all() == (other,)
    events.free_space()


def test_an_event_in_which_an_answer_is_being_written_is_not_deleted(
    events: EventStore, store: BattleStore, engine: Engine
) -> None:
    events.create(make_event())
    store.create_battle(replace(make_battle(), event_id=EVENT))
    before = rows_of(engine)
    with pytest.raises(BattleBusy):
        events.delete(EVENT, is_running=lambda battle_id: battle_id == BATTLE)
    assert rows_of(engine) == before


def test_votes_and_the_deletion_of_their_event_at_once_end_one_after_the_other(
    events: EventStore, store: BattleStore
) -> None:
    events.create(make_event())
    store.create_battle(replace(make_battle(), event_id=EVENT))

    def act(number: int) -> object:
        if number == 0:
            return events.delete(EVENT, is_running=nobody_writes)
        return store.cast_vote(make_vote(visitor_id=f"visitor-{number}"), at(1))

    outcomes = all_at_once(8, act)
    assert [outcome for outcome in outcomes if isinstance(outcome, StorageError)] == []
    assert events.all() == ()


def test_erasing_a_visitor_erases_where_they_took_part(events: EventStore, engine: Engine) -> None:
    events.create(make_event())
    for visitor in (VISITOR, "neighbour"):
        events.join(EVENT, visitor, at(1))
    VisitorStore(engine).erase(VISITOR, is_running=nobody_writes)
    assert events.event_of(VISITOR) is None
    assert events.event_of("neighbour") == make_event()
