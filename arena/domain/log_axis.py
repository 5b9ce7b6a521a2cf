"""A logarithmic axis: where an amount stands between whole powers of ten, so that bars can be drawn."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from arena.domain.provenance import Band

MOST_LABELS = 4  # more of them touch each other on a narrow phone


@dataclass(frozen=True, slots=True)
class LogAxis:
    """An axis from ``10 ** bottom`` to ``10 ** top``, whole powers, in one unit for all that it shows."""

    bottom: int
    top: int

    def __post_init__(self) -> None:
        if self.bottom >= self.top:
            raise ValueError(f"an axis needs at least one power of ten, got {self}")

    def place(self, amount: float) -> float:
        """Where an amount stands, from 0 to 1; what is beyond an end stands at that end."""
        if amount <= 0:
            return 0.0
        return min(max((math.log10(amount) - self.bottom) / (self.top - self.bottom), 0.0), 1.0)

    @property
    def powers(self) -> tuple[Decimal, ...]:
        """Every power of ten of the axis, both ends included."""
        return tuple(Decimal(1).scaleb(exponent) for exponent in range(self.bottom, self.top + 1))

    @property
    def labelled(self) -> tuple[Decimal, ...]:
        """The powers that are written: the bottom and then every so many, so that few stand side by side."""
        step = math.ceil(len(self.powers) / MOST_LABELS)
        return self.powers[::step]


def axis_of(bands: Iterable[Band]) -> LogAxis:
    """The narrowest axis that holds the bands, all in one unit. Raises ValueError when none is above 0."""
    ends = [end for band in bands for end in (band.low or band.high, band.high) if end > 0]
    if not ends:
        raise ValueError("an axis needs an amount above 0")
    bottom, top = math.floor(math.log10(min(ends))), math.ceil(math.log10(max(ends)))
    return LogAxis(bottom, max(top, bottom + 1))
