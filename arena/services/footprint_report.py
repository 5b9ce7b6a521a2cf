"""The report of one estimate, as plain data: what ``arena footprint --json`` prints."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from arena.domain.battle import TokenSource
from arena.domain.catalogue import EndpointKind, Openness
from arena.domain.estimate import Estimate, check_tokens, hidden_quantities
from arena.domain.figures import BASE_UNITS, format_range
from arena.domain.footprint import Bands, Grade, GradeFacts, Verdict, grade_of, widen
from arena.domain.provenance import Band
from arena.domain.quantity import Range
from arena.errors import FootprintError
from arena.services.estimator import impact_of
from arena.services.footprints import FootprintService

# The parts of each quantity, by the keys of ``impact_of``. Energy and water are used, never embodied.
_PARTS: Mapping[str, Mapping[str, str]] = {
    "energy_wh": {"usage": "energy_wh", "total": "energy_wh"},
    "gwp_g": {"usage": "gwp_usage_g", "embodied": "gwp_embodied_g", "total": "gwp_g"},
    "water_ml": {"usage": "water_ml", "total": "water_ml"},
    "adpe_ug": {"usage": "adpe_usage_ug", "embodied": "adpe_embodied_ug", "total": "adpe_ug"},
    "pe_kj": {"usage": "pe_usage_kj", "embodied": "pe_embodied_kj", "total": "pe_kj"},
}

Number = Range | str | float  # a range, "8", "1.09:1.14" or a number


def footprint_report(
    service: FootprintService,
    *,
    active: Number,
    total: Number,
    tokens: int,
    zone: str,
    pue: Number | None = None,
    wue: Number | None = None,
    tps: Number | None = None,
    ttft: Number | None = None,
    bits: int = 16,
    latency_s: float | None = None,
    openness: Openness = Openness.OPEN_WEIGHTS,
    is_measured: bool = False,
    token_source: TokenSource = TokenSource.REPORTED,
) -> dict[str, Any]:
    """One answer's footprint: EcoLogits' raw ranges by quantity and part, what is displayed, the grade.

    ``active`` and ``total`` are billions of parameters, ``wue`` L/kWh, ``tps`` tokens per second, ``ttft``
    and ``latency_s`` seconds. PUE and WUE default to those of an unknown host. No tokens give no numbers but
    a reason. What EcoLogits gets wrong for a mix is in ``raw`` only. Raises FootprintError for anything
    impossible.
    """
    check_tokens(tokens)
    host, mix = service.bands.generic_host, service.mix_of(zone)
    active_params_b, total_params_b = _range("active", active), _range("total", total)
    facts = GradeFacts(
        openness=openness.value,
        endpoint_kind=EndpointKind.HOSTED.value,
        total_params_b=total_params_b,
        active_params_b=active_params_b,
        zone=zone,
        output_tokens=tokens,
        is_measured=is_measured,
    )
    verdict = grade_of(facts, service.bands)
    heading = _heading(service, verdict, zone)
    if verdict.no_figure is not None:
        return heading
    estimate = Estimate(
        active_params_b=active_params_b,
        total_params_b=total_params_b,
        output_tokens=tokens,
        mix=mix,
        pue=_optional_range("pue", pue) or host.pue,
        wue_l_per_kwh=_optional_range("wue", wue) or host.wue_l_per_kwh,
        quantization_bits=bits,
        batch_size=host.batch_size,
        latency_s=latency_s,
        tokens_per_s=_optional_range("tps", tps),
        first_token_s=_optional_range("ttft", ttft),
    )
    hidden = hidden_quantities(zone, mix, service.bands)
    return heading | _numbers(estimate, verdict.grade, token_source, service.bands, hidden)


def _heading(service: FootprintService, verdict: Verdict, zone: str) -> dict[str, Any]:
    return {
        "method": service.method,
        "bands_version": service.bands.version,
        "zone": zone,
        "grade": verdict.grade.value,
        "no_figure_reason": None if verdict.no_figure is None else verdict.no_figure.value,
        "raw": {},
        "displayed": {},
    }


def _numbers(
    estimate: Estimate, grade: Grade, token_source: TokenSource, bands: Bands, hidden: AbstractSet[str]
) -> dict[str, Any]:
    impact = impact_of(estimate)
    shown = {
        key: widen(raw, grade, total_params_b=estimate.total_params_b, bands=bands, token_source=token_source)
        for key, raw in impact.items()
    }
    return {
        "raw": {
            quantity: {part: [impact[key].low, impact[key].high] for part, key in parts.items()}
            for quantity, parts in _PARTS.items()
        },
        "displayed": {
            quantity: {part: plain_band(shown[key], quantity) for part, key in parts.items()}
            for quantity, parts in _PARTS.items()
            if quantity not in hidden
        },
    }


def plain_band(band: Band, quantity: str) -> dict[str, Any]:
    """A displayed band with its unit, and as it is written in both languages."""
    return {
        "low": band.low,
        "central": band.central,
        "high": band.high,
        "unit": BASE_UNITS[quantity],
        "text": {locale: format_range(band, quantity, locale).text for locale in ("fr", "en")},
    }


def _range(argument: str, value: Number) -> Range:
    """Read a number or a range. Raises FootprintError where it is neither."""
    if isinstance(value, Range):
        return value
    try:
        return Range.parse(value) if isinstance(value, str) else Range.exactly(value)
    except (TypeError, ValueError) as error:
        raise FootprintError(argument, value, str(error)) from error


def _optional_range(argument: str, value: Number | None) -> Range | None:
    return None if value is None else _range(argument, value)
