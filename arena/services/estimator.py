"""The estimator: the only ecologits import, called with checked arguments and read in our units.

Method ``ecologits-0.11.3/v1``. Models are described by their parameters, never looked up by name in
EcoLogits.
"""

import hashlib
import logging
import math
from collections.abc import Mapping
from importlib.resources import files
from operator import attrgetter
from typing import Any

from arena.domain.estimate import Estimate, Mix
from arena.domain.quantity import Range

# Importing ecologits makes its class that of every later logger of the process; and a logger named
# "ecologits" that exists before lacks the methods that it calls. Both are put right here.
_logger_class = logging.getLoggerClass()
_logger_before = logging.Logger.manager.loggerDict.pop("ecologits", None)
try:
    import ecologits
    from ecologits.electricity_mix_repository import electricity_mixes
    from ecologits.impacts import llm
    from ecologits.impacts.llm import compute_llm_impacts, compute_llm_impacts_dag
    from ecologits.impacts.modeling import Impacts
    from ecologits.utils.range_value import RangeValue, ValueOrRange
finally:
    logging.setLoggerClass(_logger_class)
if isinstance(_logger_before, logging.Logger):
    logging.getLogger("ecologits").setLevel(_logger_before.level)
    logging.getLogger("ecologits").propagate = _logger_before.propagate
    logging.getLogger("ecologits").handlers = _logger_before.handlers

ECOLOGITS_VERSION = ecologits.__version__
METHOD = f"ecologits-{ECOLOGITS_VERSION}/v1"

# Where EcoLogits puts each quantity, and what turns its unit (kWh, kg, L, MJ) into ours.
_READINGS = {
    "energy_wh": (attrgetter("energy.value"), 1e3),
    "gwp_usage_g": (attrgetter("usage.gwp.value"), 1e3),
    "gwp_embodied_g": (attrgetter("embodied.gwp.value"), 1e3),
    "gwp_g": (attrgetter("gwp.value"), 1e3),
    "water_ml": (attrgetter("wcf.value"), 1e3),
    "adpe_usage_ug": (attrgetter("usage.adpe.value"), 1e9),
    "adpe_embodied_ug": (attrgetter("embodied.adpe.value"), 1e9),
    "adpe_ug": (attrgetter("adpe.value"), 1e9),
    "pe_usage_kj": (attrgetter("usage.pe.value"), 1e3),
    "pe_embodied_kj": (attrgetter("embodied.pe.value"), 1e3),
    "pe_kj": (attrgetter("pe.value"), 1e3),
}

# The units of EcoLogits' arguments and steps, which their names lack; the others are plain numbers.
_UNITS = {
    "model_active_parameter_count": "_b",
    "model_total_parameter_count": "_b",
    "request_latency": "_s",
    "if_electricity_mix_gwp": "_kgco2e_per_kwh",
    "if_electricity_mix_adpe": "_kgsbe_per_kwh",
    "if_electricity_mix_pe": "_mj_per_kwh",
    "if_electricity_mix_wue": "_l_per_kwh",
    "datacenter_wue": "_l_per_kwh",
    "gpu_energy_alpha": "_wh_per_token_and_b",
    "gpu_energy_beta": "_per_request",
    "gpu_energy_gamma": "_wh_per_token",
    "latency_alpha": "_s_per_token_and_b",
    "latency_beta": "_s_per_token_and_request",
    "latency_gamma": "_s_per_token",
    "gpu_memory": "_gb",
    "gpu_embodied_gwp": "_kgco2e",
    "gpu_embodied_adpe": "_kgsbe",
    "gpu_embodied_pe": "_mj",
    "server_power": "_kw",
    "server_embodied_gwp": "_kgco2e",
    "server_embodied_adpe": "_kgsbe",
    "server_embodied_pe": "_mj",
    "server_lifetime": "_s",
    "tps": "_tokens_per_s",
    "ttft": "_s",
    "gpu_energy": "_kwh",
    "generation_latency": "_s",
    "model_required_memory": "_gb",
    "server_energy": "_kwh",
    "request_it_energy": "_kwh",
    "request_energy": "_kwh",
    "request_usage_gwp": "_kgco2e",
    "request_usage_adpe": "_kgsbe",
    "request_usage_pe": "_mj",
    "request_usage_wcf": "_l",
    "server_gpu_embodied_gwp": "_kgco2e",
    "server_gpu_embodied_adpe": "_kgsbe",
    "server_gpu_embodied_pe": "_mj",
    "request_embodied_gwp": "_kgco2e",
    "request_embodied_adpe": "_kgsbe",
    "request_embodied_pe": "_mj",
}


def constants() -> dict[str, float]:
    """EcoLogits' own constants by their names there, as they are now, and the overhead its memory formula holds."""
    named = {name: float(value) for name, value in vars(llm).items() if name.isupper() and not callable(value)}
    return named | {"MEMORY_OVERHEAD": float(llm.model_required_memory(1, 8))}


def impact_of(estimate: Estimate) -> dict[str, Range]:
    """EcoLogits' own range of each quantity, in the unit its key ends with.

    EcoLogits divides wrongly by a range of tokens per second, so the fastest and the slowest server are
    computed apart.
    """
    tps, ttft = estimate.tokens_per_s, estimate.first_token_s
    fast = _call(estimate, tps=_high(tps), ttft=_low(ttft))
    is_one_speed = (tps is None or tps.is_exact) and (ttft is None or ttft.is_exact)
    slow = fast if is_one_speed else _call(estimate, tps=_low(tps), ttft=_high(ttft))
    return {
        key: Range(_ends(read(fast)).low * unit, _ends(read(slow)).high * unit)
        for key, (read, unit) in _READINGS.items()
    }


def steps_of(estimate: Estimate) -> dict[str, Range | None]:
    """Everything that EcoLogits computes with: its arguments, its constants and each intermediate value.

    Keys are its own names and a unit; None is an argument that was not given. The low end of a range comes
    from the smallest size on the fastest server, the high end from the largest size on the slowest: each
    value of its graph grows with both, so that the ends of ``impact_of`` are the last steps of these two.
    """
    tps, ttft = estimate.tokens_per_s, estimate.first_token_s
    low = _graph(estimate, estimate.active_params_b.low, estimate.total_params_b.low, _high(tps), _low(ttft))
    high = _graph(estimate, estimate.active_params_b.high, estimate.total_params_b.high, _low(tps), _high(ttft))
    return {name + _UNITS.get(name, ""): _between(value, high[name]) for name, value in low.items()}


def _graph(
    estimate: Estimate, active_params_b: float, total_params_b: float, tps: float | None, ttft: float | None
) -> Mapping[str, ValueOrRange | None]:
    arguments = _arguments(estimate) | {
        "request_latency": math.inf if estimate.latency_s is None else estimate.latency_s
    }
    steps: Mapping[str, ValueOrRange | None] = compute_llm_impacts_dag(
        **arguments,
        model_active_parameter_count=active_params_b,
        model_total_parameter_count=total_params_b,
        tps=tps,
        ttft=ttft,
    )
    return steps


def _between(low: ValueOrRange | None, high: ValueOrRange | None) -> Range | None:
    if low is None or high is None or low == math.inf:
        return None
    lowest, highest = _ends(low).low, _ends(high).high
    return Range(min(lowest, highest), max(lowest, highest))  # tokens per second: the high end is the fast one


def _call(estimate: Estimate, *, tps: float | None, ttft: float | None) -> Impacts:
    return compute_llm_impacts(
        **_arguments(estimate),
        model_active_parameter_count=_as_ecologits(estimate.active_params_b),
        model_total_parameter_count=_as_ecologits(estimate.total_params_b),
        tps=tps,
        ttft=ttft,
    )


def _arguments(estimate: Estimate) -> dict[str, Any]:
    """All but the sizes and the speed."""
    return {
        "output_token_count": estimate.output_tokens,
        "if_electricity_mix_adpe": estimate.mix.adpe_kg_per_kwh,
        "if_electricity_mix_pe": estimate.mix.pe_mj_per_kwh,
        "if_electricity_mix_gwp": estimate.mix.gwp_kg_per_kwh,
        "if_electricity_mix_wue": estimate.mix.wue_l_per_kwh,
        "datacenter_pue": _as_ecologits(estimate.pue),
        "datacenter_wue": _as_ecologits(estimate.wue_l_per_kwh),
        "request_latency": estimate.latency_s,
        "model_quantization_bits": estimate.quantization_bits,
        "batch_size": estimate.batch_size,
    }


def _low(value: Range | None) -> float | None:
    return None if value is None else value.low


def _high(value: Range | None) -> float | None:
    return None if value is None else value.high


def _as_ecologits(value: Range) -> ValueOrRange:
    return value.low if value.is_exact else RangeValue(min=value.low, max=value.high)


def _ends(value: ValueOrRange) -> Range:
    return Range(value.min, value.max) if isinstance(value, RangeValue) else Range.exactly(value)


def data_sha256() -> str:
    """One digest of EcoLogits' data files, so that a figure can be traced to the factors it was made with."""
    digest = hashlib.sha256()
    for file in sorted((files("ecologits") / "data").iterdir(), key=attrgetter("name")):
        if file.name.endswith(".json"):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def zone_mixes() -> dict[str, Mix]:
    """The factors of every zone whose electricity is known; those that EcoLogits gives 0 g are not."""
    mixes = electricity_mixes.list_electricity_mixes()
    return {mix.zone: Mix(mix.gwp, mix.adpe, mix.pe, mix.wue) for mix in mixes if mix.gwp > 0}
