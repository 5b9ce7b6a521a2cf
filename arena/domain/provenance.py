"""Where a footprint comes from: the inputs of an estimate, kept for ever, and its values, kept as a cache."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from arena.domain.battle import TokenSource
from arena.domain.quantity import Range

QUANTITIES = ("energy_wh", "gwp_usage_g", "gwp_embodied_g", "gwp_g", "water_ml", "adpe_ug", "pe_kj")


@dataclass(frozen=True, slots=True)
class Band:
    """A displayed interval and its central value, all three in the unit of their quantity."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What a counter of this machine read while one answer was written and nothing else ran.

    ``meter`` says which counter and so what it counts: ``nvml`` (the graphics card only) or ``rapl`` (the
    processor package only). ``gross_wh`` is all that it counted in ``window_s`` seconds, ``idle_w`` its power
    measured before, ``net_wh`` what is left of the gross without the idle, at least 0.
    """

    meter: str
    gross_wh: float
    idle_w: float
    net_wh: float
    window_s: float


@dataclass(frozen=True, slots=True)
class FootprintInputs:
    """All that is needed to compute one answer's footprint again; None means that it was not known.

    Parameters are in billions, latencies in seconds, ``wue_l_per_kwh`` is water used on site, the four mix
    factors belong to ``zone``. Versions say which data and which code were used, ``computed_at`` is UTC.
    """

    model_id: str
    total_params_b: Range | None
    active_params_b: Range | None
    output_tokens: int
    token_source: TokenSource
    latency_s: float | None
    first_token_s: float | None
    tokens_per_s: Range | None
    zone: str | None
    pue: Range | None
    wue_l_per_kwh: Range | None
    quantization_bits: int
    batch_size: int
    mix_gwp_kg_per_kwh: float | None
    mix_adpe_kg_per_kwh: float | None
    mix_pe_mj_per_kwh: float | None
    mix_wue_l_per_kwh: float | None
    ecologits_version: str
    ecologits_data_sha256: str
    catalogue_version: str
    bands_version: str
    equivalents_version: str
    code_version: str
    openness: str
    is_measured: bool
    endpoint_kind: str
    computed_at: datetime
    reading: MeterReading | None = None


@dataclass(frozen=True, slots=True)
class FootprintValues:
    """What one method made of the inputs, by quantity (a key of ``QUANTITIES``, which names the unit).

    ``raw`` is the estimator's own range, ``displayed`` the band shown to people. Both are empty when there is
    no figure, and ``no_figure_reason`` is then a text key.
    """

    method: str
    grade: str
    no_figure_reason: str | None
    raw: Mapping[str, Range]
    displayed: Mapping[str, Band]


class StoredFootprint(NamedTuple):
    """One computation as it was kept: what went in and what came out."""

    inputs: FootprintInputs
    values: FootprintValues
