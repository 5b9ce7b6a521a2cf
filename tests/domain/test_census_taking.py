"""Which facts of a battle are counted where."""

from dataclasses import replace

import pytest

from arena.domain.battle import AnswerStatus, Replacement, Usage
from arena.domain.census import Census, person
from arena.domain.census_taking import BattleFacts, Said, census_of, on_scale_of_bets
from arena.domain.footprint import Comparison, ComparisonKind
from arena.domain.provenance import FootprintValues, StoredFootprint
from arena.domain.reflection import BET_FACTORS, Bet, Need, Reflections, SecondChoice
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.vote import Outcome, Quality, Reaction
from tests.domain.counting import answer, battle, said, ten_times
from tests.storage.making import make_inputs

VOTED = battle("anne", said(Outcome.A, Outcome.B, need=Need.YES))


def count(*battles: BattleFacts) -> Census:
    return census_of(battles, ten_times)


def test_a_vote_and_its_second_choice_are_counted_with_who_made_them() -> None:
    census = count(VOTED)
    assert (census.count("battles"), census.count("voted"), census.count("votes")) == (1, 1, 1)
    assert census.cell("outcome", "a").people == frozenset({person("anne")})
    assert census.cell("flow", "a", "b").count == 1
    assert census.cell("need", "yes").count == 1


def test_a_skipped_second_choice_is_not_a_missing_one() -> None:
    skipped = Said(Outcome.A, Reflections(second_choice=SecondChoice(None)))
    census = count(battle("anne", skipped), battle("bruno", said(Outcome.A)))
    assert census.cell("flow", "a", "skipped").count == 1
    assert census.cell("outcome", "a").count == 2


def test_hidden_and_demonstration_battles_are_counted_apart_and_nowhere_else() -> None:
    census = count(replace(VOTED, is_hidden=True), replace(VOTED, is_demo=True))
    assert census.counts == {"hidden": 1, "demo": 1}
    assert (census.people, census.cells, census.sums) == (frozenset(), {}, {})


@pytest.mark.parametrize("apart", [replace(VOTED, is_blind=False), replace(VOTED, kept_side=Side.A)])
def test_votes_on_chosen_models_and_rematches_stand_in_no_share(apart: BattleFacts) -> None:
    census = count(apart)
    assert (census.count("votes"), census.count("votes_apart")) == (1, 1)
    assert census.cell("outcome", "a").count == 0
    assert census.cell("flow", "a", "b").count == 0


def test_a_room_votes_on_one_battle() -> None:
    census = count(replace(VOTED, said={name: said(Outcome.B) for name in "abcdefg"}))
    assert (census.count("battles"), census.count("voted"), census.count("votes")) == (1, 1, 7)
    assert len(census.people) == 8
    assert census.cell("outcome", "b").people is None


@pytest.mark.parametrize(
    ("bet", "estimate"),
    [(Bet(10, Side.B), "10"), (Bet(30, Side.B), "10"), (Bet(10, Side.A), "other_side"), (Bet(1), "10")],
)
def test_a_bet_stands_beside_the_estimate(bet: Bet, estimate: str) -> None:
    census = count(battle("anne", said(Outcome.A, bet=bet)))
    assert census.cell("bet", str(bet.factor), estimate).count == 1


def test_a_bet_without_an_estimate_says_so() -> None:
    census = census_of([battle("anne", said(Outcome.A, bet=Bet(3, Side.A)))], lambda _inputs: None)
    assert census.cell("bet", "3", "none").count == 1


def test_battles_without_a_bet_are_not_compared() -> None:
    asked: list[object] = []
    census_of([VOTED], asked.append)
    assert asked == []


def test_estimates_come_to_the_scale_of_bets() -> None:
    def scaled(factor: int) -> int:
        return on_scale_of_bets(Comparison(ComparisonKind.TIMES_MORE, Side.A, factor))

    assert on_scale_of_bets(Comparison(ComparisonKind.SAME_ORDER)) == 1
    assert [scaled(factor) for factor in BET_FACTORS[1:]] == list(BET_FACTORS[1:])
    assert [scaled(factor) for factor in (5, 6, 20, 60, 1000)] == [3, 10, 30, 100, 100]


def test_figures_are_added_up_by_model_kind_grade_and_method() -> None:
    census = count(VOTED, battle("bruno"))
    key = "\x1f".join(("caused", "energy_wh", "small", "estimated", "B", "ecologits-0.11.3/1"))
    assert census.sums[key].answers == 2
    assert census.sums[key].tokens == 690
    assert census.sums[key].low == pytest.approx(0.1)


def test_an_answer_shown_again_is_avoided_and_not_caused() -> None:
    census = count(replace(VOTED, kept_side=Side.A))
    assert census.count("avoided") == 1
    assert {key.split("\x1f")[0] for key in census.sums if "small" in key} == {"avoided"}
    assert census.count("answers", "small") == 0
    assert census.count("answers", "big") == 1


def test_an_answer_without_a_figure_is_counted_as_such() -> None:
    values = FootprintValues("m", "E", "footprint.none.local", {}, {})
    local = replace(answer(Side.A), past=PastAnswer(0, Side.A, StoredFootprint(make_inputs(), values)))
    unknown = replace(answer(Side.B), past=PastAnswer(0, Side.B, None))
    assert count(replace(VOTED, answers=(local, unknown))).count("unfigured", "caused") == 2


def test_answers_that_fail_have_no_figure_to_miss() -> None:
    silent = replace(
        answer(Side.A, status=AnswerStatus.FAILED), has_produced=False, past=PastAnswer(0, Side.A, None), usage=Usage()
    )
    census = count(replace(VOTED, answers=(silent, answer(Side.B))))
    assert census.count("unfigured", "caused") == 0
    assert (census.count("answers", "small"), census.count("failed", "small")) == (1, 1)
    assert (census.count("answers", "big"), census.count("failed", "big")) == (1, 0)


def test_a_model_that_was_replaced_has_failed() -> None:
    replaced = replace(answer(Side.A), replaced=Replacement("broken", "error.endpoint.silent"))
    assert count(replace(VOTED, answers=(replaced,))).count("failed", "broken") == 1


def test_an_answer_being_written_is_not_counted_yet() -> None:
    census = count(replace(VOTED, answers=(answer(Side.A, status=AnswerStatus.STREAMING),)))
    assert census.count("answers", "small") == 0
    assert census.sums == {}


def test_latencies_are_counted_to_two_digits() -> None:
    census = count(replace(VOTED, answers=(answer(Side.A, seconds=1.234), answer(Side.A, seconds=1.2001))))
    assert census.count("duration", "small", "1.2") == 2
    assert census.count("first_token", "small", "0.12") == 2


def test_quality_tags_belong_to_the_model_of_their_side() -> None:
    reaction = Reaction("", "anne", Side.B, True, frozenset({Quality.USEFUL}))
    census = count(battle("anne", Said(reactions={Side.B: reaction})))
    assert census.cell("quality", "big", "useful").count == 1
    assert (census.count("voted"), census.count("votes")) == (0, 0)
