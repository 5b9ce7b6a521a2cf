"""A meter's reading in words: what was counted, gross and net, how long, and the power at rest."""

from collections.abc import Iterator, Sequence

from arena.domain.figures import NARROW_SPACE, format_number, format_range, two_digits
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
        idle=_amount(text, reading.idle_w, "W"),
        window=_amount(text, reading.window_s, "s"),
    )


def _energy(text: Text, energy_wh: float) -> str:
    return format_range(Band(energy_wh, energy_wh, energy_wh), "energy_wh", text.locale).text


def _amount(text: Text, value: float, unit: str) -> str:
    return f"{format_number(two_digits(value), text.locale)}{NARROW_SPACE}{unit}"
