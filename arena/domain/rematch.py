"""A rematch: the preferred answer of a battle, kept, against the same prompt answered with less."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from arena.domain.pairing import Candidate
from arena.domain.side import Side
from arena.domain.vote import Outcome

SHORT_WORDS = 80  # the limit of a short rematch, in words


class RematchKind(StrEnum):
    """What is less."""

    SMALLER = "smaller"  # the smallest model that is available
    SHORTER = "shorter"  # the same model, limited to SHORT_WORDS words


class Refusal(StrEnum):
    """Why a rematch cannot be had: text keys."""

    NO_ANSWER = "rematch.none.no_answer"  # the preferred answer has no text, or broke off
    MODEL_GONE = "rematch.none.model_gone"  # its model cannot be asked any more
    UNKNOWN_SIZE = "rematch.none.unknown_size"  # so nothing can be called smaller
    NOTHING_SMALLER = "rematch.none.nothing_smaller"


@dataclass(frozen=True, slots=True)
class Rematch:
    """Where a battle comes from. ``origin_id`` is None once that battle was erased.

    ``kept_side`` is the side *in this battle* that shows the answer of the origin: it cost nothing again.
    A rematch is no draw: it counts neither in a ranking nor in the history of pairs.
    """

    origin_id: str | None
    kind: RematchKind
    kept_side: Side


def preferred_side(second: Outcome | None, vote: Outcome | None, energy_wh: Mapping[Side, float | None]) -> Side:
    """The side whose answer is kept: that of the second choice, else of the blind vote, where one of them
    names a side; else the side that took more energy, an unknown one counting as none, A on a tie.
    """
    for outcome in (second, vote):
        if outcome in (Outcome.A, Outcome.B):
            return Side(outcome)
    return max(Side, key=lambda side: energy_wh[side] or 0.0)


def smallest_below(kept: Candidate, candidates: Iterable[Candidate]) -> Candidate | Refusal:
    """The other weights that take least energy per token, if that is less than those of ``kept``; the first
    by id among equals. Candidates of unknown energy cannot be compared.
    """
    if not kept.energy_per_token_wh:
        return Refusal.UNKNOWN_SIZE
    limit = kept.energy_per_token_wh
    below = [
        (candidate.energy_per_token_wh, candidate.model_id, candidate)
        for candidate in candidates
        if candidate.energy_per_token_wh
        and candidate.energy_per_token_wh < limit
        and (not candidate.weights or candidate.weights != kept.weights)
    ]
    return min(below, key=itemgetter(0, 1))[2] if below else Refusal.NOTHING_SMALLER
