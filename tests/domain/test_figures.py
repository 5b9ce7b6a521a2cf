"""How amounts are written."""

import math
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.battle import TokenSource
from arena.domain.figures import BASE_UNITS, UNITS, common_unit, figures_of, format_range, two_digits
from arena.domain.footprint import Grade
from arena.domain.provenance import QUANTITIES, Band, FootprintInputs, FootprintValues
from arena.domain.quantity import Range

NARROW = "\u202f"
FIXED = "\u00a0"

locales = st.sampled_from(["fr", "en"])
quantities = st.sampled_from(QUANTITIES)


@st.composite
def bands(draw: st.DrawFn, smallest: float = 1e-5, largest: float = 1e18) -> Band:
    low, central, high = sorted(draw(st.floats(smallest, largest)) for _ in range(3))
    return Band(low, central, high)


def as_number(text: str, locale: str) -> float:
    plain = text.replace(NARROW, "")
    return float(plain.replace(",", ".") if locale == "fr" else plain.replace(",", ""))


def spaced(text: str) -> str:
    """The text with ordinary spaces, to be read in a test."""
    return text.replace(NARROW, " ").replace(FIXED, " ")


@pytest.mark.parametrize(
    ("band", "quantity", "french", "english"),
    [
        (Band(0.011, 0.033, 0.1), "energy_wh", "11 – 100 mWh", "11 – 100 mWh"),
        (Band(0.3, 0.9, 2.7), "energy_wh", "0,30 – 2,7 Wh", "0.30 – 2.7 Wh"),
        (Band(12_000, 50_000, 996_000), "energy_wh", "12 – 1 000 kWh", "12 – 1,000 kWh"),
        (Band(0.0042, 0.01, 0.038), "gwp_g", "4,2 – 38 mg éq. CO₂", "4.2 – 38 mg CO₂e"),
        (Band(1.2e6, 3e6, 9e6), "gwp_usage_g", "1,2 – 9,0 t éq. CO₂", "1.2 – 9.0 t CO₂e"),
        (Band(0.04, 0.14, 0.46), "water_ml", "0,040 – 0,46 mL", "0.040 – 0.46 mL"),
        (Band(250, 500, 1500), "water_ml", "0,25 – 1,5 L", "0.25 – 1.5 L"),
        (Band(2e6, 5e6, 2e7), "water_ml", "2,0 – 20 m³", "2.0 – 20 m³"),
        (Band(0.02, 0.05, 0.099), "adpe_ug", "20 – 99 ng éq. Sb", "20 – 99 ng Sb eq"),
        (Band(0.1, 0.3, 1), "pe_kj", "0,10 – 1,0 kJ", "0.10 – 1.0 kJ"),
        (Band(7, 7, 7), "pe_kj", "≈ 7,0 kJ", "≈ 7.0 kJ"),
        (Band(0, 0, 0), "water_ml", "< 0,001 mL", "< 0.001 mL"),
        (Band(0, 1, 5000), "water_ml", "< 5,0 L", "< 5.0 L"),
        (Band(1e-12, 1e-12, 0.02), "water_ml", "< 0,020 mL", "< 0.020 mL"),
    ],
)
def test_amounts_are_written_as_ranges_with_a_unit(band: Band, quantity: str, french: str, english: str) -> None:
    assert spaced(format_range(band, quantity, "fr").text) == french
    assert spaced(format_range(band, quantity, "en").text) == english


@pytest.mark.parametrize(
    ("band", "quantity", "french", "english"),
    [
        (
            Band(0.011, 0.03, 0.1),
            "energy_wh",
            "entre 11 et 100 milliwattheures",
            "between 11 and 100 milliwatt-hours",
        ),
        (
            Band(0.3, 0.9, 1.9),
            "gwp_g",
            "entre 0,30 et 1,9 gramme équivalent CO₂",
            "between 0.30 and 1.9 grams of CO₂ equivalent",
        ),
        (
            Band(0, 0, 0.5),
            "water_ml",
            "moins de 0,50 millilitre d'eau",
            "less than 0.50 millilitres of water",
        ),
        (Band(3, 3, 3), "energy_wh", "environ 3,0 wattheures", "about 3.0 watt-hours"),
    ],
)
def test_screen_readers_hear_whole_words(band: Band, quantity: str, french: str, english: str) -> None:
    assert spaced(format_range(band, quantity, "fr").spoken) == french
    assert spaced(format_range(band, quantity, "en").spoken) == english


def test_a_written_range_never_breaks_at_the_end_of_a_line() -> None:
    text = format_range(Band(1.2e9, 2e9, 3.4e12), "gwp_g", "fr").text
    assert " " not in text
    assert f"1{NARROW}200" in text


@given(band=bands(), quantity=quantities, locale=locales)
def test_a_written_range_is_never_a_bare_number_nor_scientific(band: Band, quantity: str, locale: str) -> None:
    written = format_range(band, quantity, locale)
    assert written.text.endswith(written.unit)
    assert re.search("[–≈<]", written.text)
    assert not re.search(r"\d[eE][+-]?\d", written.text)


@given(band=bands(), quantity=quantities, locale=locales)
def test_ends_have_two_significant_digits_and_are_ordered(band: Band, quantity: str, locale: str) -> None:
    written = format_range(band, quantity, locale)
    for end in (written.low, written.high):
        digits = re.sub(r"\D", "", end).strip("0")
        assert len(digits) <= 2
    assert as_number(written.low, locale) <= as_number(written.high, locale)


@given(band=bands(smallest=1e-2), quantity=quantities, locale=locales)
def test_both_ends_read_back_in_the_one_unit_within_rounding(band: Band, quantity: str, locale: str) -> None:
    written = format_range(band, quantity, locale)
    (unit,) = [u for u in UNITS[quantity] if u.names[locale].symbol == written.unit]
    for text, end in ((written.low, band.low), (written.high, band.high)):
        assert as_number(text, locale) * unit.in_base == pytest.approx(end, rel=0.051)


@given(first=bands(), second=bands(), quantity=quantities)
def test_bands_side_by_side_share_a_unit(first: Band, second: Band, quantity: str) -> None:
    unit = common_unit([first, second], quantity)
    units = {format_range(band, quantity, "fr", unit=unit).unit for band in (first, second)}
    assert len(units) == 1


@given(st.floats(1e-300, 1e300))
def test_two_digits_are_two_digits(value: float) -> None:
    rounded = two_digits(value)
    assert len(rounded.as_tuple().digits) == 2
    assert float(rounded) == pytest.approx(value, rel=0.0500001)


def test_rounding_up_to_the_next_power_of_ten_keeps_two_digits() -> None:
    assert two_digits(9.96) == Decimal("10")
    assert str(two_digits(0.0996)) == "0.10"
    assert two_digits(0) == 0


@pytest.mark.parametrize("band", [Band(-1, 0, 1), Band(2, 2, 1), Band(0, 1, math.inf), Band(math.nan, 1, 2)])
def test_what_is_not_an_amount_is_not_written(band: Band) -> None:
    with pytest.raises(ValueError, match="finite"):
        format_range(band, "energy_wh", "fr")


def test_every_quantity_has_units_in_both_languages() -> None:
    assert set(UNITS) == set(BASE_UNITS) == set(QUANTITIES)
    for units in UNITS.values():
        sizes = [unit.in_base for unit in units]
        assert sizes == sorted(sizes)
        assert 1.0 in sizes
        assert all(set(unit.names) == {"fr", "en"} for unit in units)


def inputs(endpoint_kind: str) -> FootprintInputs:
    return FootprintInputs(
        model_id="m",
        total_params_b=None,
        active_params_b=None,
        output_tokens=1,
        token_source=TokenSource.REPORTED,
        latency_s=None,
        first_token_s=None,
        tokens_per_s=None,
        zone="FRA",
        pue=None,
        wue_l_per_kwh=None,
        quantization_bits=16,
        batch_size=64,
        mix_gwp_kg_per_kwh=None,
        mix_adpe_kg_per_kwh=None,
        mix_pe_mj_per_kwh=None,
        mix_wue_l_per_kwh=None,
        ecologits_version="",
        ecologits_data_sha256="",
        catalogue_version="",
        bands_version="",
        equivalents_version="",
        code_version="",
        openness="open-weights",
        is_measured=False,
        endpoint_kind=endpoint_kind,
        computed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def values(grade: str) -> FootprintValues:
    return FootprintValues("m/v1", grade, None, {"energy_wh": Range(1, 2)}, {"energy_wh": Band(0.5, 1.4, 4)})


def test_a_figure_carries_everything_that_must_be_said_with_it() -> None:
    figure = figures_of(inputs("hosted"), values("C"))["energy_wh"]
    assert figure.band == Band(0.5, 1.4, 4)
    assert (figure.unit, figure.zone, figure.method, figure.grade) == ("Wh", "FRA", "m/v1", Grade.C)
    assert figure.scope_key == "footprint.scope.energy_wh"
    assert figure.is_estimated
    assert not figure.is_illustration


def test_only_a_measure_is_not_an_estimate() -> None:
    assert not figures_of(inputs("local"), values("A"))["energy_wh"].is_estimated


def test_a_scripted_answer_is_marked_as_an_illustration() -> None:
    assert figures_of(inputs("demo"), values("C"))["energy_wh"].is_illustration


def test_no_figure_gives_no_figures() -> None:
    assert figures_of(inputs("local"), FootprintValues("m/v1", "E", "footprint.none.local", {}, {})) == {}
