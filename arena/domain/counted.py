"""What counts in a ranking: which votes are asked for, and why others are left out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from arena.domain.pairing import PairingMode
from arena.domain.tally import Ballots, Cell, Tally


class LeftOut(StrEnum):
    """Why a vote does not count in a ranking; the first that holds."""

    REMATCH = "rematch"  # one answer was chosen for having been preferred
    DEMO = "demo"  # scripted answers
    NAMED = "named"  # not blind: the models were chosen by name, or a room had been shown too much
    HANDS = "hands"  # raised in front of everybody and counted by an organiser: no secret ballots
    SELF_NAMED = "self_named"  # an answer told who wrote it; it was masked, but its style may have told as well
    HIDDEN = "hidden"  # an organiser hid the prompt


@dataclass(frozen=True, slots=True)
class StandingFilter:
    """Which votes a ranking is made of; None takes all. ``since`` ≤ time of the first vote < ``until``.

    ``theme`` is that of a suggestion taken as the first prompt.
    """

    locale: str | None = None
    mode: PairingMode | None = None
    event_id: str | None = None
    theme: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The votes that count, and how many do not, by reason.

    ``named_themselves`` are the votes left out for it by the model that did; both models of one may have.
    """

    tally: Tally
    left_out: Mapping[LeftOut, int]
    named_themselves: Mapping[str, int]


class CastVote(NamedTuple):
    """One vote that counts, and who cast it."""

    visitor_id: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class CastVotes:
    """All the votes of some participants; ``is_sample`` when there are other participants."""

    votes: Sequence[CastVote]
    is_sample: bool

    def ballots(self, tally: Tally) -> Ballots:
        """As columns, without the votes on models that the tally does not hold (cast since it was read)."""
        people: dict[str, int] = {}
        cells: dict[Cell, int] = {}
        numbers = [people.setdefault(vote.visitor_id, len(people)) for vote in self.votes]
        places = [cells.setdefault(vote.cell, len(cells)) for vote in self.votes]
        return Ballots.of(numbers, places, list(cells), tally)

    def people_by_pair(self) -> Mapping[frozenset[str], AbstractSet[str]]:
        """Who voted on each pair of models, whichever of them was on which side."""
        people: defaultdict[frozenset[str], set[str]] = defaultdict(set)
        for vote in self.votes:
            people[frozenset(vote.cell[:2])].add(vote.visitor_id)
        return people
