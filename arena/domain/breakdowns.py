"""What people said, broken down: votes, second choices, bets and needs, without cells of fewer than five people."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from arena.domain.census import Cell, Census, all_of
from arena.domain.census_taking import NO_ESTIMATE, OTHER_SIDE, SKIPPED
from arena.domain.reflection import BET_FACTORS, Need
from arena.domain.statistics import Proportion, mcnemar_exact, wilson
from arena.domain.vote import Outcome
from arena.domain.withholding import withheld

Shown = int | None  # a count, or None where it is withheld
BETS = tuple(map(str, BET_FACTORS))
ESTIMATES = (*BETS, OTHER_SIDE, NO_ESTIMATE)
FIRST = tuple(map(str, Outcome))
SECOND = (*FIRST, SKIPPED)

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Switches:
    """From the blind vote to the second choice: ``cells`` by both, with ``SKIPPED`` among the second.

    ``rate`` is of those who chose again, ``p_value`` that of A to B against B to A; None where they are withheld.
    """

    cells: Mapping[tuple[str, str], Shown]
    rate: Proportion | None
    p_value: float | None

    @property
    def is_empty(self) -> bool:
        return all(count == 0 for count in self.cells.values())


@dataclass(frozen=True, slots=True)
class Bets:
    """Bets: ``cells`` by factor and estimate, see ``ESTIMATES``; ``right`` of those that have an estimate.

    A bet is right when it named the nearest factor and, unless it was on the gap alone, the side that used more.
    """

    cells: Mapping[tuple[str, str], Shown]
    right: Proportion | None

    @property
    def is_empty(self) -> bool:
        return all(count == 0 for count in self.cells.values())


def outcomes_of(census: Census) -> Mapping[str, Shown]:
    """Blind votes on drawn pairs; the sum of all is known."""
    cells = {outcome: census.cell("outcome", outcome) for outcome in FIRST}
    return _shown(cells, withheld(cells, [FIRST]))


def seconds_alone_of(census: Census) -> Mapping[str, Shown]:
    """Second choices of whom nobody knows the vote, such as raised hands: in no flow; the sum of all is known."""
    cells = {outcome: census.cell("second_alone", outcome) for outcome in FIRST}
    return _shown(cells, withheld(cells, [FIRST]))


def needs_of(census: Census) -> Mapping[str, Shown]:
    """Whether one could have done without an AI."""
    cells = {need.value: census.cell("need", need) for need in Need}
    return _shown(cells, withheld(cells, [list(cells)]))


def switches_of(census: Census) -> Switches:
    """The flow from blind votes to second choices.

    Lines of a known sum are the rows (the blind votes), those who stayed, those who changed, and both together.
    """
    cells = {pair: census.cell("flow", *pair) for pair in product(FIRST, SECOND)}
    chosen = [pair for pair in cells if pair[1] != SKIPPED]
    changed, stayed = [pair for pair in chosen if pair[0] != pair[1]], [pair for pair in chosen if pair[0] == pair[1]]
    rows = [[pair for pair in cells if pair[0] == first] for first in FIRST]
    hidden = withheld(cells, [*rows, changed, stayed, chosen])
    ways = (Outcome.A.value, Outcome.B.value), (Outcome.B.value, Outcome.A.value)
    is_told = hidden.isdisjoint(ways)
    return Switches(
        cells=_shown(cells, hidden),
        rate=_proportion((cells[pair] for pair in changed), (cells[pair] for pair in stayed)),
        p_value=mcnemar_exact(*(cells[way].count for way in ways)) if is_told else None,
    )


def bets_of(census: Census) -> Bets:
    """Bets beside estimates. Lines of a known sum are the right ones, the wrong ones, and both together."""
    cells = {pair: census.cell("bet", *pair) for pair in product(BETS, ESTIMATES)}
    judged = [pair for pair in cells if pair[1] != NO_ESTIMATE]
    right, wrong = [pair for pair in judged if pair[0] == pair[1]], [pair for pair in judged if pair[0] != pair[1]]
    return Bets(
        cells=_shown(cells, withheld(cells, [right, wrong, judged])),
        right=_proportion((cells[pair] for pair in right), (cells[pair] for pair in wrong)),
    )


def _shown(cells: Mapping[Key, Cell], hidden: frozenset[Key]) -> Mapping[Key, Shown]:
    return {key: None if key in hidden else cell.count for key, cell in cells.items()}


def _proportion(yes: Iterable[Cell], no: Iterable[Cell]) -> Proportion | None:
    """The share of the first, None when few people stand behind either: each can be had from the other."""
    one, other = all_of(yes), all_of(no)
    return None if one.is_of_few or other.is_of_few else wilson(one.count, one.count + other.count)
