"""The time of a run sheet: the clock of the machine may jump, what is left may not."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from arena.domain.room import Room
from arena.services.sheet_clock import SheetClock

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOUR = 3600.0


@dataclass
class Laptop:
    """A machine with two clocks, one of which somebody may put wherever they like."""

    counted: float = 1000.0
    shown: datetime = NOON

    def passes(self, seconds: float) -> None:
        self.counted += seconds
        self.shown += timedelta(seconds=seconds)

    def start(self) -> SheetClock:
        """A process that begins now."""
        return SheetClock(lambda: self.counted, lambda: self.shown)


def test_time_passes_as_it_does() -> None:
    laptop = Laptop()
    clock = laptop.start()
    room = Room("event", sheet_began_at=clock.begin("event"))
    laptop.passes(90)
    assert clock.elapsed_s(room, HOUR) == 90


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1), timedelta(hours=-2), timedelta(minutes=5)])
def test_a_jump_of_the_machines_clock_changes_nothing(jump: timedelta) -> None:
    laptop = Laptop()
    clock = laptop.start()
    room = Room("event", sheet_began_at=clock.begin("event"))
    laptop.passes(60)
    laptop.shown += jump
    laptop.passes(60)
    assert clock.elapsed_s(room, HOUR) == 120


@pytest.mark.parametrize(("jump", "expected"), [(0, 600.0), (-86400, 0.0), (86400, HOUR)])
def test_after_a_restart_the_stored_moment_counts_within_the_length_of_the_sheet(jump: int, expected: float) -> None:
    laptop = Laptop()
    room = Room("event", sheet_began_at=laptop.start().begin("event"))
    laptop.passes(600)
    laptop.shown += timedelta(seconds=jump)
    laptop.counted = 5.0  # the machine itself was started again
    clock = laptop.start()
    assert clock.elapsed_s(room, HOUR) == expected
    laptop.shown += timedelta(days=3)
    laptop.counted += 30
    assert clock.elapsed_s(room, HOUR) == expected + 30


def test_a_sheet_that_begins_again_begins_at_nothing_and_none_has_no_time() -> None:
    laptop = Laptop()
    clock = laptop.start()
    first = Room("event", sheet_began_at=clock.begin("event"))
    laptop.passes(60)
    again = Room("event", sheet_began_at=clock.begin("event"))
    assert clock.elapsed_s(again, HOUR) == 0
    assert clock.elapsed_s(first, HOUR) == 60  # as another desk may still ask
    assert clock.elapsed_s(Room("event"), HOUR) == 0


def test_two_rooms_have_times_of_their_own() -> None:
    laptop = Laptop()
    clock = laptop.start()
    one = Room("one", sheet_began_at=clock.begin("one"))
    laptop.passes(60)
    other = Room("other", sheet_began_at=clock.begin("other"))
    laptop.passes(5)
    assert (clock.elapsed_s(one, HOUR), clock.elapsed_s(other, HOUR)) == (65, 5)
