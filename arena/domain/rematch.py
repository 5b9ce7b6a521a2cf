"""A rematch: the preferred answer of a battle, kept, against the same prompt answered with less."""

from dataclasses import dataclass
from enum import StrEnum

from arena.domain.side import Side

SHORT_WORDS = 80  # the limit of a short rematch, in words


class RematchKind(StrEnum):
    """What is less."""

    SMALLER = "smaller"  # the smallest model that is available
    SHORTER = "shorter"  # the same model, limited to SHORT_WORDS words


@dataclass(frozen=True, slots=True)
class Rematch:
    """Where a battle comes from. ``origin_id`` is None once that battle was erased.

    ``kept_side`` is the side *in this battle* that shows the answer of the origin: it cost nothing again.
    A rematch is no draw: it counts neither in a ranking nor in the history of pairs.
    """

    origin_id: str | None
    kind: RematchKind
    kept_side: Side
