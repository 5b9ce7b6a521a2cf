"""The explanation of a battle's footprints, as plain data: what went in, each step, what came out, by every method."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from arena.domain.battle import TokenSource
from arena.domain.figures import BASE_UNITS
from arena.domain.footprint import Bands, Grade, facts_of, with_reason_seen
from arena.domain.provenance import FootprintInputs, FootprintValues, StoredFootprint
from arena.domain.quantity import Range
from arena.errors import FootprintError
from arena.services.estimator import steps_of
from arena.services.footprint_report import plain_band
from arena.services.footprints import FootprintService
from arena.services.recompute import Methods, says_the_same
from arena.storage.footprints import FootprintStore

# Fields that say by what an answer was computed; the others say of what.
VERSIONS = tuple(one.name for one in fields(FootprintInputs) if one.name.endswith(("_version", "_sha256")))
_APART = (*VERSIONS, "computed_at", "reading")


def explain(store: FootprintStore, methods: Methods, battle_id: str) -> dict[str, Any]:
    """Everything behind the figures of a battle: answers by turn and side, each with the rows of its methods.

    Of the rows the first computed is the one that people are shown. A row that no method of this version made
    has neither steps nor margins, and ``again`` says so. Raises BattleNotFound, StorageError.
    """
    history = store.history(battle_id)
    return {
        "battle": battle_id,
        "answers": [
            {
                "turn": turn_index + 1,
                "side": side.value,
                "model": footprints[0].inputs.model_id if footprints else None,
                "history": _rows(methods, footprints),
            }
            for (turn_index, side), footprints in history.items()
        ],
    }


def _rows(methods: Methods, footprints: Sequence[StoredFootprint]) -> list[dict[str, Any]]:
    return [_row(methods.of(footprint), footprint, is_shown=number == 0) for number, footprint in enumerate(footprints)]


def _row(service: FootprintService | None, footprint: StoredFootprint, *, is_shown: bool) -> dict[str, Any]:
    inputs, values = footprint
    bands = None if service is None else service.bands
    return {
        "method": values.method,
        "is_shown": is_shown,
        "computed_at": inputs.computed_at.isoformat(),
        "versions": {name: getattr(inputs, name) for name in VERSIONS},
        "arguments": _arguments(inputs),
        "reading": None if inputs.reading is None else asdict(inputs.reading),
        "steps": None if service is None else _steps(service, inputs),
        "raw": {key: _quantity(value, key) for key, value in values.raw.items()},
        "grade": _grade(inputs, values, bands),
        "margin": None if bands is None else _margin(inputs, values, bands),
        "displayed": {key: plain_band(band, key) for key, band in values.displayed.items()},
        "again": _again(service, footprint),
    }


def _arguments(inputs: FootprintInputs) -> dict[str, Any]:
    """Every fact as it is stored, with its unit in its name."""
    facts = {field.name: getattr(inputs, field.name) for field in fields(inputs) if field.name not in _APART}
    return {name: _plain(value) for name, value in facts.items()}


def _steps(service: FootprintService, inputs: FootprintInputs) -> dict[str, Any] | None:
    """The estimator's graph; of a measure the factors that its energy is multiplied by; None without a figure."""
    if service.verdict_of(inputs).no_figure is not None:
        return None
    if inputs.reading is not None:
        return _measured_steps(inputs)
    try:
        return {name: _plain(value) for name, value in steps_of(service.estimate_of(inputs)).items()}
    except FootprintError:  # impossible inputs: ``again`` says which
        return None


def _measured_steps(inputs: FootprintInputs) -> dict[str, Any]:
    """No factor without a zone: nobody knows where the electricity came from."""
    if inputs.reading is None or inputs.zone is None:
        return {}
    return {
        "energy_wh": inputs.reading.gross_wh,
        "mix_gwp_g_per_wh": inputs.mix_gwp_kg_per_kwh,
        "mix_wue_ml_per_wh": inputs.mix_wue_l_per_kwh,
    }


def _grade(inputs: FootprintInputs, values: FootprintValues, bands: Bands | None) -> dict[str, Any]:
    """The grade and what decided it."""
    facts = facts_of(inputs)
    return {
        "grade": values.grade,
        "no_figure_reason": values.no_figure_reason,
        "output_tokens": facts.output_tokens,
        "has_meter": facts.has_meter,
        "endpoint_kind": facts.endpoint_kind,
        "openness": facts.openness,
        "total_params_b": _plain(facts.total_params_b),
        "calibrated_up_to_total_b": None if bands is None else bands.calibrated_up_to_total_b,
        "is_measured_by_ml_energy": facts.is_measured,
        "zone": facts.zone,
    }


def _margin(inputs: FootprintInputs, values: FootprintValues, bands: Bands) -> dict[str, Any] | None:
    """The factors between the raw range and the displayed band; None without a figure."""
    if values.no_figure_reason is not None:
        return None
    is_measure = inputs.reading is not None
    margin = bands.margin_for(Grade(values.grade), None if is_measure else inputs.total_params_b)
    widened = bands.margin_estimated_tokens if inputs.token_source is TokenSource.ESTIMATED and not is_measure else None
    return {**asdict(margin), "also_for_estimated_tokens": None if widened is None else asdict(widened)}


def _again(service: FootprintService | None, footprint: StoredFootprint) -> str:
    """What the same method says now: ``same``, ``different``, ``not_held``, or why its inputs are impossible."""
    if service is None:
        return "not_held"
    inputs, values = footprint
    try:
        now = with_reason_seen(service.estimate(inputs), values.no_figure_reason)
    except FootprintError as error:
        return str(error)
    return "same" if says_the_same(values, now) else "different"


def _quantity(value: Range, key: str) -> dict[str, Any]:
    return {"low": value.low, "high": value.high, "unit": BASE_UNITS[key]}


def _plain(value: object) -> object:
    """A range as its two ends, or as one number when it is exact."""
    if isinstance(value, Range):
        return value.low if value.is_exact else [value.low, value.high]
    return value
