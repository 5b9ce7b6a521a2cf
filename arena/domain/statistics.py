"""Statistics of counts: an interval for a share, an exact test for changed minds."""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054  # the 97.5 % point of the normal distribution: 95 % two-sided


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``total``, with the interval in which the true share lies; ends are None of nothing."""

    count: int
    total: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        return self.count / self.total if self.total else None


def wilson(count: int, total: int, *, z: float = Z_95) -> Proportion:
    """The score interval of a share, without continuity correction (Wilson 1927). Raises ValueError."""
    if not 0 <= count <= total:
        raise ValueError(f"a share needs 0 <= count <= total, got {count} of {total}")
    if total == 0:
        return Proportion(0, 0, None, None)
    share, width = count / total, z * z / total
    centre = (share + width / 2) / (1 + width)
    half = z * math.sqrt(share * (1 - share) / total + width / (4 * total)) / (1 + width)
    return Proportion(count, total, max(0.0, centre - half), min(1.0, centre + half))


def mcnemar_exact(one_way: int, other_way: int) -> float:
    """The two-sided p-value that changes of mind go both ways alike: exact, at one half (McNemar 1947).

    Raises ValueError for negative counts.
    """
    if min(one_way, other_way) < 0:
        raise ValueError(f"changes are counted from 0, got {one_way} and {other_way}")
    changes, fewer = one_way + other_way, min(one_way, other_way)
    return min(1.0, 2 * sum(math.comb(changes, k) for k in range(fewer + 1)) / (1 << changes))
