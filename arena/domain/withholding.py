"""Withholding: which cells of a breakdown may be shown without telling what a few people did.

The rule, for any number of people. A cell that one to four people stand behind is withheld. Where a line of cells
has a sum that is shown, or that can be had from one that is, a lone withheld cell would be that sum less the others:
so the smallest cells that are left go too, until what is withheld in the line is at least two cells and at least
five people together. An empty cell is shown: nobody stands behind it. The rule is applied again while it changes
anything, as one cell may stand in several lines. It looks at one view at a time; it cannot know what else a reader
has noted, such as an earlier view or another choice of events.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from arena.domain.census import Cell, all_of

Key = TypeVar("Key", bound=Hashable)


def withheld(cells: Mapping[Key, Cell], lines: Iterable[Iterable[Key]]) -> frozenset[Key]:
    """The keys of the cells to withhold; ``lines`` are the cells whose sum a reader may know."""
    hidden = {key for key, cell in cells.items() if cell.is_of_few}
    summed = [[key for key in line if cells[key].count] for line in lines]
    before = -1
    while len(hidden) > before:
        before = len(hidden)
        for line in summed:
            hidden.update(_more_of(line, cells, hidden))
    return frozenset(hidden)


def _more_of(line: Sequence[Key], cells: Mapping[Key, Cell], hidden: AbstractSet[Key]) -> list[Key]:
    """What else must go from a line, the smallest first; nothing is left to add where all of it is hidden."""
    gone = [key for key in line if key in hidden]
    more: list[Key] = []
    if gone:
        for key in sorted((key for key in line if key not in hidden), key=lambda key: cells[key].count):
            together = all_of(cells[one] for one in (*gone, *more))
            if len(gone) + len(more) >= 2 and not together.is_of_few:
                break
            more.append(key)
    return more
