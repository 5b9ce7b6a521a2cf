"""Which two models meet: pure functions of candidates, history and a given random generator."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum


class PairingMode(StrEnum):
    """How the two models of a battle are chosen."""

    RANDOM = "random"
    SMALL_VS_BIG = "small_vs_big"
    SMALL_ONLY = "small_only"
    CHOOSE = "choose"  # named by the visitor: not blind, never ranked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that can be drawn now. ``energy_per_token_wh`` is the central estimate, None if unknown."""

    model_id: str
    energy_per_token_wh: float | None


@dataclass(frozen=True, slots=True)
class PairHistory:
    """What has been drawn before. Pairs are frozensets of two model ids.

    ``on_side_a`` counts, for each ordered pair (on A, on B), the battles that were seated so.
    """

    met: Mapping[frozenset[str], int] = field(default_factory=dict)
    on_side_a: Mapping[tuple[str, str], int] = field(default_factory=dict)
    seen_by_visitor: AbstractSet[frozenset[str]] = frozenset()
