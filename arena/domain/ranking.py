"""The ranking: Bradley–Terry strengths with a weak prior, from counts of wins, and how sure they are.

The model (Bradley & Terry 1952, Biometrika 39, 324–345): the model of strength s_i beats that of strength s_j
with probability 1 / (1 + exp(s_j - s_i)). A strength is on the logit scale. Each has an independent normal prior
around 0; what is given is the maximum of the posterior and its Laplace approximation. An average model is one of
strength 0, the mean of the models that are compared.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arena.domain.clustering import meat_of
from arena.domain.tally import Ballots, Floats

METHOD = "bradley-terry/1"  # a new number whenever the same votes would give other figures

# A weak prior, half a logit or 87 points: it says that few models beat an average one more than 3 times in 4. An
# undefeated model stays finite, and ten battles already weigh more.
PRIOR_SD = 0.5
POINTS = 400 / math.log(10)  # points of a rating for one logit: 400 points are odds of 10 to 1
CENTRE = 1000.0  # the rating of an average model
Z_95 = 1.959963984540054  # half-width of a 95 % interval of a normal law, in standard deviations
CLOSE_ENOUGH = 1e-10  # logits of the last step: Newton's method doubles the digits, so the error is far smaller
ROUNDING = 1e-12  # of a sum of logarithms, relative
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Strengths in logits, shape (models,), and their covariances, shape (models, models), at least one.

    Strengths are relative to their mean, which is 0, and so are the covariances.

    The first covariance is Laplace's, for votes that do not depend on each other. A second one allows that a
    participant's votes do. Whatever figure is made, its variance is the largest that any of them gives: with few
    participants the clustered one is too small (a sum of few squares, and of scores that the fit itself made
    small), with many votes a person Laplace's is. ``tests/domain/test_clustering.py`` shows both.
    """

    strengths: Floats
    covariances: tuple[Floats, ...]

    def only(self, places: Sequence[int]) -> "Fit":
        """The same fit, of some of the models."""
        return Fit(self.strengths[places], tuple(covariance[np.ix_(places, places)] for covariance in self.covariances))

    def variance_of(self, weights: Floats) -> Floats:
        """The variance of one figure a row: a weighted sum of strengths. ``weights`` has shape (figures, models)."""
        forms = [np.einsum("fi,ij,fj->f", weights, covariance, weights) for covariance in self.covariances]
        variance: Floats = np.maximum.reduce(forms)
        return np.maximum(variance, 0.0)

    @property
    def win_probabilities(self) -> Floats:
        """Shape (models, models): the probability that the model of the row beats that of the column."""
        return sigmoid(self.strengths[:, None] - self.strengths[None, :])

    def ratings(self) -> list[Estimate]:
        """Strengths in points around ``CENTRE``."""
        half = Z_95 * np.sqrt(self.variance_of(np.eye(len(self.strengths))))
        return _estimates(*(CENTRE + POINTS * end for end in _ends(self.strengths, half)))

    def mean_win_probabilities(self) -> list[Estimate]:
        """How often each model beats another one, on average over all the others; needs two models.

        The interval is the delta method's: the variance of the linear approximation, symmetric around the
        value and cut at 0 and 1.
        """
        size = len(self.strengths)
        chances = self.win_probabilities
        slopes = chances * (1 - chances) / (size - 1)
        np.fill_diagonal(slopes, 0.0)
        mean = (chances.sum(axis=1) - 0.5) / (size - 1)
        return self._shares(mean, np.diag(slopes.sum(axis=1)) - slopes)

    def shares(self) -> list[Estimate]:
        """How often each model beats an average one, of strength 0; intervals as above."""
        share = sigmoid(self.strengths)
        return self._shares(share, np.diag(share * (1 - share)))

    def z_of_differences(self) -> Floats:
        """Shape (models, models): each difference, row minus column, in its standard deviations; 0 on itself."""
        deviations = np.sqrt(np.maximum.reduce([_variances_of_differences(one) for one in self.covariances]))
        np.fill_diagonal(deviations, 1.0)
        z: Floats = (self.strengths[:, None] - self.strengths[None, :]) / deviations
        return z

    def draws(self, count: int, rng: np.random.Generator) -> list[Floats]:
        """Strengths drawn from the posterior, shape (count, models), once for each covariance."""
        return [
            self.strengths + rng.standard_normal((count, len(self.strengths))) @ _root(covariance).T
            for covariance in self.covariances
        ]

    def _shares(self, value: Floats, gradient: Floats) -> list[Estimate]:
        half = Z_95 * np.sqrt(self.variance_of(gradient))
        return _estimates(*(np.clip(end, 0.0, 1.0) for end in _ends(value, half)))


def fit(wins: Floats, *, prior_sd: float = PRIOR_SD) -> Fit:
    """Fit strengths to counts of wins, shape (models, models), by Newton's method with the exact Hessian.

    With a prior a finite maximum always exists and its mean is 0: the votes only say differences.
    ``prior_sd`` may be infinite: then it is the maximum likelihood, with mean 0 by convention, and ValueError is
    raised where there is none (an undefeated model, groups that never met). Also raises it for impossible counts.
    """
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or not np.all(np.isfinite(wins)) or np.any(wins < 0):
        raise ValueError("wins need a square of finite counts that are not negative")
    met = wins + wins.T
    precision = prior_sd**-2.0
    strengths = np.zeros(len(wins))
    for _ in range(MOST_STEPS):
        step = _step(strengths, wins, met, precision)
        strengths = _climbed(strengths, step, wins, precision)
        if np.max(np.abs(step), initial=0.0) < CLOSE_ENOUGH:
            return Fit(strengths, (_covariance(strengths, met, precision),))
    raise ValueError("there is no finite maximum: give it a prior")


def fit_clustered(wins: Floats, ballots: Ballots, *, prior_sd: float = PRIOR_SD) -> Fit:
    """The same, knowing who voted: the second covariance is H⁻¹ M H⁻¹, H being the information (with the prior)
    and M the sum over participants of the squares of their scores.

    ``ballots`` may be a sample of whole participants: M is scaled to all the votes.
    """
    alone = fit(wins, prior_sd=prior_sd)
    share = ballots.votes / (wins.sum() or 1.0)
    if share == 0:
        return alone
    bread = alone.covariances[0]
    sandwich = bread @ meat_of(ballots, alone.win_probabilities) @ bread / share
    return Fit(alone.strengths, (bread, sandwich))


def sigmoid(logits: Floats) -> Floats:
    """1 / (1 + exp(-x)), for any x."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits))


def _step(strengths: Floats, wins: Floats, met: Floats, precision: float) -> Floats:
    """Newton's step, not damped."""
    gradient, information = _gradient(strengths, wins, met, precision), _information(strengths, met, precision)
    return np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)


def _climbed(strengths: Floats, step: Floats, wins: Floats, precision: float) -> Floats:
    """A Newton step, halved until it does not lead downhill, save for rounding."""
    least = _log_posterior(strengths, wins, precision)
    least -= ROUNDING * (1 + abs(least))
    while _log_posterior(strengths + step, wins, precision) < least:
        step = step / 2
    return strengths + step


def _log_posterior(strengths: Floats, wins: Floats, precision: float) -> float:
    differences = strengths[:, None] - strengths[None, :]
    return float(-(wins * np.logaddexp(0.0, -differences)).sum() - precision / 2 * (strengths**2).sum())


def _gradient(strengths: Floats, wins: Floats, met: Floats, precision: float) -> Floats:
    expected = met * sigmoid(strengths[:, None] - strengths[None, :])
    gradient: Floats = (wins - expected).sum(axis=1) - precision * strengths
    return gradient


def _information(strengths: Floats, met: Floats, precision: float) -> Floats:
    """The negative Hessian. Without a prior the level is free: it is held at mean 0, where it starts."""
    chances = sigmoid(strengths[:, None] - strengths[None, :])
    weights = met * chances * (1 - chances)
    information = np.diag(weights.sum(axis=1) + precision) - weights
    if precision == 0:
        information += _scale_of(information) / len(met)
    if precision == 0 and np.linalg.cond(information) > 1 / ROUNDING:
        raise ValueError("there is no finite maximum: give it a prior")
    return information


def _covariance(strengths: Floats, met: Floats, precision: float) -> Floats:
    """The inverse of the information, without the variance of the common level.

    Votes say nothing of that level: it would keep its prior variance, sd² / models, whatever their number, and
    ratings are centred on the mean by definition.
    """
    covariance = np.asarray(np.linalg.inv(_information(strengths, met, precision)), dtype=np.float64)
    covariance = covariance - covariance.sum() / max(covariance.size, 1)
    return np.asarray((covariance + covariance.T) / 2, dtype=np.float64)


def _scale_of(information: Floats) -> float:
    """A number of the size of the matrix, so that holding the level does not spoil its condition."""
    return float(np.trace(information)) / len(information) or 1.0


def _variances_of_differences(covariance: Floats) -> Floats:
    own = np.diag(covariance)
    return np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0)


def _root(covariance: Floats) -> Floats:
    """A square root, also of a matrix that is singular: few participants do not span all directions."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)


def _ends(value: Floats, half: Floats) -> tuple[Floats, Floats, Floats]:
    return value, value - half, value + half


def _estimates(value: Floats, low: Floats, high: Floats) -> list[Estimate]:
    return [Estimate(*ends) for ends in zip(value.tolist(), low.tolist(), high.tolist(), strict=True)]
