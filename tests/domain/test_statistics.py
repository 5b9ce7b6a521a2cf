"""Statistics against published examples, and what must hold for any counts."""

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.statistics import mcnemar_exact, quantile, wilson


# Newcombe, R. G. (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine
# 17:857-872, table I, method 3.
@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(count: int, total: int, low: float, high: float) -> None:
    found = wilson(count, total)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_stays_between_0_and_1(counts: tuple[int, int]) -> None:
    found = wilson(*counts)
    assert found.share is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert found.low < found.high


@given(st.integers(1, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_of_the_opposite_is_its_mirror(counts: tuple[int, int]) -> None:
    count, total = counts
    found, mirrored = wilson(count, total), wilson(total - count, total)
    assert found.low == pytest.approx(1 - (mirrored.high or 0), abs=1e-12)
    assert found.high == pytest.approx(1 - (mirrored.low or 0), abs=1e-12)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_more_of_the_same_makes_the_interval_narrower(count: int, more: int) -> None:
    total = count + more
    once, ten_times = wilson(count, total), wilson(10 * count, 10 * total)
    assert (ten_times.high or 0) - (ten_times.low or 0) < (once.high or 0) - (once.low or 0)


def test_of_nothing_no_share_is_said() -> None:
    found = wilson(0, 0)
    assert (found.share, found.low, found.high) == (None, None, None)


@pytest.mark.parametrize(("count", "total"), [(-1, 3), (4, 3), (0, -1)])
def test_impossible_counts_are_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(count, total)


# Fagerland, M. W., Lydersen, S. & Laake, P. (2013), BMC Medical Research Methodology 13:91: the children of Bentur
# et al. changed 1 and 7 times, exact conditional p = 0.070.
def test_changes_of_mind_are_tested_as_published() -> None:
    assert mcnemar_exact(1, 7) == pytest.approx(0.0703, abs=5e-5)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_exact_test_is_the_sum_of_its_binomial_terms(one_way: int, other_way: int) -> None:
    changes = one_way + other_way
    tail = sum(math.comb(changes, drawn) for drawn in range(min(one_way, other_way) + 1))
    exact = min(Fraction(1), Fraction(2 * tail, 2**changes))
    assert mcnemar_exact(one_way, other_way) == pytest.approx(float(exact), rel=1e-9)
    assert mcnemar_exact(one_way, other_way) == mcnemar_exact(other_way, one_way)


def test_as_many_changes_each_way_say_nothing() -> None:
    assert mcnemar_exact(0, 0) == 1
    assert mcnemar_exact(500_000, 500_000) == 1
    assert mcnemar_exact(499_000, 501_000) == pytest.approx(math.erfc(1999 / math.sqrt(10**6) / math.sqrt(2)), rel=1e-4)


def test_changes_below_none_are_refused() -> None:
    with pytest.raises(ValueError, match="from 0"):
        mcnemar_exact(-1, 2)


# Hyndman & Fan's definition 1 of ten values: the median is the fifth, the 95th percentile the tenth.
def test_quantiles_are_values_that_were_seen() -> None:
    ten = {float(value): 1 for value in range(1, 11)}
    assert quantile(ten, 50) == 5
    assert quantile(ten, 95) == 10
    assert quantile(ten, 10) == 1
    assert quantile({}, 50) is None


@given(st.lists(st.integers(0, 50), min_size=1), st.integers(1, 100))
def test_at_least_that_share_lies_at_or_below_a_quantile(values: list[int], percent: int) -> None:
    found = quantile(Counter(map(float, values)), percent)
    assert found is not None
    assert 100 * sum(value <= found for value in values) >= percent * len(values)
    assert 100 * sum(value < found for value in values) < percent * len(values)


@pytest.mark.parametrize("percent", [0, 101])
def test_a_percentage_lies_between_1_and_100(percent: int) -> None:
    with pytest.raises(ValueError, match="percentage"):
        quantile({1.0: 1}, percent)
