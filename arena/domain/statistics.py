"""Statistics of counts: an interval for a share, an exact test for changed minds, quantiles of counted values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

Z_95 = 1.959963984540054  # the 97.5 % point of the normal distribution: 95 % two-sided


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``total``, with the interval in which the true share lies; shares are from 0 to 1.

    The two ends are None of nothing: no share can be said of no observation.
    """

    count: int
    total: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        return self.count / self.total if self.total else None


def wilson(count: int, total: int, *, z: float = Z_95) -> Proportion:
    """The score interval of a share, without continuity correction. Raises ValueError for impossible counts.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22:209-212.
    """
    if not 0 <= count <= total:
        raise ValueError(f"a share needs 0 <= count <= total, got {count} of {total}")
    if total == 0:
        return Proportion(0, 0, None, None)
    share, width = count / total, z * z / total
    centre = (share + width / 2) / (1 + width)
    half = z * math.sqrt(share * (1 - share) / total + width / (4 * total)) / (1 + width)
    low = 0.0 if count == 0 else max(0.0, centre - half)  # exactly at the ends, where rounding would miss them
    high = 1.0 if count == total else min(1.0, centre + half)
    return Proportion(count, total, min(low, share), max(high, share))


def mcnemar_exact(one_way: int, other_way: int) -> float:
    """The two-sided p-value that changes of mind go both ways alike: an exact binomial test at one half.

    McNemar, Q. (1947), Psychometrika 12:153-157; exact form: twice the smaller tail, at most 1. Without any change
    it is 1. Raises ValueError for negative counts.
    """
    if min(one_way, other_way) < 0:
        raise ValueError(f"changes are counted from 0, got {one_way} and {other_way}")
    changes, fewer = one_way + other_way, min(one_way, other_way)
    return min(1.0, 2 * _lower_tail(fewer, changes))


def _lower_tail(most: int, trials: int) -> float:
    """P(X <= most) of a fair coin thrown ``trials`` times, from its largest term down until terms add nothing."""
    log_term = math.lgamma(trials + 1) - math.lgamma(most + 1) - math.lgamma(trials - most + 1)
    term = math.exp(log_term - trials * math.log(2))
    tail, drawn = 0.0, most
    while tail + term > tail:
        tail += term
        term *= drawn / (trials - drawn + 1)
        drawn -= 1
    return tail


def quantile(counts: Mapping[float, int], percent: int) -> float | None:
    """The smallest value with at least ``percent`` of all at or below it; None of nothing.

    Definition 1 of Hyndman, R. J. & Fan, Y. (1996), The American Statistician 50:361-365. It is always one of the
    values, so that values rounded beforehand give the rounded quantile. Raises ValueError outside 1 to 100.
    """
    if not 1 <= percent <= 100:
        raise ValueError(f"a percentage from 1 to 100, got {percent}")
    rank = -(-percent * sum(counts.values()) // 100)
    below = 0
    for value in sorted(counts):
        below += counts[value]
        if below >= rank and counts[value]:
            return value
    return None
