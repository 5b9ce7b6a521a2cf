"""A standing: a model's place among the others, and what may be said of it with the votes there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from arena.domain.ranking import Estimate, Fit
from arena.domain.tally import Floats

CLAIM_Z = 2.6  # about 1 % of false claims for one pair; the usual 1.96 would claim one in twenty of equal models
DRAWS = 2000
SEED = 20260314  # of the draws, always the same: the same votes give the same ranking
PROVISIONAL_FROM = 10  # battles
ESTABLISHED_FROM = 50


class Status(StrEnum):
    """How much may be made of a model's votes."""

    COUNTS_ONLY = "counts_only"
    PROVISIONAL = "provisional"
    ESTABLISHED = "established"


def status_of(battles: int) -> Status:
    """By the votes that a model took part in."""
    if battles < PROVISIONAL_FROM:
        return Status.COUNTS_ONLY
    return Status.PROVISIONAL if battles < ESTABLISHED_FROM else Status.ESTABLISHED


@dataclass(frozen=True, slots=True)
class Standing:
    """One model of a ranking. ``rank`` 1 is the best; ``rank_low`` ≤ ``rank`` ≤ ``rank_high`` is its 95 % interval.

    ``tier`` 1 is the best: a new tier begins where a model differs from the first one of the tier above with a
    claimed difference, so that every break between tiers is one. Inside a tier no order is claimed of its first
    model; between neighbours on both sides of a break none has to be.
    """

    model: str
    battles: int
    status: Status
    rating: Estimate
    mean_win_probability: Estimate
    share: Estimate
    rank: int
    rank_low: int
    rank_high: int
    tier: int


def standings_of(
    models: Sequence[str], battles: Mapping[str, int], fitted: Fit, *, seed: int = SEED
) -> tuple[Standing, ...]:
    """The standings, best first, equal strengths by name; of one model alone, none.

    ``models`` are in the order of the fit. The same ``seed`` draws the same rank intervals.
    """
    if len(models) < 2:
        return ()
    rng = np.random.default_rng(seed)
    order = sorted(range(len(models)), key=lambda place: (-fitted.strengths[place], models[place]))
    low, high = rank_intervals(fitted, rng)
    tiers = tiers_of(fitted.z_of_differences()[np.ix_(order, order)])
    ratings, means, shares = fitted.ratings(), fitted.mean_win_probabilities(), fitted.shares()
    return tuple(
        Standing(
            model=models[place],
            battles=battles[models[place]],
            status=status_of(battles[models[place]]),
            rating=ratings[place],
            mean_win_probability=means[place],
            share=shares[place],
            rank=rank,
            rank_low=min(low[place], rank),
            rank_high=max(high[place], rank),
            tier=tier,
        )
        for rank, (place, tier) in enumerate(zip(order, tiers, strict=True), start=1)
    )


def rank_intervals(fitted: Fit, rng: np.random.Generator, *, draws: int = DRAWS) -> tuple[list[int], list[int]]:
    """The best and the worst rank of each model in the middle 95 % of draws from the posterior.

    With two covariances the wider end of each: see ``Fit``.
    """
    bounds = [np.quantile(_ranks(drawn), (0.025, 0.975), axis=0) for drawn in fitted.draws(draws, rng)]
    low = np.minimum.reduce([np.floor(bound[0]) for bound in bounds])
    high = np.maximum.reduce([np.ceil(bound[1]) for bound in bounds])
    return low.astype(int).tolist(), high.astype(int).tolist()


def _ranks(strengths: Floats) -> Floats:
    """Shape (draws, models): the rank of each model in each draw, from 1."""
    return np.asarray(np.argsort(np.argsort(-strengths, axis=1), axis=1) + 1, dtype=np.float64)


def is_claimed(z: float) -> bool:
    """Whether a difference of so many standard deviations may be called one."""
    return abs(z) >= CLAIM_Z


def tiers_of(z: Floats) -> list[int]:
    """The tier of each model, from 1. ``z`` are the differences of models in order, best first."""
    tiers, first = [1], 0
    for place in range(1, len(z)):
        if is_claimed(z[first, place]):
            first = place
            tiers.append(tiers[-1] + 1)
        else:
            tiers.append(tiers[-1])
    return tiers
