"""The win matrix: what people voted on each pair of models, without what would tell what a few of them did."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from arena.domain.census import LEAST_PEOPLE, Cell
from arena.domain.tally import SCORES, Tally
from arena.domain.vote import Outcome
from arena.domain.withholding import withheld

_SOMEBODY = frozenset({""})  # where nobody is known who voted, but somebody did


@dataclass(frozen=True, slots=True)
class Met:
    """The votes on a pair, and the share of them that the first model won, a tie being half."""

    votes: int
    share: float


WinMatrix = Mapping[tuple[str, str], Met | None]  # both orders of each pair that met; None is withheld


def win_matrix(tally: Tally, people: Mapping[frozenset[str], AbstractSet[str]]) -> WinMatrix:
    """Each pair with its votes. ``people`` are those known to have voted on a pair: some of them are enough.

    The sum of a model's pairs is shown beside it, so a lone pair of few people takes another one along.
    """
    meetings = tally.meetings()
    cells = {frozenset(pair): _cell(sum(votes.values()), people.get(frozenset(pair)) or _SOMEBODY)
             for pair, votes in meetings.items()}  # fmt: skip
    hidden = withheld(cells, [[pair for pair in cells if model in pair] for model in tally.models])
    return {pair: None if frozenset(pair) in hidden else _met(votes) for pair, votes in meetings.items()}


def _cell(votes: int, people: AbstractSet[str]) -> Cell:
    return Cell(votes, frozenset(people) if len(people) < LEAST_PEOPLE else None)


def _met(votes: Mapping[Outcome, int]) -> Met:
    total = sum(votes.values())
    return Met(total, sum(SCORES[outcome] * count for outcome, count in votes.items()) / total)
