"""What a visitor makes of the footprints of a battle: a bet before, a second choice after, a thought on the need."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from arena.domain.side import Side
from arena.domain.vote import Outcome

BET_FACTORS = (1, 3, 10, 30, 100)  # 1: about the same


@dataclass(frozen=True, slots=True)
class Bet:
    """How many times more energy than the other one answer used, guessed before the reveal.

    ``more`` is None when ``factor`` is 1, about the same, and for a bet on the gap alone, made before the answers.
    Raises ValueError for anything else.
    """

    factor: int
    more: Side | None = None
    created_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.factor not in BET_FACTORS:
            raise ValueError(f"a bet is one of {BET_FACTORS}, got {self.factor!r}")
        if self.factor == 1 and self.more is not None:
            raise ValueError("a bet that both take about the same names no side")


@dataclass(frozen=True, slots=True)
class SecondChoice:
    """Which answer one would pick knowing the footprints, None when skipped. Never part of a ranking."""

    outcome: Outcome | None
    created_at: datetime | None = None


class Need(StrEnum):
    """Could one have done without an AI for this?"""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reflections:
    """All of it, from one visitor on one battle; None is what was not said."""

    bet: Bet | None = None
    second_choice: SecondChoice | None = None
    need: Need | None = None
