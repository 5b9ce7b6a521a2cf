"""Metering: what the readings of an energy counter say of one answer. Energies in Wh, times in seconds."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from arena.domain.provenance import FootprintInputs, MeterReading
from arena.domain.quantity import Range
from arena.errors import MeterError

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Sample:
    """What a counter showed at a moment: the energy of everything since some beginning of its own."""

    at_s: float
    energy_wh: float


def step_of(before: int, after: int, span: int) -> int:
    """How far a counter went that starts again from 0 at ``span``. Raises MeterError when it went backwards."""
    step = after - before
    if step < 0 and max(before, after) <= span:
        step += span
    if step < 0:
        raise MeterError(f"the counter went backwards, from {before} to {after}")
    return step


def idle_power_w(samples: Sequence[Sample]) -> float:
    """The lowest power between two neighbours: what stirs for a moment is not rest. Raises MeterError."""
    return min(
        _taken_wh(before, after) * SECONDS_PER_HOUR / (after.at_s - before.at_s) for before, after in pairwise(samples)
    )


def reading_of(meter: str, before: Sample, after: Sample, idle_w: float) -> MeterReading:
    """What was counted between two samples, with and without the power at rest.

    Raises MeterError when the counter stood still, since no answer takes nothing.
    """
    gross_wh = _taken_wh(before, after)
    if gross_wh == 0:
        raise MeterError("the counter stood still")
    window_s = after.at_s - before.at_s
    net_wh = max(0.0, gross_wh - idle_w * window_s / SECONDS_PER_HOUR)
    return MeterReading(meter, gross_wh, idle_w, net_wh, window_s)


def add_readings(readings: Iterable[MeterReading]) -> tuple[MeterReading, ...]:
    """The readings of each counter added up, in the order in which the counters come.

    The power at rest is the mean over the time of the windows.
    """
    of_meters: dict[str, list[MeterReading]] = {}
    for reading in readings:
        of_meters.setdefault(reading.meter, []).append(reading)
    return tuple(_sum_of(meter, known) for meter, known in of_meters.items())


def _sum_of(meter: str, readings: Sequence[MeterReading]) -> MeterReading:
    window_s = math.fsum(reading.window_s for reading in readings)
    return MeterReading(
        meter=meter,
        gross_wh=math.fsum(reading.gross_wh for reading in readings),
        idle_w=math.fsum(reading.idle_w * reading.window_s for reading in readings) / window_s,
        net_wh=math.fsum(reading.net_wh for reading in readings),
        window_s=window_s,
    )


def _taken_wh(before: Sample, after: Sample) -> float:
    taken_wh = after.energy_wh - before.energy_wh
    if not 0 <= taken_wh < math.inf:
        raise MeterError(f"the counter went backwards, from {before.energy_wh} to {after.energy_wh} Wh")
    if not 0 < after.at_s - before.at_s < math.inf:
        raise MeterError("no time passed between two readings")
    return taken_wh


def method_of_reading(reading: MeterReading) -> str:
    """The name of the method of a measured figure: the gross energy, and what its zone's factors make of it."""
    return f"measured-{reading.meter}/v1"


def measured(inputs: FootprintInputs, reading: MeterReading) -> dict[str, Range]:
    """The quantities of a measured answer by key.

    Energy is the gross. Greenhouse gases of use and water follow where the zone of the electricity is known:
    no PUE, since no data centre stands around this machine, and no making, of which a counter knows nothing.
    """
    quantities = {"energy_wh": Range.exactly(reading.gross_wh)}
    gwp, wue = inputs.mix_gwp_kg_per_kwh, inputs.mix_wue_l_per_kwh
    if inputs.zone is not None and gwp is not None and wue is not None:
        quantities["gwp_usage_g"] = Range.exactly(reading.gross_wh * gwp)
        quantities["water_ml"] = Range.exactly(reading.gross_wh * wue)
    return quantities
