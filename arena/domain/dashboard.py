"""A dashboard: all that organisers see of a choice of events, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from arena.domain.breakdowns import Bets, Shown, Switches, bets_of, needs_of, outcomes_of, seconds_alone_of, switches_of
from arena.domain.census import LEAST_PEOPLE, Census
from arena.domain.census_taking import AVOIDED, CAUSED, CHOSEN, VOTED
from arena.domain.model_use import ModelUses, balance_of, models_of
from arena.domain.statistics import Proportion, wilson
from arena.domain.summary import Balance


@dataclass(frozen=True, slots=True)
class Opinions:
    """What was said. ``votes_apart``, on rematches and chosen models, stand in no share.

    ``vote_hands`` of the ``outcomes``, and ``second_hands`` of the ``seconds_alone``, are raised hands.
    """

    outcomes: Mapping[str, Shown]
    vote_hands: int
    votes_apart: int
    switches: Switches
    seconds_alone: Mapping[str, Shown]
    second_hands: int
    bets: Bets
    needs: Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class Costs:
    """What was used. ``answers_avoided`` were shown again instead of being generated again."""

    models: ModelUses
    caused: Balance
    avoided: Balance
    answers_avoided: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Below five participants there are counts of battles and votes only, and ``participants`` is None."""

    participants: Shown
    battles: int
    votes: int
    without_vote: Proportion
    demo_battles: int
    hidden_battles: int
    opinions: Opinions | None = field(default=None)
    costs: Costs | None = field(default=None)


def dashboard_of(census: Census) -> Dashboard:
    """The dashboard of a census."""
    people, battles = len(census.people), census.count("battles")
    is_shown = people >= LEAST_PEOPLE
    return Dashboard(
        participants=people if is_shown or not people else None,
        battles=battles,
        votes=census.count("votes"),
        without_vote=wilson(battles - census.count("voted"), battles),
        demo_battles=census.count("demo"),
        hidden_battles=census.count("hidden"),
        opinions=_opinions(census) if is_shown else None,
        costs=_costs(census) if is_shown else None,
    )


def _opinions(census: Census) -> Opinions:
    return Opinions(
        outcomes=outcomes_of(census),
        vote_hands=census.count("hands", VOTED),
        votes_apart=census.count("votes_apart"),
        switches=switches_of(census),
        seconds_alone=seconds_alone_of(census),
        second_hands=census.count("hands", CHOSEN),
        bets=bets_of(census),
        needs=needs_of(census),
    )


def _costs(census: Census) -> Costs:
    return Costs(
        models=models_of(census),
        caused=balance_of(census, CAUSED),
        avoided=balance_of(census, AVOIDED),
        answers_avoided=census.count("avoided"),
    )
