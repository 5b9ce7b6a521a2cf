"""The method in words: its numbers are the estimator's own, and its formula gives what the estimator gives."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.estimate import Estimate
from arena.domain.quantity import Range
from arena.errors import CatalogueError
from arena.services.estimator import METHOD, constants, impact_of
from arena.services.footprint_data import load_bands, load_method
from arena.services.footprints import FootprintService
from arena.services.method import checked, numbers_of, open_method

SERVICE = FootprintService.load()


def test_the_method_of_this_version_has_an_entry_in_the_changelog() -> None:
    entries = [change for change in open_method().changes if change.method == METHOD]

    assert len(entries) == 1
    assert entries[0].since >= date(2026, 11, 23)
    assert all(entries[0].words[locale] for locale in ("fr", "en"))


def test_every_constant_of_the_estimator_is_explained() -> None:
    explained = {constant.name for constant in open_method().constants}

    assert explained == set(constants())
    assert constants()["MEMORY_OVERHEAD"] == pytest.approx(1.2)


def test_every_grade_is_explained() -> None:
    assert set(open_method().grades) == {"A", "B", "C", "C_large", "C-", "D", "E", "tokens"}


@given(
    active=st.floats(0.5, 500),
    extra=st.floats(0, 1500),
    tokens=st.integers(1, 20_000),
    bits=st.sampled_from([4, 8, 16]),
    pue=st.floats(1, 2),
    wue=st.floats(0, 5),
    latency_s=st.none() | st.floats(0.1, 100),
)
def test_the_formula_of_the_page_gives_what_the_estimator_gives(
    active: float, extra: float, tokens: int, bits: int, pue: float, wue: float, latency_s: float | None
) -> None:
    mix, k, total = SERVICE.mix_of("FRA"), constants(), active + extra
    estimate = Estimate(
        active_params_b=Range.exactly(active),
        total_params_b=Range.exactly(total),
        output_tokens=tokens,
        mix=mix,
        pue=Range.exactly(pue),
        wue_l_per_kwh=Range.exactly(wue),
        quantization_bits=bits,
        latency_s=latency_s,
    )
    batch, n_server = k["BATCH_SIZE"], k["SERVER_GPUS"]
    # The steps of method.yaml, one by one and in its letters.
    n = 2 ** math.ceil(math.log2(math.ceil(k["MEMORY_OVERHEAD"] * total * bits / 8 / k["GPU_MEMORY"])))
    e_g = tokens * (k["GPU_ENERGY_ALPHA"] * math.exp(k["GPU_ENERGY_BETA"] * batch) * active + k["GPU_ENERGY_GAMMA"])
    writing = tokens * (k["LATENCY_ALPHA"] * active + k["LATENCY_BETA"] * batch + k["LATENCY_GAMMA"])
    dt = min(writing, latency_s or math.inf)
    e_s = dt / 3600 * (k["SERVER_POWER"] / 0.001) * n / n_server / batch
    e = pue * (e_s + n * e_g)
    water = e / pue * (wue + pue * mix.wue_l_per_kwh)
    made_kg = (
        dt
        / (k["HARDWARE_LIFESPAN"] * batch)
        * (n / n_server * k["SERVER_EMBODIED_IMPACT_GWP"] + n * k["GPU_EMBODIED_IMPACT_GWP"])
    )

    impact = impact_of(estimate)
    assert impact["energy_wh"].low == pytest.approx(e, rel=1e-9)
    assert impact["gwp_usage_g"].low == pytest.approx(e * mix.gwp_kg_per_kwh, rel=1e-9)
    assert impact["water_ml"].low == pytest.approx(water, rel=1e-9)
    assert impact["gwp_embodied_g"].low == pytest.approx(made_kg * 1000, rel=1e-9)


def test_the_numbers_of_the_texts_are_those_of_the_bands_and_of_the_estimator() -> None:
    numbers, bands = numbers_of(open_method(), SERVICE), load_bands()

    assert float(numbers["large_from_b"]) == bands.large_from_total_b
    assert float(numbers["same_order_below"]) == bands.same_order_below
    assert float(numbers["world_pe"]) == SERVICE.mix_of("WOR").pe_mj_per_kwh < bands.lowest_pe_mj_per_kwh
    assert float(numbers["GPU_MEMORY"]) == constants()["GPU_MEMORY"]


def test_a_text_that_names_an_unknown_number_is_refused() -> None:
    wrong = replace(load_method(), comparison={"fr": "{invented}", "en": "{invented}"})

    with pytest.raises(CatalogueError, match=r"method\.yaml: numbers: no such number: invented"):
        checked(wrong)


def test_a_constant_that_the_estimator_lacks_is_refused() -> None:
    method = load_method()
    wrong = replace(method, constants=(replace(method.constants[0], name="TURBO"),))

    with pytest.raises(CatalogueError, match=r"method\.yaml: constants: EcoLogits has no TURBO"):
        checked(wrong)
