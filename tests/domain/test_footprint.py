"""Grades, bands, sums, comparisons and token counts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.battle import Answer, TokenSource, Usage
from arena.domain.estimate import Mix, hidden_quantities
from arena.domain.footprint import (
    Bands,
    Comparison,
    ComparisonKind,
    Grade,
    GradeFacts,
    Margin,
    NoFigure,
    Verdict,
    compare_energies,
    count_tokens,
    estimate_tokens,
    grade_of,
    parse_bands,
    round_to_one_digit,
    scale_band,
    sum_bands,
    total_of,
    widen,
    with_reason_seen,
)
from arena.domain.provenance import Band, FootprintValues
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.services.footprint_data import load_bands

BANDS = load_bands()
EIGHT = Range.exactly(8)

amounts = st.floats(1e-9, 1e9)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = sorted((draw(amounts), draw(amounts)))
    return Range(low, high)


def facts(
    *,
    openness: str = "open-weights",
    endpoint_kind: str = "hosted",
    total: Range | None = EIGHT,
    active: Range | None = EIGHT,
    zone: str | None = "FRA",
    output_tokens: int = 400,
    is_measured: bool = False,
    has_meter: bool = False,
) -> GradeFacts:
    return GradeFacts(openness, endpoint_kind, total, active, zone, output_tokens, is_measured, has_meter)


def graded(given: GradeFacts) -> Verdict:
    return grade_of(given, BANDS)


@pytest.mark.parametrize("openness", ["open-weights", "fully-open"])
def test_open_weights_are_grade_c(openness: str) -> None:
    assert graded(facts(openness=openness)) == Verdict(Grade.C)


def test_open_weights_measured_by_ml_energy_in_a_known_zone_are_grade_b() -> None:
    assert graded(facts(is_measured=True)) == Verdict(Grade.B)
    assert graded(facts(is_measured=True, zone=None)) == Verdict(Grade.C)


def test_an_unknown_zone_still_has_a_figure() -> None:
    assert graded(facts(zone=None)) == Verdict(Grade.C)


@pytest.mark.parametrize(("total_b", "grade"), [(240, Grade.C), (240.1, Grade.C_MINUS), (675, Grade.C_MINUS)])
def test_open_weights_above_240_billion_are_grade_c_minus(total_b: float, grade: Grade) -> None:
    assert graded(facts(total=Range.exactly(total_b))) == Verdict(grade)


def test_the_known_bias_above_240_billion_outweighs_a_measure_of_the_model() -> None:
    assert graded(facts(total=Range.exactly(405), is_measured=True)) == Verdict(Grade.C_MINUS)


def test_closed_models_are_grade_d_and_never_better() -> None:
    assert graded(facts(openness="closed", is_measured=True)) == Verdict(Grade.D)


def test_only_a_meter_gives_grade_a() -> None:
    assert graded(facts(endpoint_kind="local", has_meter=True)) == Verdict(Grade.A)


def test_a_local_model_without_meter_has_no_figure() -> None:
    assert graded(facts(endpoint_kind="local")) == Verdict(Grade.E, NoFigure.LOCAL)


def test_an_unknown_size_has_no_figure() -> None:
    assert graded(facts(total=None)) == Verdict(Grade.E, NoFigure.UNKNOWN_SIZE)
    assert graded(facts(active=None, openness="closed")) == Verdict(Grade.E, NoFigure.UNKNOWN_SIZE)


def test_no_tokens_have_no_figure_whatever_else_is_known() -> None:
    assert graded(facts(output_tokens=0, has_meter=True)) == Verdict(Grade.E, NoFigure.NO_TOKENS)


@pytest.mark.parametrize(
    ("grade", "total_b", "low", "high"),
    [
        (Grade.A, 8, 0.8, 1.2),
        (Grade.B, 8, 1 / 2, 2),
        (Grade.C, 69.9, 1 / 3, 3),
        (Grade.C, 70, 1 / 4, 3),
        (Grade.C_MINUS, 405, 1 / 6, 2),
        (Grade.D, 300, 1 / 4, 3),
    ],
)
def test_bands_are_as_wide_as_the_method_says(grade: Grade, total_b: float, low: float, high: float) -> None:
    band = widen(Range.exactly(1), grade, total_params_b=Range.exactly(total_b), bands=BANDS)
    assert (band.low, band.central, band.high) == pytest.approx((low, 1, high))


def test_a_supposed_size_is_widened_from_both_ends_of_the_range() -> None:
    band = widen(Range(1, 9), Grade.D, total_params_b=None, bands=BANDS)
    assert band == Band(0.25, 3, 27)


@given(
    raw=ranges(),
    grade=st.sampled_from([grade for grade in Grade if grade is not Grade.E]),
    source=st.sampled_from(TokenSource),
)
def test_bands_contain_the_raw_range_and_its_centre(raw: Range, grade: Grade, source: TokenSource) -> None:
    band = widen(raw, grade, total_params_b=EIGHT, bands=BANDS, token_source=source)
    assert band.low <= raw.low <= band.central <= raw.high <= band.high


@given(raw=ranges())
def test_estimated_tokens_widen_the_band_and_keep_its_centre(raw: Range) -> None:
    reported = widen(raw, Grade.C, total_params_b=EIGHT, bands=BANDS)
    estimated = widen(raw, Grade.C, total_params_b=EIGHT, bands=BANDS, token_source=TokenSource.ESTIMATED)
    assert estimated.low < reported.low
    assert estimated.high > reported.high
    assert estimated.central == reported.central


def test_grade_e_has_no_band() -> None:
    with pytest.raises(KeyError):
        widen(Range.exactly(1), Grade.E, total_params_b=EIGHT, bands=BANDS)


def test_the_bands_say_that_they_are_a_choice() -> None:
    assert "choix de ce projet" in BANDS.provenance["fr"]
    assert "own choice" in BANDS.provenance["en"]
    assert "54" in BANDS.provenance["fr"]


def test_bands_without_a_field_are_refused() -> None:
    with pytest.raises(KeyError):
        parse_bands({"version": "1", "limits": {}})


@pytest.mark.parametrize("factor", [0.9, 0, math.inf, math.nan])
def test_a_margin_never_narrows(factor: float) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Margin(factor, 2)


FRENCH_MIX = Mix(0.04144, 4.858e-08, 9.3135, 3.6737)
WORLD_MIX = Mix(0.45829, 1.349e-08, 2.5871, 3.908)


@pytest.mark.parametrize("zone", ["WOR", None])
def test_primary_energy_and_metals_are_hidden_for_the_world_mix(zone: str | None) -> None:
    assert hidden_quantities(zone, WORLD_MIX, BANDS) == {"pe_kj", "adpe_ug"}


def test_factors_borrowed_from_the_world_mix_are_hidden_too() -> None:
    assert hidden_quantities("MDG", WORLD_MIX, BANDS) == {"pe_kj", "adpe_ug"}
    assert hidden_quantities("NOR", Mix(0.028, 9e-08, 0.1386, 3), BANDS) == {"pe_kj"}
    assert hidden_quantities("FRA", FRENCH_MIX, BANDS) == set()


def energies(a: float, b: float) -> dict[Side, float]:
    return {Side.A: a, Side.B: b}


def compared(a: float, b: float, bands: Bands = BANDS) -> Comparison | None:
    return compare_energies(energies(a, b), same_order_below=bands.same_order_below)


def test_below_a_factor_of_three_no_side_is_named() -> None:
    assert compared(1, 2.99) == Comparison(ComparisonKind.SAME_ORDER)


def test_from_a_factor_of_three_the_larger_side_is_named() -> None:
    assert compared(1, 3) == Comparison(ComparisonKind.TIMES_MORE, Side.B, 3)
    assert compared(14.9, 1) == Comparison(ComparisonKind.TIMES_MORE, Side.A, 10)


def test_three_times_is_three_despite_rounding() -> None:
    assert compared(0.1, 0.1 + 0.1 + 0.1 - 1e-16) == Comparison(ComparisonKind.TIMES_MORE, Side.B, 3)


@pytest.mark.parametrize("nothing", [0.0, -1.0, math.inf, math.nan])
def test_what_is_not_an_amount_is_not_compared(nothing: float) -> None:
    assert compared(1, nothing) is None


@given(a=amounts, b=amounts)
def test_comparison_is_symmetric(a: float, b: float) -> None:
    here, there = compared(a, b), compared(b, a)
    assert here is not None
    assert there is not None
    assert (here.kind, here.factor) == (there.kind, there.factor)
    assert here.more == (there.more and there.more.other)


@pytest.mark.parametrize(
    ("ratio", "factor"),
    [(3, 3), (3.49, 3), (3.5, 4), (9.6, 10), (14.9, 10), (15, 20), (250, 300), (1e6, 10**6)],
)
def test_factors_have_one_significant_digit(ratio: float, factor: int) -> None:
    assert round_to_one_digit(ratio) == factor


@given(st.floats(1, 1e12))
def test_a_rounded_factor_is_never_half_as_wrong_as_its_digit(ratio: float) -> None:
    factor = round_to_one_digit(ratio)
    assert len(str(factor).rstrip("0")) == 1
    assert abs(factor - ratio) <= 0.5 * 10 ** math.floor(math.log10(ratio)) * (1 + 1e-9)


def test_bands_of_several_turns_add_up() -> None:
    assert sum_bands([Band(1, 2, 3), Band(10, 20, 30)]) == Band(11, 22, 33)
    assert scale_band(Band(1, 2, 3), 60) == Band(60, 120, 180)


def values(grade: Grade, reason: NoFigure | None = None, *, method: str = "m/v1") -> FootprintValues:
    if reason is not None:
        return FootprintValues(method, grade, reason, {}, {})
    return FootprintValues(method, grade, None, {"energy_wh": Range(1, 2)}, {"energy_wh": Band(0.5, 1.5, 4)})


def test_a_side_is_the_sum_of_its_turns_at_the_least_sure_grade() -> None:
    total = total_of([values(Grade.B), values(Grade.C), values(Grade.E, NoFigure.NO_TOKENS)], method="m/v1")
    assert total.grade == Grade.C
    assert total.no_figure_reason is None
    assert total.raw == {"energy_wh": Range(2, 4)}
    assert total.displayed == {"energy_wh": Band(1, 3, 8)}


def test_one_unknown_turn_makes_the_sum_unknown() -> None:
    total = total_of([values(Grade.C), values(Grade.E, NoFigure.LOCAL)], method="m/v1")
    assert total.no_figure_reason == NoFigure.LOCAL
    assert total.displayed == {}


@pytest.mark.parametrize("turns", [[], [values(Grade.E, NoFigure.NO_TOKENS)]])
def test_a_side_that_said_nothing_has_no_figure(turns: list[FootprintValues]) -> None:
    assert total_of(turns, method="m/v1").no_figure_reason == NoFigure.NO_TOKENS


def test_a_sum_names_every_method_used() -> None:
    total = total_of([values(Grade.C), values(Grade.C, method="m/v2")], method="m/v1")
    assert total.method == "m/v1 + m/v2"


def test_quantities_that_a_turn_lacks_are_not_summed() -> None:
    band, raw = Band(1, 1, 1), Range.exactly(1)
    more = FootprintValues("m/v1", Grade.C, None, {"energy_wh": raw, "pe_kj": raw}, {"energy_wh": band, "pe_kj": band})
    assert set(total_of([more, values(Grade.C)], method="m/v1").displayed) == {"energy_wh"}


def test_tokens_are_estimated_at_three_and_a_half_characters() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("a") == 1
    assert estimate_tokens("é" * 350) == 100


def test_reported_tokens_are_taken_as_they_are() -> None:
    answer = Answer("m", text="Bonjour", usage=Usage(output_tokens=12), token_source=TokenSource.REPORTED)
    assert (count_tokens(answer).tokens, count_tokens(answer).source) == (12, TokenSource.REPORTED)


def test_tokens_estimated_elsewhere_stay_marked() -> None:
    answer = Answer("m", text="Bonjour", usage=Usage(output_tokens=2), token_source=TokenSource.ESTIMATED)
    assert count_tokens(answer).source is TokenSource.ESTIMATED


@pytest.mark.parametrize("reported", [None, 0, -5, 10**12])
def test_missing_or_impossible_counts_are_estimated_from_text_and_reasoning(reported: int | None) -> None:
    answer = Answer(
        "m",
        text="a" * 35,
        reasoning="b" * 70,
        usage=Usage(output_tokens=reported),
        token_source=TokenSource.REPORTED,
    )
    assert (count_tokens(answer).tokens, count_tokens(answer).source) == (30, TokenSource.ESTIMATED)


@pytest.mark.parametrize("seen", [NoFigure.ELSEWHERE, NoFigure.METER_FAILED, NoFigure.METER_FAILED.value])
def test_what_was_seen_of_a_local_answer_says_more_than_that_it_has_no_meter(seen: str) -> None:
    unread = FootprintValues("m/1", "E", NoFigure.LOCAL.value, {}, {})
    assert with_reason_seen(unread, seen).no_figure_reason == seen


@pytest.mark.parametrize("seen", [None, NoFigure.LOCAL, NoFigure.UNKNOWN_SIZE, "of another time"])
def test_nothing_else_that_was_seen_changes_the_reason(seen: str | None) -> None:
    unread = FootprintValues("m/1", "E", NoFigure.LOCAL.value, {}, {})
    assert with_reason_seen(unread, seen) == unread


def test_what_was_seen_takes_no_figure_away() -> None:
    measured = FootprintValues("m/1", "A", None, {}, {"energy_wh": Band(1, 2, 3)})
    assert with_reason_seen(measured, NoFigure.METER_FAILED) == measured
    sizeless = FootprintValues("m/1", "E", NoFigure.UNKNOWN_SIZE.value, {}, {})
    assert with_reason_seen(sizeless, NoFigure.METER_FAILED) == sizeless
