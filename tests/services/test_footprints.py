"""Footprints of answers: what is stored, what must hold of any estimate, and how two compare."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.battle import Answer, TokenSource, Usage
from arena.domain.catalogue import Endpoint, EndpointKind, Model, Openness
from arena.domain.footprint import NoFigure
from arena.domain.provenance import QUANTITIES, Band, FootprintInputs
from arena.domain.quantity import Range
from arena.errors import FootprintError
from arena.services.estimator import METHOD
from arena.services.footprints import FootprintService

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SERVICE = FootprintService.load(catalogue_version="cafe")


def model(**changes: Any) -> Model:
    eight = Range.exactly(8)
    plain = Model(
        id="m",
        wire_name="m",
        endpoint_id="host",
        display_name="M",
        maker="Maker",
        openness=Openness.OPEN_WEIGHTS,
        total_params_b=eight,
        active_params_b=eight,
    )
    return replace(plain, **changes)


def endpoint(**changes: Any) -> Endpoint:
    plain = Endpoint(id="host", name="Host", base_url="https://host.invalid/v1", zone="FRA")
    return replace(plain, **changes)


def answer(tokens: int | None = 400, **changes: Any) -> Answer:
    said = Answer(
        "m",
        text="Bonjour",
        usage=Usage(output_tokens=tokens),
        token_source=TokenSource.REPORTED,
        first_token_s=0.4,
        duration_s=60,
    )
    return replace(said, **changes)


def inputs(
    tokens: int = 400, *, of: Model | None = None, at: Endpoint | None = None, **changes: Any
) -> FootprintInputs:
    return replace(SERVICE.inputs_for(of or model(), at or endpoint(), answer(tokens), NOW), **changes)


IMPOSSIBLE_INPUTS: list[tuple[str, dict[str, Any]]] = [
    ("output_tokens", {"output_tokens": -1}),
    ("batch_size", {"batch_size": 0}),
    ("zone", {"zone": "fra"}),
    ("mix_gwp_kg_per_kwh", {"mix_gwp_kg_per_kwh": 0.0}),
    ("mix_pe_mj_per_kwh", {"mix_pe_mj_per_kwh": -1.0}),
    ("mix_wue_l_per_kwh", {"mix_wue_l_per_kwh": math.inf}),
    ("pue", {"pue": Range(0.5, 1)}),
]


@pytest.mark.parametrize(("argument", "wrong"), IMPOSSIBLE_INPUTS)
def test_impossible_stored_inputs_are_refused(argument: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(FootprintError) as caught:
        SERVICE.estimate(inputs(**wrong))
    assert caught.value.argument == argument


def test_an_answer_is_stored_with_all_that_its_figure_rests_on() -> None:
    stored = inputs(of=model(is_measured=True, quantization_bits=8))
    assert (stored.model_id, stored.zone, stored.endpoint_kind) == ("m", "FRA", "hosted")
    assert (stored.quantization_bits, stored.batch_size, stored.is_measured) == (8, 64, True)
    assert stored.mix_gwp_kg_per_kwh == pytest.approx(0.04144)
    assert stored.pue == Range(1.09, 1.14)
    assert (stored.latency_s, stored.first_token_s) == (60, 0.4)
    assert (stored.catalogue_version, stored.ecologits_version) == ("cafe", "0.11.3")
    assert len(stored.ecologits_data_sha256) == 64
    assert stored.bands_version == SERVICE.bands.version
    assert stored.equivalents_version == SERVICE.equivalents.version
    assert stored.code_version
    assert stored.computed_at == NOW


def test_an_estimate_has_every_quantity_in_its_band() -> None:
    values = SERVICE.estimate(inputs())
    assert tuple(values.raw) == tuple(values.displayed) == QUANTITIES
    assert (values.method, values.grade, values.no_figure_reason) == (METHOD, "C", None)
    for key, raw in values.raw.items():
        band = values.displayed[key]
        assert band.low < raw.low <= band.central <= raw.high < band.high


def test_recomputing_stored_inputs_gives_the_same_values_in_another_process_life() -> None:
    stored = inputs()
    bare = FootprintService(SERVICE.bands, SERVICE.equivalents)
    assert bare.recompute(stored, METHOD) == SERVICE.estimate(stored)


def test_the_turns_of_a_side_are_one_footprint() -> None:
    one = SERVICE.estimate(inputs())
    assert SERVICE.total([one, one]).displayed["gwp_g"].high == pytest.approx(2 * one.displayed["gwp_g"].high)
    assert (SERVICE.total([]).method, SERVICE.total([]).no_figure_reason) == (METHOD, NoFigure.NO_TOKENS)


def test_a_method_that_this_version_does_not_hold_is_refused() -> None:
    with pytest.raises(FootprintError, match="method"):
        SERVICE.recompute(inputs(), "ecologits-0.12.0/v2")


def test_no_tokens_are_nothing_and_not_the_time_to_the_first_token() -> None:
    fast = model(tokens_per_s=Range.exactly(80), first_token_s=Range.exactly(2))
    values = SERVICE.estimate(inputs(0, of=fast, output_tokens=0))
    assert values.no_figure_reason == NoFigure.NO_TOKENS
    assert not values.raw
    assert not values.displayed


def test_a_local_model_has_no_number_but_can_be_paired() -> None:
    local = endpoint(kind=EndpointKind.LOCAL, zone=None)
    values = SERVICE.estimate(inputs(at=local))
    assert (values.grade, values.no_figure_reason) == ("E", NoFigure.LOCAL)
    assert SERVICE.energy_per_token_wh(model()) == pytest.approx(8.28e-5, rel=0.01)


def test_an_unknown_size_has_no_number() -> None:
    unknown = model(total_params_b=None, active_params_b=None)
    assert SERVICE.estimate(inputs(of=unknown)).no_figure_reason == NoFigure.UNKNOWN_SIZE
    assert SERVICE.energy_per_token_wh(unknown) is None


def test_inputs_without_a_mix_have_no_number() -> None:
    assert SERVICE.estimate(inputs(mix_gwp_kg_per_kwh=None)).no_figure_reason == NoFigure.NO_ZONE


def test_an_unknown_zone_is_computed_with_the_world_mix_and_stays_unknown() -> None:
    stored = inputs(at=endpoint(zone=None))
    values = SERVICE.estimate(stored)
    assert stored.zone is None
    assert stored.mix_gwp_kg_per_kwh == pytest.approx(0.45829)
    assert "gwp_g" in values.displayed
    assert not {"pe_kj", "adpe_ug"} & (set(values.raw) | set(values.displayed))


def test_a_demo_answer_is_computed_for_a_nominal_size() -> None:
    demo = endpoint(kind=EndpointKind.DEMO)
    stored = inputs(of=model(total_params_b=None, active_params_b=None), at=demo)
    assert stored.total_params_b == stored.active_params_b == SERVICE.bands.nominal_params_b
    assert SERVICE.estimate(stored).no_figure_reason is None


def test_the_duration_of_a_demo_answer_means_nothing() -> None:
    demo = endpoint(kind=EndpointKind.DEMO)
    assert SERVICE.estimate(inputs(at=demo, latency_s=0.001)) == SERVICE.estimate(inputs(at=demo, latency_s=None))


def test_an_answer_that_took_no_measurable_time_is_not_capped() -> None:
    stored = SERVICE.inputs_for(model(), endpoint(), answer(duration_s=0.0), NOW)
    assert stored.latency_s is None


def test_a_measured_duration_caps_the_servers_time_and_never_the_chips_energy() -> None:
    free, capped = (SERVICE.estimate(inputs(latency_s=latency)).raw for latency in (None, 1.0))
    assert capped["energy_wh"].high < free["energy_wh"].low
    assert capped["gwp_embodied_g"].high < free["gwp_embodied_g"].low
    assert SERVICE.estimate(inputs(latency_s=1000.0)).raw == free


def test_the_catalogues_speed_is_used_as_ecologits_uses_its_own() -> None:
    fast = model(
        total_params_b=Range.exactly(8.02),
        active_params_b=Range.exactly(8.02),
        tokens_per_s=Range.exactly(81.5),
        first_token_s=Range.exactly(0.32),
    )
    host = endpoint(pue=Range.exactly(1.16), wue_l_per_kwh=Range.exactly(0.09))
    raw = SERVICE.estimate(inputs(400, of=fast, at=host, latency_s=None)).raw
    assert raw["energy_wh"].low == pytest.approx(0.0248727, rel=1e-5)  # golden: ministral-8b-2512


def test_a_first_token_without_speed_counts_for_nothing() -> None:
    late, early = (SERVICE.estimate(inputs(first_token_s=wait, latency_s=None)) for wait in (30.0, 0.1))
    assert late == early


def test_a_range_of_speeds_spans_both_ends() -> None:
    def energy(tps: Range) -> Range:
        return SERVICE.estimate(inputs(tokens_per_s=tps, latency_s=None)).raw["energy_wh"]

    both = energy(Range(20, 90))
    assert (both.low, both.high) == (energy(Range.exactly(90)).low, energy(Range.exactly(20)).high)


def test_estimated_tokens_make_the_band_wider() -> None:
    said = SERVICE.inputs_for(model(), endpoint(), answer(None, text="a" * 1400), NOW)
    assert (said.output_tokens, said.token_source) == (400, TokenSource.ESTIMATED)
    reported, estimated = SERVICE.estimate(inputs()), SERVICE.estimate(said)
    assert estimated.raw == reported.raw
    assert estimated.displayed["energy_wh"].high > reported.displayed["energy_wh"].high


@given(tokens=st.integers(1, 5000), times=st.integers(2, 10))
def test_footprints_are_linear_in_tokens_when_nothing_caps_them(tokens: int, times: int) -> None:
    once = SERVICE.estimate(inputs(tokens, latency_s=None)).raw
    often = SERVICE.estimate(inputs(tokens * times, latency_s=None)).raw
    for key, raw in once.items():
        assert often[key].high == pytest.approx(raw.high * times, rel=1e-9)


@given(
    active=st.floats(0.5, 500),
    growth=st.floats(1, 4),
    tokens=st.integers(1, 5000),
    latency_s=st.none() | st.floats(0.01, 100),
)
def test_more_parameters_or_more_tokens_never_take_less(
    active: float, growth: float, tokens: int, latency_s: float | None
) -> None:
    def energy(size: float, count: int) -> float:
        params = Range.exactly(size)
        stored = inputs(count, total_params_b=params, active_params_b=params, latency_s=latency_s)
        return SERVICE.estimate(stored).raw["energy_wh"].low

    assert energy(active * growth, tokens) >= energy(active, tokens) * (1 - 1e-12)
    assert energy(active, tokens + 100) >= energy(active, tokens) * (1 - 1e-12)


@given(
    low=st.floats(0.5, 300),
    growth=st.floats(1, 5),
    sparsity=st.floats(1, 20),
    bits=st.sampled_from([4, 8, 16]),
    zone=st.sampled_from(["FRA", "USA", "WOR", "SWE", "DEU", "EEE"]),
)
def test_usage_and_embodied_make_the_total(low: float, growth: float, sparsity: float, bits: int, zone: str) -> None:
    stored = SERVICE.with_zone(
        inputs(
            active_params_b=Range(low, low * growth),
            total_params_b=Range(low * sparsity, low * growth * sparsity),
            quantization_bits=bits,
        ),
        zone,
    )
    raw = SERVICE.estimate(stored).raw
    for end in ("low", "high"):
        parts = getattr(raw["gwp_usage_g"], end) + getattr(raw["gwp_embodied_g"], end)
        assert parts == pytest.approx(getattr(raw["gwp_g"], end), rel=1e-9)


@given(zone=st.sampled_from(sorted(SERVICE.known_zones())))
def test_another_mix_never_changes_energy_nor_the_embodied_part(zone: str) -> None:
    here = SERVICE.estimate(inputs())
    there = SERVICE.estimate(SERVICE.with_zone(inputs(), zone))
    for key in ("energy_wh", "gwp_embodied_g"):
        assert there.raw[key] == here.raw[key]
        assert there.displayed[key] == here.displayed[key]


def test_another_mix_changes_the_usage_part_and_the_water() -> None:
    here, there = (SERVICE.estimate(SERVICE.with_zone(inputs(), zone)).raw for zone in ("FRA", "USA"))
    assert there["gwp_usage_g"].low == pytest.approx(here["gwp_usage_g"].low * 9.276, rel=1e-3)
    assert there["water_ml"].low < here["water_ml"].low


def test_supposing_a_zone_earns_no_better_grade() -> None:
    measured = inputs(of=model(is_measured=True), at=endpoint(zone=None))
    assert SERVICE.estimate(measured).grade == SERVICE.estimate(SERVICE.with_zone(measured, "FRA")).grade == "C"


@pytest.mark.parametrize("zone", ["fra", "CAF", "", "ZZZ"])
def test_unknown_zones_are_refused(zone: str) -> None:
    assert zone not in SERVICE.known_zones()
    with pytest.raises(FootprintError, match="zone"):
        SERVICE.with_zone(inputs(), zone)


def test_the_zones_of_the_mix_switch_are_known() -> None:
    assert {"FRA", "WOR", "USA", "SWE", "DEU", "EEE"} <= SERVICE.known_zones()


def big(**changes: Any) -> FootprintInputs:
    size = Range.exactly(123)
    return inputs(of=model(id="big", total_params_b=size, active_params_b=size), **changes)


def test_energy_per_token_tells_small_from_big() -> None:
    small, large = SERVICE.energy_per_token_wh(model()), SERVICE.harmonised(big())
    assert small is not None
    assert large is not None
    assert large / 400 > 3 * small


def test_an_equivalent_is_offered_for_whole_quantities_only() -> None:
    band = Band(0.011, 0.033, 0.1)
    found = SERVICE.equivalent(band, "energy_wh")
    assert found is not None
    assert found.entry.id == "led_bulb"
    assert SERVICE.equivalent(band, "gwp_embodied_g") is None
    assert SERVICE.equivalent(band, "adpe_ug") is None
    assert SERVICE.equivalents_of(band, "energy_wh")[0] == found
    assert SERVICE.equivalents_of(band, "adpe_ug") == ()


def test_threads_get_the_same_values() -> None:
    stored = [inputs(tokens) for tokens in range(1, 41)]
    alone = [SERVICE.estimate(one) for one in stored]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(SERVICE.estimate, stored)) == alone
