"""A dashboard: all that organisers see of a choice of events, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from arena.domain.breakdowns import Bets, Shown, Switches, bets_of, needs_of, outcomes_of, switches_of
from arena.domain.model_use import ModelUses, balance_of, models_of
from arena.domain.statistics import Proportion, wilson
from arena.domain.summary import Balance
from arena.domain.tally import LEAST_PEOPLE, Tally
from arena.domain.tallying import AVOIDED, CAUSED


@dataclass(frozen=True, slots=True)
class Opinions:
    """What was said. ``votes_apart``, on rematches and chosen models, stand in no share."""

    outcomes: Mapping[str, Shown]
    votes_apart: int
    switches: Switches
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


def dashboard_of(tally: Tally) -> Dashboard:
    """The dashboard of a tally."""
    people, battles = len(tally.people), tally.count("battles")
    is_shown = people >= LEAST_PEOPLE
    return Dashboard(
        participants=people if is_shown or not people else None,
        battles=battles,
        votes=tally.count("votes"),
        without_vote=wilson(battles - tally.count("voted"), battles),
        demo_battles=tally.count("demo"),
        hidden_battles=tally.count("hidden"),
        opinions=_opinions(tally) if is_shown else None,
        costs=_costs(tally) if is_shown else None,
    )


def _opinions(tally: Tally) -> Opinions:
    return Opinions(
        outcomes=outcomes_of(tally),
        votes_apart=tally.count("votes_apart"),
        switches=switches_of(tally),
        bets=bets_of(tally),
        needs=needs_of(tally),
    )


def _costs(tally: Tally) -> Costs:
    return Costs(
        models=models_of(tally),
        caused=balance_of(tally, CAUSED),
        avoided=balance_of(tally, AVOIDED),
        answers_avoided=tally.count("avoided"),
    )
