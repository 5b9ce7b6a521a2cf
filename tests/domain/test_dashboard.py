"""The dashboard of a room: shares, changes of mind, models and sums, and what is withheld of few people."""

from dataclasses import replace

import pytest

from arena.domain.census import Census, merge
from arena.domain.census_taking import BattleFacts, Said, census_of
from arena.domain.dashboard import Dashboard, Opinions, dashboard_of
from arena.domain.footprint import Grade
from arena.domain.model_use import Latency
from arena.domain.reflection import Bet, Need
from arena.domain.side import Side
from arena.domain.statistics import mcnemar_exact, wilson
from arena.domain.summary import Kind
from arena.domain.vote import Outcome, Quality, Reaction
from tests.domain.counting import answer, battle, room, said, ten_times

STAYED, CHANGED = said(Outcome.A, Outcome.A), said(Outcome.A, Outcome.B)
BACK = said(Outcome.B, Outcome.A)


def opinions_of(census: Census) -> Opinions:
    opinions = dashboard_of(census).opinions
    assert opinions is not None
    return opinions


def of(*battles: BattleFacts) -> Dashboard:
    return dashboard_of(census_of(battles, ten_times))


def test_a_dashboard_of_nothing_is_empty_and_withholds_nothing() -> None:
    found = dashboard_of(Census())
    assert (found.participants, found.battles, found.votes) == (0, 0, 0)
    assert found.without_vote.share is None


@pytest.mark.parametrize("people", [1, 4])
def test_of_fewer_than_five_people_only_battles_and_votes_are_told(people: int) -> None:
    found = dashboard_of(room((people, STAYED)))
    assert (found.participants, found.battles, found.votes) == (None, people, people)
    assert (found.opinions, found.costs) == (None, None)


def test_battles_without_a_vote_were_abandoned() -> None:
    found = of(*(battle(name) for name in "abc"), *(battle(name, STAYED) for name in "defg"))
    assert found.without_vote == wilson(3, 7)
    assert found.participants == 7


def test_the_switch_rate_and_its_test_are_those_of_the_counts() -> None:
    switches = opinions_of(room((20, STAYED), (9, CHANGED), (6, BACK))).switches
    assert switches.rate == wilson(15, 35)
    assert switches.p_value == mcnemar_exact(9, 6)
    assert switches.cells["a", "b"] == 9
    assert switches.cells["both_bad", "a"] == 0


def test_three_people_who_changed_cannot_be_counted() -> None:
    switches = opinions_of(room((20, STAYED), (3, CHANGED), (8, said(Outcome.B, Outcome.B)))).switches
    assert (switches.rate, switches.p_value) == (None, None)
    assert switches.cells["a", "b"] is None
    assert switches.cells["a", "a"] is None  # all of A less those who stayed would be those who changed
    assert switches.cells["b", "b"] == 8 or switches.cells["b", "b"] is None


def test_a_small_outcome_takes_another_along() -> None:
    outcomes = opinions_of(room((20, said(Outcome.A)), (2, said(Outcome.B)), (7, said(Outcome.BOTH_BAD)))).outcomes
    assert outcomes == {"a": 20, "both_good": 0, "both_bad": None, "b": None}


def test_bets_on_the_right_order_of_magnitude_are_counted() -> None:
    right, wrong, reversed_ = Bet(10, Side.B), Bet(1), Bet(10, Side.A)
    bets = opinions_of(
        room(*((people, said(Outcome.A, bet=bet)) for people, bet in ((8, right), (5, wrong), (6, reversed_))))
    ).bets
    assert bets.right == wilson(8, 19)
    assert bets.cells["10", "10"] == 8
    assert bets.cells["1", "10"] == 5
    assert bets.cells["10", "other_side"] == 6


def test_needs_are_told_from_five_people_on() -> None:
    needs = opinions_of(room((6, said(need=Need.YES)), (9, said(need=Need.NO)))).needs
    assert needs == {"yes": 6, "no": 9, "unknown": 0}


def test_a_model_has_its_answers_latencies_tags_and_figures() -> None:
    liked = Said(reactions={Side.A: Reaction("", "", Side.A, True, frozenset({Quality.USEFUL}))})
    seconds = (1.0, 2.0, 3.0, 4.0, 50.0)
    found = of(
        *(
            replace(battle(name, liked), answers=(answer(Side.A, seconds=time), answer(Side.B)))
            for name, time in zip("abcde", seconds, strict=True)
        )
    )
    assert found.costs is not None
    small = next(one for one in found.costs.models.shown if one.model_id == "small")
    assert (small.battles, small.answers, small.failed) == (5, 5, 0)
    assert (small.input_tokens, small.output_tokens) == (60, 1725)
    assert small.duration == Latency(3.0, 50.0)
    assert small.first_token == Latency(0.3, 5.0)
    assert small.qualities[Quality.USEFUL] == 5
    assert small.qualities[Quality.CREATIVE] == 0
    energy = small.figures[Kind.ESTIMATED]["energy_wh"]
    assert (energy.answers, energy.tokens) == (5, 1725)
    assert energy.central == pytest.approx(0.85)


def test_a_tag_of_few_people_is_withheld() -> None:
    tagged = Said(reactions={Side.A: Reaction("", "", Side.A, True, frozenset({Quality.USEFUL}))})
    found = of(*(battle(name, tagged) for name in "ab"), *(battle(name) for name in "cdef"))
    assert found.costs is not None
    small = next(one for one in found.costs.models.shown if one.model_id == "small")
    assert small.qualities[Quality.USEFUL] is None


def test_a_model_that_few_people_met_is_withheld_with_another() -> None:
    rare = {Side.A: "small", Side.B: "rare"}
    common = {Side.A: "small", Side.B: "common"}
    found = of(
        *(replace(battle(name), models=rare) for name in "ab"),
        *(replace(battle(name), models=common) for name in "cdefgh"),
    )
    assert found.costs is not None
    assert found.costs.models.withheld == 2
    assert [one.model_id for one in found.costs.models.shown] == ["small"]


def test_sums_are_ranges_with_grades_and_methods() -> None:
    found = dashboard_of(room((6, STAYED)))
    assert found.costs is not None
    (account,) = found.costs.caused.accounts
    assert account.kind is Kind.ESTIMATED
    assert account.grades == {Grade.B: 12}
    assert account.methods == ("ecologits-0.11.3/1",)
    energy = account.totals["energy_wh"]
    assert energy.answers == 12
    assert (energy.band.low, energy.band.central, energy.band.high) == pytest.approx((0.6, 2.04, 7.2))


def test_answers_shown_again_are_avoided() -> None:
    found = of(*(replace(battle(name, STAYED), kept_side=Side.A) for name in "abcdef"))
    assert found.costs is not None
    assert found.costs.answers_avoided == 6
    assert found.costs.avoided.accounts[0].totals["energy_wh"].answers == 6
    assert found.costs.caused.accounts[0].totals["energy_wh"].answers == 6


def test_several_events_make_one_dashboard() -> None:
    one, other = room((3, STAYED)), census_of([battle(f"other {n}", CHANGED) for n in range(4)], ten_times)
    assert dashboard_of(one).opinions is None
    together = dashboard_of(merge([one, other]))
    assert together.participants == 7
    assert together.votes == 7
