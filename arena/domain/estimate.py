"""An estimate: the arguments of one call of the estimator, all checked, since the estimator checks none."""

import math
from dataclasses import dataclass

from arena.domain.footprint import MOST_TOKENS, Bands
from arena.domain.quantity import Range
from arena.errors import FootprintError

MOST_PARAMS_B = 100_000.0
QUANTIZATION_BITS = (2, 3, 4, 5, 6, 8, 16, 32)
PUE_LIMITS = Range(1, 3)  # no unit; beyond lies a typing mistake
WUE_LIMITS = Range(0, 20)  # litres a kWh
WORLD_ZONE = "WOR"


@dataclass(frozen=True, slots=True)
class Mix:
    """Life-cycle factors of a zone's electricity, for one kWh."""

    gwp_kg_per_kwh: float
    adpe_kg_per_kwh: float
    pe_mj_per_kwh: float
    wue_l_per_kwh: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """The checked arguments of one call of the estimator. Raises FootprintError when one is impossible.

    Parameters are in billions, ``latency_s`` caps the generation time, None leaves it uncapped.
    """

    active_params_b: Range
    total_params_b: Range
    output_tokens: int
    mix: Mix
    pue: Range
    wue_l_per_kwh: Range
    quantization_bits: int = 16
    batch_size: int = 64
    latency_s: float | None = None
    tokens_per_s: Range | None = None
    first_token_s: Range | None = None

    def __post_init__(self) -> None:
        check_tokens(self.output_tokens)
        if self.output_tokens == 0:  # EcoLogits would count the time to the first token of nothing
            raise FootprintError("output_tokens", 0, "nothing was produced, there is nothing to estimate")
        _check_model(self)
        _check_host(self)
        _check_speed(self)


def check_tokens(tokens: object) -> None:
    """Raise FootprintError unless this is a possible number of output tokens; 0 is one."""
    if not isinstance(tokens, int) or isinstance(tokens, bool):
        raise FootprintError("output_tokens", tokens, "must be a whole number")
    if not 0 <= tokens <= MOST_TOKENS:
        raise FootprintError("output_tokens", tokens, f"must be between 0 and {MOST_TOKENS}")


def _check_model(estimate: Estimate) -> None:
    active, total = estimate.active_params_b, estimate.total_params_b
    _check_within("active_params_b", active, above=0, at_most=MOST_PARAMS_B)
    _check_within("total_params_b", total, above=0, at_most=MOST_PARAMS_B)
    if active.low > total.low or active.high > total.high:
        raise FootprintError("active_params_b", active, f"exceeds the total, {total}")
    if estimate.quantization_bits not in QUANTIZATION_BITS:
        raise FootprintError("quantization_bits", estimate.quantization_bits, f"not in {QUANTIZATION_BITS}")
    if estimate.batch_size < 1:
        raise FootprintError("batch_size", estimate.batch_size, "must be at least 1")


def _check_host(estimate: Estimate) -> None:
    _check_within("pue", estimate.pue, at_least=PUE_LIMITS.low, at_most=PUE_LIMITS.high)
    _check_within("wue_l_per_kwh", estimate.wue_l_per_kwh, at_least=WUE_LIMITS.low, at_most=WUE_LIMITS.high)
    mix = estimate.mix
    if not 0 < mix.gwp_kg_per_kwh < math.inf:
        raise FootprintError("mix_gwp_kg_per_kwh", mix.gwp_kg_per_kwh, "no electricity is made from 0 g")
    others = {
        "mix_adpe_kg_per_kwh": mix.adpe_kg_per_kwh,
        "mix_pe_mj_per_kwh": mix.pe_mj_per_kwh,
        "mix_wue_l_per_kwh": mix.wue_l_per_kwh,
    }
    for argument, value in others.items():
        if not 0 <= value < math.inf:
            raise FootprintError(argument, value, "must be finite and not negative")


def _check_speed(estimate: Estimate) -> None:
    latency_s = estimate.latency_s
    if latency_s is not None and not 0 < latency_s < math.inf:
        raise FootprintError("latency_s", latency_s, "must be finite and above 0, or left out")
    if estimate.tokens_per_s is not None:
        _check_within("tokens_per_s", estimate.tokens_per_s, above=0, at_most=1e6)
    if estimate.first_token_s is not None:
        _check_within("first_token_s", estimate.first_token_s, at_least=0, at_most=86_400)


def _check_within(
    argument: str, value: Range, *, at_most: float, at_least: float = -math.inf, above: float = -math.inf
) -> None:
    if value.low < at_least or value.low <= above or value.high > at_most:
        bottom = f"above {above:g}" if at_least == -math.inf else f"at least {at_least:g}"
        raise FootprintError(argument, value, f"must be {bottom} and at most {at_most:g}")


def hidden_quantities(zone: str | None, mix: Mix, bands: Bands) -> frozenset[str]:
    """Quantities that EcoLogits gets wrong for a mix: PE below the possible, ADPe lent by the world mix.

    An unknown zone is computed with the world mix, for which both are wrong.
    """
    if zone in (None, WORLD_ZONE):
        return frozenset({"pe_kj", "adpe_ug"})
    hides_pe = mix.pe_mj_per_kwh < bands.lowest_pe_mj_per_kwh
    hides_adpe = math.isclose(mix.adpe_kg_per_kwh, bands.defaulted_adpe_kg_per_kwh, rel_tol=1e-6)
    return frozenset(name for name, hides in (("pe_kj", hides_pe), ("adpe_ug", hides_adpe)) if hides)
