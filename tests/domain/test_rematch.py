"""Rematches: which answer is kept, which model is smaller, and what the result may say."""

from hypothesis import given
from hypothesis import strategies as st

from arena.domain.footprint import Comparison, ComparisonKind, compare_energies
from arena.domain.pairing import Candidate
from arena.domain.rematch import Refusal, preferred_side, smallest_below
from arena.domain.rematch_result import Noticed, Saving, SavingKind, noticed, saving_of, words_in
from arena.domain.side import Side
from arena.domain.vote import Outcome

OUTCOMES = st.sampled_from(Outcome)
UNDECIDED = st.sampled_from([None, Outcome.BOTH_GOOD, Outcome.BOTH_BAD])
ENERGY = st.none() | st.floats(1e-9, 1e3)
ENERGIES = st.fixed_dictionaries(dict.fromkeys(Side, ENERGY))
CANDIDATES = st.lists(
    st.builds(Candidate, st.text("abc", min_size=1, max_size=3), ENERGY, st.sampled_from(["", "x", "y", "z"]))
)


@given(st.sampled_from(Side), st.none() | OUTCOMES, ENERGIES)
def test_a_second_choice_of_a_side_decides(
    side: Side, vote: Outcome | None, energy_wh: dict[Side, float | None]
) -> None:
    assert preferred_side(Outcome(side), vote, energy_wh) is side


@given(UNDECIDED, st.sampled_from(Side), ENERGIES)
def test_without_one_the_blind_vote_for_a_side_decides(
    second: Outcome | None, side: Side, energy_wh: dict[Side, float | None]
) -> None:
    assert preferred_side(second, Outcome(side), energy_wh) is side


@given(UNDECIDED, UNDECIDED, ENERGIES)
def test_else_the_side_that_took_more_energy_and_a_on_a_tie(
    second: Outcome | None, vote: Outcome | None, energy_wh: dict[Side, float | None]
) -> None:
    kept = preferred_side(second, vote, energy_wh)
    energies = {side: energy_wh[side] or 0.0 for side in Side}
    assert energies[kept] == max(energies.values())
    assert kept is Side.A or energies[Side.A] < energies[Side.B]


@given(st.builds(Candidate, st.text("abc", min_size=1), ENERGY, st.sampled_from(["", "x", "y"])), CANDIDATES)
def test_the_smaller_model_is_the_smallest_of_other_weights_or_there_is_none(
    kept: Candidate, candidates: list[Candidate]
) -> None:
    found = smallest_below(kept, candidates)
    limit = kept.energy_per_token_wh
    smaller = [
        one.energy_per_token_wh
        for one in candidates
        if limit and one.energy_per_token_wh and one.energy_per_token_wh < limit and one.weights != (kept.weights or 0)
    ]
    if isinstance(found, Refusal):
        assert smaller == []
        assert (found is Refusal.UNKNOWN_SIZE) is (limit is None)
    else:
        assert found in candidates
        assert found.energy_per_token_wh == min(smaller)
        assert not found.weights or found.weights != kept.weights


def test_among_equals_the_first_by_id_is_taken() -> None:
    kept, one, two = Candidate("big", 9.0), Candidate("one", 1.0), Candidate("two", 1.0)
    assert smallest_below(kept, [two, kept, one]) == smallest_below(kept, [one, two]) == one


@given(OUTCOMES, st.sampled_from(Side))
def test_the_vote_says_which_answer_was_enough(vote: Outcome, kept_side: Side) -> None:
    expected = {
        Outcome(kept_side): Noticed.NOTICED,
        Outcome(kept_side.other): Noticed.ENOUGH,
        Outcome.BOTH_GOOD: Noticed.ENOUGH,
        Outcome.BOTH_BAD: Noticed.NEITHER,
    }
    assert noticed(vote, kept_side) is expected[vote]


@given(st.floats(1e-6, 1e3), st.floats(1e-6, 1e3), st.sampled_from(Side))
def test_a_saving_is_claimed_from_a_factor_of_three_only(kept_wh: float, lighter_wh: float, kept_side: Side) -> None:
    comparison = compare_energies({kept_side: kept_wh, kept_side.other: lighter_wh}, same_order_below=3.0)
    assert comparison is not None
    saving, ratio = saving_of(comparison, kept_side), kept_wh / lighter_wh
    if saving.kind is SavingKind.SAME_ORDER:
        assert saving.factor is None
        assert 1 / 3 - 1e-6 < ratio < 3 + 1e-6
    else:
        assert saving.factor is not None
        assert saving.factor >= 3
        assert (saving.kind is SavingKind.LESS) is (ratio > 1)


def test_a_lighter_answer_that_took_more_is_said_to_have_taken_more() -> None:
    comparison = Comparison(ComparisonKind.TIMES_MORE, Side.B, 4)
    assert saving_of(comparison, Side.A) == Saving(SavingKind.MORE, 4)
    assert saving_of(comparison, Side.B) == Saving(SavingKind.LESS, 4)


def test_words_are_counted_without_the_signs_of_a_list() -> None:
    assert words_in("## L’été\n\n- un\n- deux *trois* — fin.") == 5
    assert words_in(" \n- —") == 0
