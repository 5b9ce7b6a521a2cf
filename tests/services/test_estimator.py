"""The estimator's steps: everything EcoLogits computes with, hanging together with the result."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.estimate import Estimate, Mix
from arena.domain.quantity import Range
from arena.services.estimator import constants, data_sha256, impact_of, steps_of, zone_mixes

FRANCE = Mix(0.04144, 4.86e-08, 11.3, 3.67)
UNIT = re.compile(
    r"_(b|s|gb|kw|kwh|l|mj|kgco2e|kgsbe|tokens_per_s|per_request|(kgco2e|kgsbe|mj|l)_per_kwh"
    r"|(wh|s)_per_token(_and_b|_and_request)?)$"
)
PLAIN = {
    *("model_quantization_bits", "output_token_count", "datacenter_pue", "server_gpu_count", "batch_size"),
    "gpu_required_count",
}
# The last steps, by the quantities whose ends they are, and what turns one unit into the other.
LAST = {
    "energy_wh": ("request_energy_kwh", 1e3),
    "gwp_usage_g": ("request_usage_gwp_kgco2e", 1e3),
    "gwp_embodied_g": ("request_embodied_gwp_kgco2e", 1e3),
    "water_ml": ("request_usage_wcf_l", 1e3),
    "adpe_usage_ug": ("request_usage_adpe_kgsbe", 1e9),
    "adpe_embodied_ug": ("request_embodied_adpe_kgsbe", 1e9),
    "pe_usage_kj": ("request_usage_pe_mj", 1e3),
    "pe_embodied_kj": ("request_embodied_pe_mj", 1e3),
}


def estimate(**changes: object) -> Estimate:
    plain: dict[str, object] = {
        "active_params_b": Range.exactly(8),
        "total_params_b": Range.exactly(8),
        "output_tokens": 400,
        "mix": FRANCE,
        "pue": Range(1.09, 1.14),
        "wue_l_per_kwh": Range(0.13, 0.99),
    }
    return Estimate(**(plain | changes))  # type: ignore[arg-type]


def step(steps: dict[str, Range | None], name: str) -> Range:
    found = steps[name]
    assert found is not None
    return found


def test_every_step_has_its_unit_or_is_a_plain_number() -> None:
    steps = steps_of(estimate(tokens_per_s=Range(20, 90), first_token_s=Range(0.1, 0.5), latency_s=60.0))
    assert {name for name in steps if not UNIT.search(name)} == PLAIN
    assert all(value is not None for value in steps.values())


def test_what_was_not_given_is_none_and_not_infinite() -> None:
    steps = steps_of(estimate())
    assert {name for name, value in steps.items() if value is None} == {
        "request_latency_s",
        "tps_tokens_per_s",
        "ttft_s",
    }


@given(
    low=st.floats(0.5, 300),
    growth=st.floats(1, 5),
    sparsity=st.floats(1, 20),
    tokens=st.integers(1, 5000),
    bits=st.sampled_from([4, 8, 16]),
    batch_size=st.integers(1, 128),
    latency_s=st.none() | st.floats(0.01, 100),
    speed=st.none() | st.tuples(st.floats(1, 50), st.floats(1, 5)),
)
def test_the_last_steps_are_the_ends_of_the_result(
    low: float,
    growth: float,
    sparsity: float,
    tokens: int,
    bits: int,
    batch_size: int,
    latency_s: float | None,
    speed: tuple[float, float] | None,
) -> None:
    wanted = estimate(
        active_params_b=Range(low, low * growth),
        total_params_b=Range(low * sparsity, low * growth * sparsity),
        output_tokens=tokens,
        quantization_bits=bits,
        batch_size=batch_size,
        latency_s=latency_s,
        tokens_per_s=None if speed is None else Range(speed[0], speed[0] * speed[1]),
    )
    steps, impact = steps_of(wanted), impact_of(wanted)
    for quantity, (name, factor) in LAST.items():
        last = step(steps, name)
        ends = [last.low * factor, last.high * factor]
        assert ends == pytest.approx([impact[quantity].low, impact[quantity].high], rel=1e-9), quantity


def test_steps_follow_from_one_another() -> None:
    steps = steps_of(estimate(pue=Range.exactly(1.2), wue_l_per_kwh=Range.exactly(0.5)))
    gpu, server = step(steps, "gpu_energy_kwh").low, step(steps, "server_energy_kwh").low
    energy = step(steps, "request_energy_kwh").low
    assert step(steps, "request_it_energy_kwh").low == pytest.approx(gpu + server)
    assert energy == pytest.approx(1.2 * (gpu + server))
    assert step(steps, "request_usage_gwp_kgco2e").low == pytest.approx(energy * FRANCE.gwp_kg_per_kwh)


def test_the_constants_are_those_of_the_steps() -> None:
    steps, known = steps_of(estimate()), constants()
    assert step(steps, "gpu_energy_alpha_wh_per_token_and_b").low == known["GPU_ENERGY_ALPHA"]
    assert step(steps, "gpu_memory_gb").low == known["GPU_MEMORY"]
    assert known["MEMORY_OVERHEAD"] == pytest.approx(1.2)


def test_the_data_files_have_one_digest_and_no_zone_without_emissions() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", data_sha256())
    mixes = zone_mixes()
    assert "CAF" not in mixes
    assert min(mix.gwp_kg_per_kwh for mix in mixes.values()) > 0
    assert {"FRA", "USA", "WOR", "SWE"} <= set(mixes)
