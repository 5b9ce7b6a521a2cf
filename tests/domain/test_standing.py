"""Standings: ranks with intervals, claims, tiers, and what few votes allow to say."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.ranking import Fit, fit
from arena.domain.standing import (
    CLAIM_Z,
    Standing,
    Status,
    is_claimed,
    rank_intervals,
    standings_of,
    status_of,
    tiers_of,
)
from arena.domain.tally import Floats
from tests.domain.wins import some_wins

MODELS = ("ada", "bob", "cyd", "dan", "eve", "fay")


def standings(wins: Floats, *, seed: int = 1) -> tuple[Standing, ...]:
    models = MODELS[: len(wins)]
    taken = (wins + wins.T).sum(axis=1).astype(int).tolist()
    return standings_of(models, dict(zip(models, taken, strict=True)), fit(wins), seed=seed)


def apart(*strengths: float, sd: float = 0.1) -> Fit:
    """Models of known strengths, with errors that do not depend on each other."""
    return Fit(np.array(strengths), (np.eye(len(strengths)) * sd**2,))


@given(some_wins())
def test_the_best_is_first_and_every_rank_lies_in_its_interval(wins: Floats) -> None:
    found = standings(wins)
    assert [one.rank for one in found] == list(range(1, len(wins) + 1))
    assert [one.rating.value for one in found] == sorted((one.rating.value for one in found), reverse=True)
    for one in found:
        assert 1 <= one.rank_low <= one.rank <= one.rank_high <= len(wins)


@given(some_wins())
def test_a_break_between_tiers_is_a_claimed_difference(wins: Floats) -> None:
    found, fitted = standings(wins), fit(wins)
    z = fitted.z_of_differences()
    first = {tier: one for one in reversed(found) for tier in [one.tier]}
    for above, below in pairwise(found):
        assert below.tier - above.tier in (0, 1)
        difference = z[MODELS.index(first[above.tier].model), MODELS.index(below.model)]
        assert (below.tier > above.tier) == (difference >= CLAIM_Z)


def test_the_same_seed_gives_the_same_ranking() -> None:
    wins = np.array([[0, 5, 9], [4, 0, 6], [2, 3, 0]], dtype=np.float64)
    assert standings(wins) == standings(wins)


def test_equal_strengths_are_in_the_order_of_names() -> None:
    assert [one.model for one in standings(np.ones((3, 3)) - np.eye(3))] == ["ada", "bob", "cyd"]


def test_ranks_are_sure_where_models_are_far_apart_and_open_where_not() -> None:
    rng = np.random.default_rng(1)
    assert rank_intervals(apart(3, 2, 1), rng) == ([1, 2, 3], [1, 2, 3])
    assert rank_intervals(apart(3, 1.01, 1), rng) == ([1, 2, 2], [1, 3, 3])
    assert rank_intervals(apart(0, 0, 0), rng) == ([1, 1, 1], [3, 3, 3])


def test_rank_intervals_take_the_wider_of_two_covariances() -> None:
    narrow, wide = apart(1, 0, sd=0.05), apart(1, 0, sd=1.0)
    both = Fit(narrow.strengths, (*narrow.covariances, *wide.covariances))
    assert rank_intervals(narrow, np.random.default_rng(1)) == ([1, 2], [1, 2])
    assert rank_intervals(both, np.random.default_rng(1)) == ([1, 1], [2, 2])


def test_a_difference_is_claimed_from_two_point_six_standard_deviations_on() -> None:
    assert [is_claimed(z) for z in (0, 1.96, 2.59, 2.6, -2.6, -1.96)] == [False, False, False, True, True, False]


def test_a_tier_ends_where_a_model_differs_from_its_first_one() -> None:
    """Strengths 4, 3, 2 … with a claim from a distance of 1.5 on: neighbours never differ, the third one does."""
    strengths = np.array([4.0, 3.0, 2.0, 1.0, 0.0])
    z = (strengths[:, None] - strengths[None, :]) / 1.5 * CLAIM_Z
    assert tiers_of(z) == [1, 1, 2, 2, 3]


def test_false_claims_between_equal_models_are_rare() -> None:
    """One vote in two for each: 2.6 standard deviations are passed by chance in about 1 % of the rooms."""
    rng = np.random.default_rng(3)
    won = rng.binomial(60, 0.5, 1000)
    claims = [is_claimed(fit(np.array([[0, w], [60 - w, 0]], dtype=np.float64)).z_of_differences()[0, 1]) for w in won]
    assert np.mean(claims) < 0.02


@pytest.mark.parametrize(
    ("battles", "status"),
    [
        (0, Status.COUNTS_ONLY),
        (9, Status.COUNTS_ONLY),
        (10, Status.PROVISIONAL),
        (49, Status.PROVISIONAL),
        (50, Status.ESTABLISHED),
    ],
)
def test_the_status_of_a_model_is_that_of_its_battles(battles: int, status: Status) -> None:
    assert status_of(battles) is status


def test_one_model_alone_has_no_standing() -> None:
    assert standings_of(["ada"], {"ada": 3}, fit(np.zeros((1, 1)))) == ()


@given(st.integers(2, 6))
def test_models_that_never_lost_or_won_are_still_ranked(size: int) -> None:
    wins = np.triu(np.full((size, size), 3.0), 1)
    assert [one.model for one in standings(wins)] == list(MODELS[:size])
