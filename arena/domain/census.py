"""A census: battles counted up in a form that adds to other censuses exactly, whoever took part in both."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from arena.domain.provenance import Band

LEAST_PEOPLE = 5  # a breakdown of fewer is neither shown nor exported
_BETWEEN = "\x1f"  # the unit separator of ASCII: in no identifier


def key_of(*parts: str) -> str:
    """The key of a count: what is counted, then what it is broken down by."""
    return _BETWEEN.join(parts)


def parts_of(key: str) -> tuple[str, ...]:
    """What ``key_of`` was given."""
    return tuple(key.split(_BETWEEN))


def person(visitor_id: str) -> str:
    """Who a visitor is in a census: a digest, so that an erased identifier stands in no sum of others.

    8 bytes: among a million people two share one with a chance of 3 in 100 million.
    """
    return hashlib.blake2b(visitor_id.encode("utf-8", "replace"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Cell:
    """A count and who stands behind it; ``people`` is None from ``LEAST_PEOPLE`` on, where nobody needs to know."""

    count: int
    people: frozenset[str] | None = frozenset()

    @property
    def is_of_few(self) -> bool:
        """Whether somebody, but fewer than five people, stand behind it."""
        return self.people is not None and len(self.people) > 0

    def plus(self, other: "Cell") -> "Cell":
        """Both together. Exact: fewer than five people are known one by one."""
        return Cell(self.count + other.count, _together(self.people, other.people))


def _together(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return None
    both = one | other
    return both if len(both) < LEAST_PEOPLE else None


def all_of(cells: Iterable[Cell]) -> Cell:
    """Several cells as one."""
    total = Cell(0)
    for cell in cells:
        total = total.plus(cell)
    return total


class Sum(NamedTuple):
    """Figures of one quantity added up, in the unit of its name, with their answers and output tokens."""

    answers: int
    tokens: int
    low: float
    central: float
    high: float

    @property
    def band(self) -> Band:
        return Band(self.low, self.central, self.high)


@dataclass(frozen=True, slots=True)
class Census:
    """Battles counted up, by keys of ``key_of``; ``cells`` are what a breakdown of people shows.

    ``people`` are all that started a counted battle or said something of one.
    """

    people: frozenset[str] = frozenset()
    cells: Mapping[str, Cell] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, Sum] = field(default_factory=dict)

    def count(self, *parts: str) -> int:
        """One count; 0 for what never happened."""
        return self.counts.get(key_of(*parts), 0)

    def cell(self, *parts: str) -> Cell:
        """One cell; empty for what never happened."""
        return self.cells.get(key_of(*parts), Cell(0))


def merge(censuses: Iterable[Census]) -> Census:
    """Censuses of different battles as one."""
    people: set[str] = set()
    cells: dict[str, Cell] = {}
    counts: dict[str, int] = {}
    sums: dict[str, list[Sum]] = defaultdict(list)
    for census in censuses:
        people |= census.people
        for key, cell in census.cells.items():
            cells[key] = cells[key].plus(cell) if key in cells else cell
        for key, count in census.counts.items():
            counts[key] = counts.get(key, 0) + count
        for key, one in census.sums.items():
            sums[key].append(one)
    return Census(frozenset(people), cells, counts, {key: add_sums(parts) for key, parts in sums.items()})


def add_sums(parts: Iterable[Sum]) -> Sum:
    """Sums as one, free of the rounding of the order in which they come."""
    answers, tokens, *ends = zip(*parts, strict=True)
    return Sum(sum(answers), sum(tokens), *map(math.fsum, ends))
