"""A tally: how often each pair of models met and what was voted, which is all that a ranking needs."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from arena.domain.vote import Outcome

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Cell = tuple[str, str, Outcome]  # the model on side A, the one on side B, what was voted

# What the model on side A gets. A tie of either kind is half a win each: both answers were as good, whatever
# their level; `both_bad` is kept apart in the counts for display.
SCORES: Mapping[Outcome, float] = {Outcome.A: 1.0, Outcome.BOTH_GOOD: 0.5, Outcome.BOTH_BAD: 0.5, Outcome.B: 0.0}
_TURNED = {Outcome.A: Outcome.B, Outcome.B: Outcome.A}


@dataclass(frozen=True)  # no slots: the two properties below are computed once
class Tally:
    """Votes by cell, all positive. Raises ValueError for a model against itself or a negative count."""

    votes: Mapping[Cell, int]

    def __post_init__(self) -> None:
        for (one, two, _), count in self.votes.items():
            if one == two or count < 0:
                raise ValueError(f"{count} votes on {one!r} against {two!r}")

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The models that met another, by name; their places are the indices of every array below."""
        return tuple(sorted({model for one, two, _ in self.votes for model in (one, two)}))

    @cached_property
    def wins(self) -> Floats:
        """Shape (models, models): how often the model of the row beat that of the column, a tie being half."""
        places = {model: place for place, model in enumerate(self.models)}
        wins = np.zeros((len(places), len(places)))
        for (one, two, outcome), count in self.votes.items():
            wins[places[one], places[two]] += SCORES[outcome] * count
            wins[places[two], places[one]] += (1 - SCORES[outcome]) * count
        return wins

    @property
    def total(self) -> int:
        """All votes."""
        return sum(self.votes.values())

    def meetings(self) -> Mapping[tuple[str, str], Mapping[Outcome, int]]:
        """Of each ordered pair that met, what was voted: ``a`` is for the first model, ``b`` for the second."""
        met: defaultdict[tuple[str, str], Counter[Outcome]] = defaultdict(Counter)
        for (one, two, outcome), count in self.votes.items():
            met[one, two][outcome] += count
            met[two, one][_TURNED.get(outcome, outcome)] += count
        return met

    def battles(self) -> Mapping[str, int]:
        """The votes that each model took part in."""
        taken: Counter[str] = Counter()
        for (one, two, _), count in self.votes.items():
            taken[one] += count
            taken[two] += count
        return taken


@dataclass(frozen=True, slots=True)
class Ballots:
    """Votes with who cast them, as columns of one length: a row is a participant's votes on one cell.

    ``participant`` numbers people in any way and order, ``one`` and ``two`` are places in ``Tally.models``,
    ``score`` is what ``one`` got (see ``SCORES``), ``count`` how many such votes.
    """

    participant: Ints
    one: Ints
    two: Ints
    score: Floats
    count: Floats

    @classmethod
    def of(cls, people: Sequence[int], cells: Sequence[int], keys: Sequence[Cell], tally: Tally) -> "Ballots":
        """From one entry a vote: the number of who cast it, and the place of its cell in ``keys``.

        Votes on models that the tally does not hold are left out.
        """
        places = {model: place for place, model in enumerate(tally.models)}
        known = np.array([one in places and two in places for one, two, _ in keys], dtype=bool)
        person, cell = np.asarray(people, dtype=np.int64), np.asarray(cells, dtype=np.int64)
        kept = known[cell] if len(keys) else np.zeros(0, dtype=bool)
        rows, count = np.unique(person[kept] * max(len(keys), 1) + cell[kept], return_counts=True)
        person, cell = np.divmod(rows, max(len(keys), 1))
        one = np.array([places.get(key[0], 0) for key in keys], dtype=np.int64)
        two = np.array([places.get(key[1], 0) for key in keys], dtype=np.int64)
        score = np.array([SCORES[key[2]] for key in keys])
        return cls(person, one[cell], two[cell], score[cell], count.astype(np.float64))

    @property
    def votes(self) -> float:
        """How many votes there are."""
        return float(self.count.sum())

    def participants_by_model(self, tally: Tally) -> Mapping[str, int]:
        """How many different people voted on each model."""
        size = max(len(tally.models), 1)
        pairs = np.concatenate((self.participant * size + self.one, self.participant * size + self.two))
        counts = np.bincount(np.unique(pairs) % size, minlength=size)
        return dict(zip(tally.models, counts.tolist(), strict=False))

    def participants(self) -> int:
        """How many different people voted."""
        return len(np.unique(self.participant))
