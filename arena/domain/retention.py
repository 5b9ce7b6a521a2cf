"""Retention: how long what people wrote is kept, and which battles have come to the end of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

LONGEST_DAYS = 3650  # ten years; a longer delay is no delay


@dataclass(frozen=True, slots=True)
class EventTerm:
    """How long one event keeps its texts: whole days after it was held."""

    event_id: str
    code: str
    held_on: date
    retention_days: int


@dataclass(frozen=True, slots=True)
class Due:
    """Battles whose texts go: those of one event (None: of no event) begun before a moment."""

    event_id: str | None
    before: datetime


@dataclass(frozen=True, slots=True)
class Purged:
    """How much lost its texts, or would; reasoning goes with its answer. Votes, tokens and footprints stay.

    ``prompts`` are those that were asked, and those that people of a room only proposed.
    """

    battles: int = 0
    prompts: int = 0
    answers: int = 0
    comments: int = 0

    def __add__(self, other: "Purged") -> "Purged":
        return Purged(
            self.battles + other.battles,
            self.prompts + other.prompts,
            self.answers + other.answers,
            self.comments + other.comments,
        )


def due_now(terms: Iterable[EventTerm], days_outside: int, now: datetime) -> Iterator[Due]:
    """What the delays ask for at a moment, outside of events first.

    A battle of an event counts from the day of the event, or from its own when it came later. Whole days in
    UTC: in Europe never too early.
    """
    yield Due(None, now - timedelta(days=min(days_outside, LONGEST_DAYS)))
    for term in terms:
        last_kept = now.astimezone(UTC).date() - timedelta(days=min(term.retention_days, LONGEST_DAYS))
        if term.held_on < last_kept:
            yield Due(term.event_id, _start_of(last_kept))


def due_before(terms: Iterable[EventTerm], day: date) -> Iterator[Due]:
    """Everything begun before a day, whatever its delay says, outside of events first."""
    yield Due(None, _start_of(day))
    yield from (Due(term.event_id, _start_of(day)) for term in terms)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
