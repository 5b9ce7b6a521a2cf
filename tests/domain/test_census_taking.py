"""Which facts of a battle are counted where."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from arena.domain.ballot import hand
from arena.domain.battle import AnswerStatus, Replacement, Usage
from arena.domain.census import Cell, Census, merge, person
from arena.domain.census_taking import BattleFacts, Said, census_of, on_scale_of_bets
from arena.domain.footprint import Comparison, ComparisonKind
from arena.domain.provenance import FootprintValues, StoredFootprint
from arena.domain.reflection import BET_FACTORS, Bet, Need, Reflections, SecondChoice
from arena.domain.room import visitor_of_room
from arena.domain.round import BallotKind
from arena.domain.side import Side
from arena.domain.summary import PastAnswer
from arena.domain.vote import Outcome, Quality, Reaction
from arena.storage.census_text import from_text, to_text
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


def of_room(said_by: Mapping[str, Said]) -> BattleFacts:
    return replace(VOTED, visitor_id=visitor_of_room("e1"), said=said_by)


def hands(kind: BallotKind, *what: Said) -> Mapping[str, Said]:
    return {hand("e1", kind, number): one for number, one in enumerate(what)}


def test_a_room_that_starts_a_battle_is_not_a_person() -> None:
    census = count(of_room({name: said(Outcome.B) for name in ("anne", "bruno")}), of_room({}))
    assert census.people == {person("anne"), person("bruno")}
    assert (census.count("battles"), census.count("voted")) == (2, 1)
    assert census.cell("model", "big") == Cell(2, frozenset({person("anne"), person("bruno")}))


def test_a_battle_that_nobody_spoke_of_does_not_stand_for_many_people() -> None:
    """Five people or more are written down as nobody in particular; nobody at all must not look the same."""
    alone, with_two = count(of_room({})), count(of_room({name: said(Outcome.B) for name in ("anne", "bruno")}))
    kept = merge(from_text(to_text(one)) for one in (alone, with_two))
    assert kept.cell("model", "big").people == frozenset({person("anne"), person("bruno")})


def test_raised_hands_of_a_second_choice_are_the_people_of_the_vote_and_in_no_flow() -> None:
    votes = hands(BallotKind.VOTE, said(Outcome.A), said(Outcome.A), said(Outcome.B))
    seconds = hands(BallotKind.SECOND_CHOICE, *(said(None, Outcome.B) for _ in range(4)))
    census = count(of_room({**votes, **seconds, "anne": said(Outcome.A, Outcome.B)}))
    assert len(census.people) == 5  # Anne, and as many hands as were raised at most
    assert (census.count("votes"), census.count("hands", "vote"), census.count("hands", "second_choice")) == (4, 3, 4)
    assert census.cell("outcome", "a").count == 3
    assert [census.cell("flow", "a", second).count for second in ("a", "b", "skipped")] == [0, 1, 0]
    assert census.cell("second_alone", "b").count == 4


def test_hands_of_another_round_are_the_same_people() -> None:
    first, second = (of_room(hands(BallotKind.VOTE, *[said(Outcome.A)] * number)) for number in (6, 8))
    assert len(count(first, second).people) == 8


def test_hands_raised_when_the_vote_was_not_blind_any_more_stand_apart() -> None:
    seen = replace(of_room(hands(BallotKind.VOTE, said(Outcome.A))), is_blind=False)
    census = count(seen)
    assert (census.count("votes_apart"), census.count("hands", "vote")) == (1, 0)


def test_a_bet_on_the_gap_alone_is_right_when_the_factor_is_the_nearest_whichever_side_took_more() -> None:
    less = Comparison(ComparisonKind.TIMES_MORE, Side.A, 9)
    for compare in (ten_times, lambda _inputs: less):
        census = census_of([battle("anne", said(bet=Bet(10))), battle("bruno", said(bet=Bet(30)))], compare)
        assert (census.cell("bet", "10", "10").count, census.cell("bet", "30", "10").count) == (1, 1)


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
