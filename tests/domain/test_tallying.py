"""Which facts of a battle are counted where."""

from dataclasses import replace

import pytest

from arena.domain.battle import AnswerStatus, Replacement, Usage
from arena.domain.footprint import Comparison, ComparisonKind
from arena.domain.provenance import FootprintValues, StoredFootprint
from arena.domain.reflection import BET_FACTORS, Bet, Need, Reflections, SecondChoice
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.tally import Tally, person
from arena.domain.tallying import BattleFacts, Said, on_scale_of_bets, tally_of
from arena.domain.vote import Outcome, Quality, Reaction
from tests.domain.counting import answer, battle, said, ten_times
from tests.storage.making import make_inputs

VOTED = battle("anne", said(Outcome.A, Outcome.B, need=Need.YES))


def count(*battles: BattleFacts) -> Tally:
    return tally_of(battles, ten_times)


def test_a_vote_and_its_second_choice_are_counted_with_who_made_them() -> None:
    tally = count(VOTED)
    assert (tally.count("battles"), tally.count("voted"), tally.count("votes")) == (1, 1, 1)
    assert tally.cell("outcome", "a").people == frozenset({person("anne")})
    assert tally.cell("flow", "a", "b").count == 1
    assert tally.cell("need", "yes").count == 1


def test_a_skipped_second_choice_is_not_a_missing_one() -> None:
    skipped = Said(Outcome.A, Reflections(second_choice=SecondChoice(None)))
    tally = count(battle("anne", skipped), battle("bruno", said(Outcome.A)))
    assert tally.cell("flow", "a", "skipped").count == 1
    assert tally.cell("outcome", "a").count == 2


def test_hidden_and_demonstration_battles_are_counted_apart_and_nowhere_else() -> None:
    tally = count(replace(VOTED, is_hidden=True), replace(VOTED, is_demo=True))
    assert tally.counts == {"hidden": 1, "demo": 1}
    assert (tally.people, tally.cells, tally.sums) == (frozenset(), {}, {})


@pytest.mark.parametrize("apart", [replace(VOTED, is_blind=False), replace(VOTED, kept_side=Side.A)])
def test_votes_on_chosen_models_and_rematches_stand_in_no_share(apart: BattleFacts) -> None:
    tally = count(apart)
    assert (tally.count("votes"), tally.count("votes_apart")) == (1, 1)
    assert tally.cell("outcome", "a").count == 0
    assert tally.cell("flow", "a", "b").count == 0


def test_a_room_votes_on_one_battle() -> None:
    tally = count(replace(VOTED, said={name: said(Outcome.B) for name in "abcdefg"}))
    assert (tally.count("battles"), tally.count("voted"), tally.count("votes")) == (1, 1, 7)
    assert len(tally.people) == 8
    assert tally.cell("outcome", "b").people is None


@pytest.mark.parametrize(
    ("bet", "estimate"),
    [(Bet(10, Side.B), "10"), (Bet(30, Side.B), "10"), (Bet(10, Side.A), "other_side"), (Bet(1), "10")],
)
def test_a_bet_stands_beside_the_estimate(bet: Bet, estimate: str) -> None:
    tally = count(battle("anne", said(Outcome.A, bet=bet)))
    assert tally.cell("bet", str(bet.factor), estimate).count == 1


def test_a_bet_without_an_estimate_says_so() -> None:
    tally = tally_of([battle("anne", said(Outcome.A, bet=Bet(3, Side.A)))], lambda _inputs: None)
    assert tally.cell("bet", "3", "none").count == 1


def test_battles_without_a_bet_are_not_compared() -> None:
    asked: list[object] = []
    tally_of([VOTED], asked.append)
    assert asked == []


def test_estimates_come_to_the_scale_of_bets() -> None:
    def scaled(factor: int) -> int:
        return on_scale_of_bets(Comparison(ComparisonKind.TIMES_MORE, Side.A, factor))

    assert on_scale_of_bets(Comparison(ComparisonKind.SAME_ORDER)) == 1
    assert [scaled(factor) for factor in BET_FACTORS[1:]] == list(BET_FACTORS[1:])
    assert [scaled(factor) for factor in (5, 6, 20, 60, 1000)] == [3, 10, 30, 100, 100]


def test_figures_are_added_up_by_model_kind_grade_and_method() -> None:
    tally = count(VOTED, battle("bruno"))
    key = "\x1f".join(("caused", "energy_wh", "small", "estimated", "B", "ecologits-0.11.3/1"))
    assert tally.sums[key].answers == 2
    assert tally.sums[key].tokens == 690
    assert tally.sums[key].low == pytest.approx(0.1)


def test_an_answer_shown_again_is_avoided_and_not_caused() -> None:
    tally = count(replace(VOTED, kept_side=Side.A))
    assert tally.count("avoided") == 1
    assert {key.split("\x1f")[0] for key in tally.sums if "small" in key} == {"avoided"}
    assert tally.count("answers", "small") == 0
    assert tally.count("answers", "big") == 1


def test_an_answer_without_a_figure_is_counted_as_such() -> None:
    values = FootprintValues("m", "E", "footprint.none.local", {}, {})
    local = replace(answer(Side.A), past=PastAnswer(0, Side.A, StoredFootprint(make_inputs(), values)))
    unknown = replace(answer(Side.B), past=PastAnswer(0, Side.B, None))
    assert count(replace(VOTED, answers=(local, unknown))).count("unfigured", "caused") == 2


def test_answers_that_fail_have_no_figure_to_miss() -> None:
    silent = replace(
        answer(Side.A, status=AnswerStatus.FAILED), has_produced=False, past=PastAnswer(0, Side.A, None), usage=Usage()
    )
    tally = count(replace(VOTED, answers=(silent, answer(Side.B))))
    assert tally.count("unfigured", "caused") == 0
    assert (tally.count("answers", "small"), tally.count("failed", "small")) == (1, 1)
    assert (tally.count("answers", "big"), tally.count("failed", "big")) == (1, 0)


def test_a_model_that_was_replaced_has_failed() -> None:
    replaced = replace(answer(Side.A), replaced=Replacement("broken", "error.endpoint.silent"))
    assert count(replace(VOTED, answers=(replaced,))).count("failed", "broken") == 1


def test_an_answer_being_written_is_not_counted_yet() -> None:
    tally = count(replace(VOTED, answers=(answer(Side.A, status=AnswerStatus.STREAMING),)))
    assert tally.count("answers", "small") == 0
    assert tally.sums == {}


def test_latencies_are_counted_to_two_digits() -> None:
    tally = count(replace(VOTED, answers=(answer(Side.A, seconds=1.234), answer(Side.A, seconds=1.2001))))
    assert tally.count("duration", "small", "1.2") == 2
    assert tally.count("first_token", "small", "0.12") == 2


def test_quality_tags_belong_to_the_model_of_their_side() -> None:
    reaction = Reaction("", "anne", Side.B, True, frozenset({Quality.USEFUL}))
    tally = count(battle("anne", Said(reactions={Side.B: reaction})))
    assert tally.cell("quality", "big", "useful").count == 1
    assert (tally.count("voted"), tally.count("votes")) == (0, 0)
