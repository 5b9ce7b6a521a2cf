"""The walk through all footprints: pages by answer, rows of another method beside the first, and what was erased."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text

from arena.domain.provenance import MeterReading, StoredFootprint
from arena.domain.side import Side
from arena.errors import BattleNotFound
from arena.storage.battles import BattleStore
from arena.storage.footprints import AnswerFootprints, FootprintStore
from arena.storage.visitors import VisitorStore

from .making import NOON, VISITOR, all_at_once, at, make_battle, make_inputs, make_turn, make_values

READING = MeterReading("nvml", gross_wh=0.3, idle_w=20.0, net_wh=0.25, window_s=9.0)


def stored(method: str = "v1", *, seconds: float = 0, factor: float = 1.0) -> StoredFootprint:
    return StoredFootprint(make_inputs(computed_at=at(seconds)), make_values(method, factor=factor))


def fill(store: BattleStore, footprints: FootprintStore, count: int) -> list[str]:
    """Battles an hour apart, whose both answers have footprints."""
    ids = [f"{number:032x}" for number in range(count)]
    for number, battle_id in enumerate(ids):
        asked = NOON + timedelta(hours=number)
        turn = replace(make_turn(), created_at=asked)
        store.create_battle(make_battle(battle_id, created_at=asked, turns=(turn,)))
        for side in Side:
            footprints.save(battle_id, 0, side, *stored())
    return ids


def walk(footprints: FootprintStore, limit: int) -> list[AnswerFootprints]:
    found: list[AnswerFootprints] = []
    while page := footprints.page(after=found[-1].answer_id if found else 0, limit=limit):
        assert len(page) <= limit
        found += page
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_hold_every_answer_once(store: BattleStore, footprints: FootprintStore, limit: int) -> None:
    fill(store, footprints, 2)
    found = walk(footprints, limit)
    ids = [one.answer_id for one in found]
    assert ids == sorted(set(ids))
    assert [one.footprints for one in found] == [[stored()]] * 4


def test_an_answer_without_a_footprint_is_not_walked_through(footprints: FootprintStore, battle_id: str) -> None:
    assert footprints.page() == []
    footprints.save(battle_id, 0, Side.B, *stored())
    assert len(footprints.page()) == 1


@pytest.mark.parametrize(
    ("since", "kept"),
    [
        (NOON, 6),
        (NOON + timedelta(microseconds=1), 4),
        (NOON + timedelta(hours=2), 2),
        ((NOON + timedelta(hours=2)).astimezone(timezone(timedelta(hours=9))), 2),
        (NOON + timedelta(days=1), 0),
    ],
)
def test_a_walk_may_begin_with_what_was_asked_from_a_moment_on(
    store: BattleStore, footprints: FootprintStore, since: datetime, kept: int
) -> None:
    fill(store, footprints, 3)
    assert len(footprints.page(since=since)) == kept


def test_rows_of_another_method_stand_beside_the_first(footprints: FootprintStore, battle_id: str) -> None:
    footprints.save(battle_id, 0, Side.A, *stored())
    ((answer_id, _),) = footprints.page()
    later = stored("v2", seconds=9, factor=2)
    assert footprints.add({answer_id: later}) == 1
    assert footprints.page() == [(answer_id, [stored(), later])]
    assert footprints.history(battle_id)[0, Side.A] == [stored(), later]
    assert footprints.of_battle(battle_id)[0, Side.A] == stored()


def test_what_a_method_said_is_never_written_over(footprints: FootprintStore, battle_id: str) -> None:
    footprints.save(battle_id, 0, Side.A, *stored())
    ((answer_id, _),) = footprints.page()
    assert footprints.add({answer_id: stored(seconds=9, factor=2)}) == 0
    assert footprints.page() == [(answer_id, [stored()])]


def test_a_page_is_written_whole_or_not_at_all(engine: Engine, store: BattleStore, footprints: FootprintStore) -> None:
    fill(store, footprints, 1)
    first, second = (one.answer_id for one in footprints.page())
    impossible = StoredFootprint(make_inputs(), replace(make_values("v2"), raw={"colour": make_values().raw["gwp_g"]}))
    with pytest.raises(Exception, match=r"(?i)check|constraint"):
        footprints.add({first: stored("v2", seconds=9), second: impossible})
    with engine.connect() as connection:
        assert connection.execute(text("SELECT DISTINCT method FROM footprint_input")).scalars().all() == ["v1"]


def test_an_answer_that_was_erased_meanwhile_is_left_out(
    store: BattleStore, footprints: FootprintStore, engine: Engine
) -> None:
    fill(store, footprints, 1)
    ids = [one.answer_id for one in footprints.page()]
    later = {answer_id: stored("v2", seconds=9) for answer_id in ids}
    VisitorStore(engine).erase(VISITOR, is_running=lambda _battle_id: False)
    assert footprints.add(later) == 0
    assert footprints.page() == []


def test_of_several_writers_each_row_is_written_by_one(store: BattleStore, footprints: FootprintStore) -> None:
    fill(store, footprints, 3)
    later = {one.answer_id: stored("v2", seconds=9) for one in footprints.page()}
    written = all_at_once(4, lambda _number: footprints.add(later))
    assert sum(int(str(count)) for count in written) == 6


def test_a_reading_belongs_to_the_answer_whatever_the_method(footprints: FootprintStore, battle_id: str) -> None:
    inputs = replace(make_inputs(), reading=READING)
    footprints.save(battle_id, 0, Side.A, inputs, make_values("measured-nvml/v1"))
    ((answer_id, _),) = footprints.page()
    other = replace(inputs, reading=replace(READING, gross_wh=9.0), computed_at=at(9))
    footprints.add({answer_id: StoredFootprint(other, make_values("measured-nvml/v2"))})
    rows = footprints.history(battle_id)[0, Side.A]
    assert [row.inputs.reading for row in rows] == [READING, READING]


def test_a_history_names_the_answers_without_footprints_too(footprints: FootprintStore, battle_id: str) -> None:
    footprints.save(battle_id, 0, Side.B, *stored())
    assert footprints.history(battle_id) == {(0, Side.A): (), (0, Side.B): [stored()]}


@pytest.mark.parametrize("unknown", ["nowhere", "", "x" * 100, "a\0b", "\ud800"])
def test_there_is_no_history_of_an_unknown_battle(footprints: FootprintStore, unknown: str) -> None:
    with pytest.raises(BattleNotFound):
        footprints.history(unknown)
