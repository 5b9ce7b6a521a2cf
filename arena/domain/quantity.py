"""A range of numbers: how the arena writes anything it does not know exactly."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """A closed interval ``low``–``high``; an exact number has equal ends.

    Raises ValueError when an end is not finite or low exceeds high.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"a range needs finite ends, got {self.low}:{self.high}")
        if self.low > self.high:
            raise ValueError(f"low end {self.low} exceeds high end {self.high}")

    @classmethod
    def exactly(cls, value: float) -> "Range":
        """The range that holds one number."""
        return cls(value, value)

    @classmethod
    def parse(cls, text: str) -> "Range":
        """Read ``"8"`` or ``"1.09:1.14"``. Raises ValueError."""
        low, separator, high = text.partition(":")
        return cls(float(low), float(high if separator else low))

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @property
    def central(self) -> float:
        """Geometric mean, the centre of a multiplicative uncertainty; 0 when the low end is 0."""
        return math.sqrt(self.low * self.high)
