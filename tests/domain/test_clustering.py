"""Clustering: what many votes of one person are worth, and when the estimate of it is not to be trusted."""

from collections.abc import Callable

import numpy as np
import pytest

from arena.domain.clustering import PEOPLE_AT_ONCE, meat_of
from arena.domain.ranking import Fit, fit, fit_clustered, sigmoid
from arena.domain.tally import Ballots, Floats

PAIRS = np.array([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
TRUE = np.array([0.4, 0.1, -0.1, -0.4])


def ballots_of(participant: object, pairs: Floats, score: object, count: object | None = None) -> Ballots:
    people, won = np.asarray(participant, dtype=np.int64), np.asarray(score, dtype=np.float64)
    many = np.ones(len(people)) if count is None else np.asarray(count, dtype=np.float64)
    return Ballots(people, pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64), won, many)


def wins_of(ballots: Ballots, models: int = 4) -> Floats:
    wins = np.zeros((models, models))
    np.add.at(wins, (ballots.one, ballots.two), ballots.score * ballots.count)
    np.add.at(wins, (ballots.two, ballots.one), (1 - ballots.score) * ballots.count)
    return wins


def cast(rng: np.random.Generator, people: int, each: int, *, stubbornness: float = 0.0) -> Ballots:
    """Votes of people; the stubborn ones have tastes of their own, in logits, that all their votes follow."""
    participant = np.repeat(np.arange(people), each)
    pairs = PAIRS[rng.integers(0, len(PAIRS), people * each)]
    tastes = TRUE + stubbornness * rng.standard_normal((people, 4))
    logits = tastes[participant, pairs[:, 0]] - tastes[participant, pairs[:, 1]]
    return ballots_of(participant, pairs, (rng.random(len(pairs)) < sigmoid(logits)).astype(float))


def test_the_meat_is_the_sum_of_squared_scores_of_people() -> None:
    rng = np.random.default_rng(1)
    people, votes = 40, 900
    ballots = ballots_of(
        rng.integers(0, people, votes),
        PAIRS[rng.integers(0, 6, votes)],
        rng.choice([0, 0.5, 1], votes),
        rng.integers(1, 4, votes),
    )
    chances = fit(wins_of(ballots)).win_probabilities
    by_hand = np.zeros((4, 4))
    for person in range(people):
        score = np.zeros(4)
        for place in np.flatnonzero(ballots.participant == person):
            one, two = ballots.one[place], ballots.two[place]
            surprise = (ballots.score[place] - chances[one, two]) * ballots.count[place]
            score[one] += surprise
            score[two] -= surprise
        by_hand += np.outer(score, score)
    assert meat_of(ballots, chances) == pytest.approx(by_hand)


def test_thousands_of_people_are_summed_in_blocks_in_any_order() -> None:
    rng = np.random.default_rng(2)
    people = 2 * PEOPLE_AT_ONCE + 7
    ballots = cast(rng, people, 2)
    shuffled = rng.permutation(len(ballots.participant))
    mixed = Ballots(*(getattr(ballots, name)[shuffled] for name in ("participant", "one", "two", "score", "count")))
    chances = fit(wins_of(ballots)).win_probabilities
    scores = np.zeros((people, 4))
    surprise = ballots.score - chances[ballots.one, ballots.two]
    np.add.at(scores, (ballots.participant, ballots.one), surprise)
    np.add.at(scores, (ballots.participant, ballots.two), -surprise)
    assert meat_of(ballots, chances) == pytest.approx(scores.T @ scores)
    assert meat_of(mixed, chances) == pytest.approx(scores.T @ scores)


def test_one_vote_a_person_gives_what_independent_votes_give() -> None:
    ballots = cast(np.random.default_rng(3), 20_000, 1)
    laplace, clustered = fit_clustered(wins_of(ballots), ballots).covariances
    assert np.diag(clustered) == pytest.approx(np.diag(laplace), rel=0.05)


def test_a_vote_repeated_by_its_person_adds_nothing() -> None:
    once = cast(np.random.default_rng(4), 2000, 1)
    often = Ballots(once.participant, once.one, once.two, once.score, once.count * 25)
    alone = fit_clustered(wins_of(once), once)
    repeated = fit_clustered(wins_of(often), often)
    assert np.sqrt(np.diag(repeated.covariances[1])) == pytest.approx(np.sqrt(np.diag(alone.covariances[1])), rel=0.1)
    assert np.all(np.diag(repeated.covariances[0]) < np.diag(alone.covariances[0]) / 20)


def test_a_sample_of_people_is_scaled_to_all_the_votes() -> None:
    ballots = cast(np.random.default_rng(5), 8000, 4, stubbornness=0.8)
    some = ballots.participant < 2000
    sample = Ballots(*(getattr(ballots, name)[some] for name in ("participant", "one", "two", "score", "count")))
    whole, scaled = (fit_clustered(wins_of(ballots), one).covariances[1] for one in (ballots, sample))
    assert np.diag(scaled) == pytest.approx(np.diag(whole), rel=0.15)


def test_without_ballots_only_laplace_is_left() -> None:
    nobody = ballots_of([], PAIRS[:0], [])
    assert len(fit_clustered(np.zeros((4, 4)), nobody).covariances) == 1


def coverage(
    people: int, each: int, stubbornness: float, *, covariances: Callable[[Fit], tuple[Floats, ...]], runs: int = 250
) -> float:
    """How often the 95 % interval of the difference of the first two models holds the true one.

    The true one under stubbornness is the one that very many people give: tastes flatten the average logit.
    """
    rng = np.random.default_rng(11)
    crowd = cast(rng, 60_000, 1, stubbornness=stubbornness)
    truth = fit(wins_of(crowd)).strengths
    contrast = np.array([[1.0, -1.0, 0.0, 0.0]])
    held = 0
    for _ in range(runs):
        ballots = cast(rng, people, each, stubbornness=stubbornness)
        fitted = fit_clustered(wins_of(ballots), ballots)
        error = (contrast @ (fitted.strengths - truth))[0]
        deviation = np.sqrt(Fit(fitted.strengths, covariances(fitted)).variance_of(contrast)[0])
        held += abs(error) <= 1.96 * deviation
    return held / runs


class TestWhyTheLargerOfTheTwo:
    """What ``Fit`` says of its covariances, by simulation; chance moves these shares by about 0.02."""

    def test_with_few_people_the_clustered_variance_is_too_small(self) -> None:
        assert coverage(4, 40, 0.0, covariances=lambda fitted: fitted.covariances[1:]) < 0.85
        assert coverage(4, 40, 0.0, covariances=lambda fitted: fitted.covariances) > 0.93

    def test_with_stubborn_people_the_independent_variance_is_too_small(self) -> None:
        assert coverage(60, 40, 1.0, covariances=lambda fitted: fitted.covariances[:1]) < 0.8
        assert coverage(60, 40, 1.0, covariances=lambda fitted: fitted.covariances) > 0.9
