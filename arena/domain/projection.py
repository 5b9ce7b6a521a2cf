"""A projection: one answer times people times days, in exact arithmetic. "And if everybody did it?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from arena.domain.data_node import LOCALES, DataNode
from arena.domain.provenance import Band
from arena.errors import NumberRefused

FILE = "crowds.yaml"
MOST_PEOPLE = 10**10  # more than the Earth holds
MOST_TIMES = 10**4  # a day: one every nine seconds, day and night
DAYS_PER_YEAR = 365
_LONGEST = 20  # characters, spaces included: the largest number has 14


class Period(StrEnum):
    """What an amount is counted for."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    YEAR = "year"

    @property
    def seconds(self) -> int:
        """A year has 365 days, never a quarter more."""
        return _SECONDS[self]


_SECONDS = {
    Period.SECOND: 1,
    Period.MINUTE: 60,
    Period.HOUR: 60 * 60,
    Period.DAY: 24 * 60 * 60,
    Period.YEAR: DAYS_PER_YEAR * 24 * 60 * 60,
}


@dataclass(frozen=True, slots=True)
class Projection:
    """So many people who do the same thing so many times a day, spread evenly over it."""

    people: int
    times_a_day: int

    def __post_init__(self) -> None:
        _check("people", self.people, MOST_PEOPLE)
        _check("times", self.times_a_day, MOST_TIMES)

    def times_in(self, period: Period) -> Fraction:
        """How often it is done in a period, exactly."""
        return Fraction(self.people * self.times_a_day * period.seconds, Period.DAY.seconds)

    def over(self, period: Period, amount: Fraction) -> Fraction:
        """What a period takes when one time takes ``amount``, in the same unit, exactly."""
        return amount * self.times_in(period)

    def band_over(self, period: Period, band: Band) -> Band:
        """The band of a period, each end and centre multiplied exactly and rounded to a float once."""
        low, central, high = (float(self.over(period, Fraction(end))) for end in (band.low, band.central, band.high))
        return Band(low, central, high)


def read_projection(people: str, times_a_day: str) -> Projection:
    """What somebody typed. Raises NumberRefused, which says which of the two is wrong and what is possible."""
    return Projection(_whole("people", people, MOST_PEOPLE), _whole("times", times_a_day, MOST_TIMES))


def _whole(what: str, typed: str, most: int) -> int:
    """Digits, with spaces between groups of them as people write them; no sign, point or comma."""
    digits = re.sub(r"\s", "", typed)
    if len(typed) > _LONGEST or not re.fullmatch(r"[0-9]+", digits):
        raise NumberRefused(what, most)
    return int(digits)


def _check(what: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise NumberRefused(what, most)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A number of people that is one tap away. ``label`` and ``source`` by locale; a round number needs none."""

    id: str
    people: int
    label: Mapping[str, str]
    source: Mapping[str, str]


def parse_crowds(data: Mapping[str, Any]) -> tuple[Crowd, ...]:
    """Read the content of crowds.yaml. Raises CatalogueError with the field that is wrong."""
    top = DataNode(data, FILE)
    top.only("crowds")
    return tuple(_crowd(node) for node in top.at("crowds").each())


def _crowd(node: DataNode) -> Crowd:
    node.only("id", "people", "label", "source")
    people, source = node.at("people"), node.get("source")
    if people.whole() > MOST_PEOPLE:
        raise people.error(f"at most {MOST_PEOPLE} people")
    return Crowd(
        id=node.at("id").text(),
        people=people.whole(),
        label=node.at("label").texts(),
        source=dict.fromkeys(LOCALES, "") if source is None else source.texts(),
    )
