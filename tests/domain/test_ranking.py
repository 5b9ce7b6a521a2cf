"""Strengths: published results come out, and what must hold for any votes holds."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.ranking import CENTRE, POINTS, PRIOR_SD, Z_95, fit, sigmoid
from arena.domain.tally import Floats
from tests.domain.wins import some_wins

# Citations between four journals of statistics (Stigler 1994, Statistical Science 9, 94–108), as the data set
# `citations` of the R package BradleyTerry2: the cited journal wins over the citing one.
JOURNALS = ("Biometrika", "Comm Statist", "JASA", "JRSS-B")
CITATIONS = (
    (0, 730, 498, 221),  # Biometrika, cited by each journal
    (33, 0, 68, 17),
    (320, 813, 0, 142),
    (284, 276, 325, 0),
)
# Estimates relative to Biometrika: Turner & Firth 2012, Journal of Statistical Software 48(9), section 2.1.
JOURNAL_ABILITIES = (0.0, -2.9491, -0.4796, 0.2690)

# Baseball, American League East 1987, wins at home and away: Agresti 2002, Categorical Data Analysis, 2nd edition,
# section 10.6, as the data set `baseball` of BradleyTerry2.
HOME_AND_AWAY: Mapping[tuple[str, str], tuple[int, int]] = {
    ("Milwaukee", "Detroit"): (4, 3), ("Milwaukee", "Toronto"): (4, 2), ("Milwaukee", "New York"): (4, 3),
    ("Milwaukee", "Boston"): (6, 1), ("Milwaukee", "Cleveland"): (4, 2), ("Milwaukee", "Baltimore"): (6, 0),
    ("Detroit", "Milwaukee"): (3, 3), ("Detroit", "Toronto"): (4, 2), ("Detroit", "New York"): (4, 3),
    ("Detroit", "Boston"): (6, 0), ("Detroit", "Cleveland"): (6, 1), ("Detroit", "Baltimore"): (4, 3),
    ("Toronto", "Milwaukee"): (2, 5), ("Toronto", "Detroit"): (4, 3), ("Toronto", "New York"): (2, 4),
    ("Toronto", "Boston"): (4, 3), ("Toronto", "Cleveland"): (4, 2), ("Toronto", "Baltimore"): (6, 0),
    ("New York", "Milwaukee"): (3, 3), ("New York", "Detroit"): (5, 1), ("New York", "Toronto"): (2, 5),
    ("New York", "Boston"): (4, 3), ("New York", "Cleveland"): (4, 2), ("New York", "Baltimore"): (6, 1),
    ("Boston", "Milwaukee"): (5, 1), ("Boston", "Detroit"): (2, 5), ("Boston", "Toronto"): (3, 3),
    ("Boston", "New York"): (4, 2), ("Boston", "Cleveland"): (5, 2), ("Boston", "Baltimore"): (6, 0),
    ("Cleveland", "Milwaukee"): (2, 5), ("Cleveland", "Detroit"): (3, 3), ("Cleveland", "Toronto"): (3, 4),
    ("Cleveland", "New York"): (4, 3), ("Cleveland", "Boston"): (4, 2), ("Cleveland", "Baltimore"): (2, 4),
    ("Baltimore", "Milwaukee"): (2, 5), ("Baltimore", "Detroit"): (1, 5), ("Baltimore", "Toronto"): (1, 6),
    ("Baltimore", "New York"): (2, 4), ("Baltimore", "Boston"): (1, 6), ("Baltimore", "Cleveland"): (3, 4),
}  # fmt: skip
# Table 10.11, column 3: estimates relative to Baltimore; the text gives standard errors of about 0.3.
TEAM_ABILITIES = {
    "Baltimore": 0.0, "Cleveland": 0.68, "Boston": 1.11, "New York": 1.25, "Toronto": 1.29, "Detroit": 1.44,
    "Milwaukee": 1.58,
}  # fmt: skip


def wins_of(matrix: object) -> Floats:
    return np.asarray(matrix, dtype=np.float64)


class TestPublished:
    def test_the_journals_have_the_abilities_of_the_r_package(self) -> None:
        strengths = fit(wins_of(CITATIONS), prior_sd=math.inf).strengths
        assert np.round(strengths - strengths[0], 4).tolist() == list(JOURNAL_ABILITIES)

    def test_the_teams_have_the_abilities_of_the_textbook_and_its_standard_errors(self) -> None:
        teams = list(TEAM_ABILITIES)
        wins = np.zeros((7, 7))
        for (home, away), (at_home, not_at_home) in HOME_AND_AWAY.items():
            wins[teams.index(home), teams.index(away)] += at_home
            wins[teams.index(away), teams.index(home)] += not_at_home
        fitted = fit(wins, prior_sd=math.inf)
        abilities = fitted.strengths - fitted.strengths[0]
        assert dict(zip(teams, np.round(abilities, 2).tolist(), strict=True)) == TEAM_ABILITIES
        errors = np.sqrt(fitted.variance_of(np.eye(7)[1:] - np.eye(7)[0]))
        assert np.round(errors, 1).tolist() == [0.3] * 6

    def test_two_models_without_a_prior_have_the_log_odds_of_their_wins(self) -> None:
        fitted = fit(wins_of([[0, 30], [10, 0]]), prior_sd=math.inf)
        assert fitted.strengths[0] - fitted.strengths[1] == pytest.approx(math.log(3))
        difference = fitted.variance_of(wins_of([[1, -1]]))[0]
        assert difference == pytest.approx(1 / 30 + 1 / 10)  # of a log odds ratio, by the delta method


class TestAnyVotes:
    @given(some_wins())
    def test_the_mean_strength_is_zero(self, wins: Floats) -> None:
        assert fit(wins).strengths.mean() == pytest.approx(0, abs=1e-10)

    @given(some_wins())
    def test_it_is_the_maximum_of_the_posterior(self, wins: Floats) -> None:
        strengths = fit(wins).strengths
        expected = (wins + wins.T) * sigmoid(strengths[:, None] - strengths[None, :])
        assert (wins - expected).sum(axis=1) == pytest.approx(strengths / PRIOR_SD**2, abs=1e-8)

    @given(some_wins(), st.randoms())
    def test_names_do_not_matter(self, wins: Floats, rng: object) -> None:
        order = list(range(len(wins)))
        rng.shuffle(order)  # type: ignore[attr-defined]
        assert fit(wins[np.ix_(order, order)]).strengths == pytest.approx(fit(wins).strengths[order], abs=1e-9)

    @given(some_wins())
    def test_turning_every_outcome_around_negates_the_strengths(self, wins: Floats) -> None:
        assert fit(wins.T).strengths == pytest.approx(-fit(wins).strengths, abs=1e-9)

    @given(some_wins(), st.integers(1, 50))
    def test_one_more_win_never_lowers_the_winner(self, wins: Floats, more: int) -> None:
        richer = wins.copy()
        richer[0, 1] += more
        assert fit(richer).strengths[0] >= fit(wins).strengths[0] - 1e-10
        assert fit(richer).strengths[1] <= fit(wins).strengths[1] + 1e-10

    @given(some_wins(), st.integers(1, 50))
    def test_ties_bring_two_models_closer(self, wins: Floats, ties: int) -> None:
        tied = wins.copy()
        tied[0, 1] += ties / 2
        tied[1, 0] += ties / 2
        before, after = fit(wins).strengths, fit(tied).strengths
        assert abs(after[0] - after[1]) <= abs(before[0] - before[1]) + 1e-10

    @given(some_wins())
    def test_every_figure_lies_in_its_interval_and_shares_between_0_and_1(self, wins: Floats) -> None:
        fitted = fit(wins)
        for one in fitted.ratings():
            assert one.low <= one.value <= one.high
        for one in (*fitted.mean_win_probabilities(), *fitted.shares()):
            assert 0 <= one.low <= one.value <= one.high <= 1


class TestFewVotes:
    def test_an_undefeated_model_stays_finite_and_unsure(self) -> None:
        wins = np.zeros((6, 6))
        wins[0, 1:] = 2  # ten battles, all won
        wins[1:, 1:] = 2 - 2 * np.eye(5)
        best = fit(wins).ratings()[0]
        assert 1080 < best.value < 1180
        assert 80 < best.high - best.value < 140

    def test_without_a_prior_an_undefeated_model_has_no_strength(self) -> None:
        with pytest.raises(ValueError, match="prior"):
            fit(wins_of([[0, 5, 5], [0, 0, 3], [0, 2, 0]]), prior_sd=math.inf)

    def test_groups_that_never_met_are_finite_with_a_prior_only(self) -> None:
        wins = wins_of([[0, 4, 0, 0], [2, 0, 0, 0], [0, 0, 0, 9], [0, 0, 1, 0]])
        assert np.all(np.isfinite(fit(wins).strengths))
        with pytest.raises(ValueError, match="prior"):
            fit(wins, prior_sd=math.inf)

    def test_a_model_without_votes_is_average_and_as_unsure_as_the_prior(self) -> None:
        wins = wins_of([[0, 8, 0], [3, 0, 0], [0, 0, 0]])
        nobody = fit(wins).ratings()[2]
        assert nobody.value == pytest.approx(CENTRE)
        beside_the_mean = PRIOR_SD * math.sqrt(1 - 1 / 3)
        assert nobody.high - CENTRE == pytest.approx(Z_95 * POINTS * beside_the_mean)

    def test_no_votes_at_all_are_no_fault(self) -> None:
        assert fit(np.zeros((3, 3))).strengths.tolist() == [0, 0, 0]
        assert fit(np.zeros((0, 0))).strengths.tolist() == []


def test_more_votes_of_the_same_kind_narrow_every_interval_without_a_floor() -> None:
    wins = wins_of(CITATIONS) / 100
    widths = [fit(wins * factor).ratings()[0] for factor in (1, 100, 1_000_000)]
    spans = [one.high - one.low for one in widths]
    assert spans[0] > 5 * spans[1] > 50 * spans[2]


def test_four_hundred_points_are_odds_of_ten_to_one() -> None:
    ratings = fit(wins_of([[0, 1000], [100, 0]]), prior_sd=math.inf).ratings()
    assert ratings[0].value - ratings[1].value == pytest.approx(400)


def test_the_mean_probability_of_a_win_is_that_over_all_the_others() -> None:
    fitted = fit(wins_of(CITATIONS))
    s = fitted.strengths
    by_hand = [np.mean([1 / (1 + math.exp(s[j] - s[i])) for j in range(4) if j != i]) for i in range(4)]
    assert [one.value for one in fitted.mean_win_probabilities()] == pytest.approx(by_hand)


def test_the_interval_of_a_mean_probability_is_the_delta_methods() -> None:
    fitted = fit(wins_of(CITATIONS) / 20)
    step = 1e-6
    slopes = np.zeros(4)
    for place in range(4):
        ends = [fitted.strengths + sign * step * np.eye(4)[place] for sign in (1, -1)]
        up, down = (np.mean(sigmoid(end[0] - end[1:])) for end in ends)
        slopes[place] = (up - down) / (2 * step)
    half = Z_95 * math.sqrt(slopes @ fitted.covariances[0] @ slopes)
    first = fitted.mean_win_probabilities()[0]
    assert (first.low, first.high) == pytest.approx((first.value - half, first.value + half), rel=1e-6)


def test_a_share_is_that_of_wins_over_a_model_of_strength_zero() -> None:
    fitted = fit(wins_of(CITATIONS))
    assert [one.value for one in fitted.shares()] == pytest.approx(sigmoid(fitted.strengths).tolist())


@pytest.mark.parametrize("wins", [[[0, -1], [1, 0]], [[0, math.nan], [1, 0]], [[0, 1, 2], [1, 0, 2]]])
def test_impossible_counts_are_refused(wins: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="square of finite counts"):
        fit(wins_of(wins))


@given(some_wins())
def test_intervals_hold_the_share_that_they_say(wins: Floats) -> None:
    """Against draws from the posterior itself, a normal law with the inverse Hessian as its covariance."""
    fitted = fit(wins)
    drawn = fitted.draws(4000, np.random.default_rng(7))[0]
    for place, one in enumerate(fitted.ratings()):
        ratings = CENTRE + POINTS * drawn[:, place]
        assert np.mean((one.low <= ratings) & (ratings <= one.high)) == pytest.approx(0.95, abs=0.02)
