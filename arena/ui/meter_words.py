"""A meter's reading in words: what was counted, gross and net.

Not how long it took, nor the power at rest, which would tell: before the names nothing is shown of a model's speed.
"""

from collections.abc import Iterator, Sequence

from arena.domain.figures import format_range
from arena.domain.metering import add_readings
from arena.domain.provenance import Band, FootprintInputs, MeterReading
from arena.ui.text import Text


def measured_scopes(text: Text, answers: Sequence[FootprintInputs]) -> Iterator[str]:
    """One label for each counter that read answers of a side, its readings added up."""
    readings = [answer.reading for answer in answers if answer.reading is not None]
    return (meter_scope(text, reading) for reading in add_readings(readings))


def meter_scope(text: Text, reading: MeterReading) -> str:
    """The label of a measured figure. The net stands beside it: it is what the answer added to the machine at rest."""
    return text(
        "footprint.scope.reading",
        what=text(f"footprint.scope.{reading.meter}"),
        gross=_energy(text, reading.gross_wh),
        net=_energy(text, reading.net_wh),
    )


def _energy(text: Text, energy_wh: float) -> str:
    return format_range(Band(energy_wh, energy_wh, energy_wh), "energy_wh", text.locale).text
