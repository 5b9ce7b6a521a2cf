"""Battles without words, to count up in tests."""

from collections.abc import Mapping

from arena.domain.battle import AnswerStatus, Usage
from arena.domain.census import Census
from arena.domain.census_taking import AnswerFacts, BattleFacts, Said, census_of
from arena.domain.footprint import Comparison, ComparisonKind
from arena.domain.provenance import FootprintInputs, StoredFootprint
from arena.domain.reflection import Bet, Need, Reflections, SecondChoice
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.vote import Outcome
from tests.storage.making import make_inputs, make_values

MODELS = {Side.A: "small", Side.B: "big"}


def ten_times(_inputs: Mapping[Side, tuple[FootprintInputs, ...]]) -> Comparison:
    """Side B used ten times more, whatever was asked."""
    return Comparison(ComparisonKind.TIMES_MORE, Side.B, 10)


def answer(side: Side, *, seconds: float = 1.0, status: AnswerStatus = AnswerStatus.COMPLETE) -> AnswerFacts:
    """An answer of 345 tokens with a footprint."""
    footprint = StoredFootprint(make_inputs(), make_values())
    return AnswerFacts(
        past=PastAnswer(0, side, footprint),
        model_id=MODELS[side],
        status=status,
        has_produced=True,
        usage=Usage(12, 345),
        first_token_s=seconds / 10,
        duration_s=seconds,
    )


def battle(visitor_id: str, said: Said | None = None) -> BattleFacts:
    """A battle of one visitor, who may have said something of it."""
    return BattleFacts(
        id=f"battle of {visitor_id}",
        visitor_id=visitor_id,
        is_blind=True,
        is_demo=False,
        is_hidden=False,
        kept_side=None,
        models=MODELS,
        answers=tuple(answer(side) for side in Side),
        said={visitor_id: said} if said else {},
    )


def said(
    vote: Outcome | None = None,
    then: Outcome | None = None,
    *,
    bet: Bet | None = None,
    need: Need | None = None,
) -> Said:
    """A vote and a second choice, with a bet and a need."""
    return Said(vote, Reflections(bet, SecondChoice(then) if then else None, need))


def room(*opinions: tuple[int, Said]) -> Census:
    """A room in which that many people said each, each in a battle of their own."""
    everybody = [one for people, one in opinions for _ in range(people)]
    return census_of((battle(f"visitor {n}", one) for n, one in enumerate(everybody)), ten_times)
