"""Which battles have come to the end of their delay, to the day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from arena.domain.retention import LONGEST_DAYS, Due, EventTerm, Purged, due_before, due_now

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def term(held_on: date, days: int = 30) -> EventTerm:
    return EventTerm("event-1", "ABC234", held_on, days)


def test_outside_of_events_a_battle_is_due_after_its_delay_to_the_minute() -> None:
    assert list(due_now([], 30, NOW)) == [Due(None, NOW - timedelta(days=30))]


@pytest.mark.parametrize(
    ("held_on", "days", "is_due"),
    [
        (date(2026, 2, 12), 30, False),  # the thirtieth day after it is today, and is kept whole
        (date(2026, 2, 11), 30, True),
        (date(2026, 3, 14), 0, False),  # the meeting itself
        (date(2026, 3, 13), 0, True),
        (date(2027, 1, 1), 0, False),
    ],
)
def test_an_event_is_due_once_its_last_day_is_over(held_on: date, days: int, *, is_due: bool) -> None:
    _, *of_event = due_now([term(held_on, days)], 30, NOW)
    assert bool(of_event) is is_due


def test_a_battle_long_after_its_event_has_a_delay_of_its_own() -> None:
    _, due = due_now([term(date(2025, 1, 1), 30)], 30, NOW)
    assert due == Due("event-1", datetime(2026, 2, 12, tzinfo=UTC))


def test_days_are_those_of_utc_wherever_the_clock_stands() -> None:
    honolulu = NOW.astimezone(timezone(timedelta(hours=-10)))
    assert list(due_now([term(date(2025, 1, 1))], 30, honolulu)) == list(due_now([term(date(2025, 1, 1))], 30, NOW))


def test_an_endless_delay_ends_after_ten_years() -> None:
    due, *_ = due_now([term(date(2026, 1, 1), 10**9)], 10**9, NOW)
    assert due.before == NOW - timedelta(days=LONGEST_DAYS)


def test_before_a_day_everything_is_due_whatever_its_delay() -> None:
    due = list(due_before([term(date(2027, 1, 1), 3650)], date(2026, 3, 1)))
    assert due == [Due(place, datetime(2026, 3, 1, tzinfo=UTC)) for place in (None, "event-1")]


def test_what_was_purged_adds_up() -> None:
    assert Purged(1, 2, 3, 4) + Purged(10, 20, 30, 40) == Purged(11, 22, 33, 44)
