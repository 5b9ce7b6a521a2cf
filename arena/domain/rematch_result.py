"""The result of a rematch: whether the lighter answer was enough, and what may be said of its energy."""

from dataclasses import dataclass
from enum import StrEnum

from arena.domain.footprint import Comparison
from arena.domain.rematch import RematchKind
from arena.domain.side import Side
from arena.domain.vote import Outcome


class Noticed(StrEnum):
    """What a blind vote says of the two answers of a rematch."""

    NOTICED = "noticed"  # the kept answer was preferred
    ENOUGH = "enough"  # the lighter one was preferred, or as good
    NEITHER = "neither"


class SavingKind(StrEnum):
    """What may be said of the energy of the lighter answer, beside that of the kept one."""

    LESS = "less"
    SAME_ORDER = "same_order"  # no saving can be claimed
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Saving:
    """``factor`` is how many times less or more, None exactly when they are of the same order."""

    kind: SavingKind
    factor: int | None = None


@dataclass(frozen=True, slots=True)
class RematchResult:
    """``saving`` is None without two figures; ``is_over_limit``: a limit in words was set and not kept to."""

    kind: RematchKind
    kept_side: Side
    noticed: Noticed
    saving: Saving | None
    is_over_limit: bool


def noticed(vote: Outcome, kept_side: Side) -> Noticed:
    """What the blind vote on a rematch says."""
    if vote is Outcome.BOTH_BAD:
        return Noticed.NEITHER
    return Noticed.NOTICED if vote.value == kept_side.value else Noticed.ENOUGH


def saving_of(comparison: Comparison, kept_side: Side) -> Saving:
    """A comparison of both sides, told from the lighter one."""
    if comparison.more is None:
        return Saving(SavingKind.SAME_ORDER)
    kind = SavingKind.LESS if comparison.more is kept_side else SavingKind.MORE
    return Saving(kind, comparison.factor)


def words_in(text: str) -> int:
    """How many words a text has: what stands between spaces, signs alone left out."""
    return sum(any(map(str.isalnum, part)) for part in text.split())
