"""Bars on a logarithmic axis as SVG: no script, no image, the same numbers are in a table beside them."""

from decimal import Decimal
from enum import StrEnum

from markupsafe import Markup

from arena.domain.figures import format_number
from arena.domain.log_axis import LogAxis
from arena.domain.provenance import Band

_MARGIN = 1.5  # per cent at each end, so that what stands at an end is not cut
_SVG = Markup('<svg class="{name}" width="100%" height="{height}" focusable="false">{inside}</svg>')


class BarLook(StrEnum):
    """How a bar is drawn. Names are classes of style.css."""

    TOTAL = "total"
    SUPPOSED = "supposed"  # hatched
    USAGE = "usage"
    EMBODIED = "embodied"


_HEIGHTS = {BarLook.TOTAL: 12, BarLook.SUPPOSED: 12, BarLook.USAGE: 6, BarLook.EMBODIED: 6}


def bar(band: Band, axis: LogAxis, look: BarLook) -> Markup:
    """One band, in the unit of its axis, from its low to its high end, with a mark at its centre."""
    height = _HEIGHTS[look]
    low, centre, high = (_percent(axis, end) for end in (band.low, band.central, band.high))
    shape = Markup('<rect class="{look}" x="{low:.2f}%" y="2" width="{width:.2f}%" height="{height}" rx="2"/>').format(
        look=look, low=low, width=max(high - low, 0.5), height=height
    )
    if look is BarLook.SUPPOSED:
        shape += Markup(
            '<line class="hatch" x1="{low:.2f}%" x2="{high:.2f}%" y1="{y}" y2="{y}" stroke-width="{height}"/>'
        ).format(low=low, high=high, y=2 + height // 2, height=height)
    mark = Markup('<line class="centre" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{y}"/>').format(x=centre, y=height + 4)
    return _SVG.format(name="bar", height=height + 4, inside=_grid(axis, height + 4) + shape + mark)


def scale(axis: LogAxis, locale: str) -> Markup:
    """The axis under bars: a tick at each power of ten, most of them written."""
    labels = Markup("").join(_label(axis, power, locale) for power in axis.labelled)
    return _SVG.format(name="axis", height=22, inside=_grid(axis, 6) + labels)


def _grid(axis: LogAxis, height: int) -> Markup:
    return Markup("").join(
        Markup('<line class="grid" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{height}"/>').format(
            x=_percent(axis, float(power)), height=height
        )
        for power in axis.powers
    )


def _label(axis: LogAxis, power: Decimal, locale: str) -> Markup:
    at = axis.place(float(power))
    anchor = "start" if at == 0 else "end" if at == 1 else "middle"
    return Markup('<text x="{x:.2f}%" y="19" text-anchor="{anchor}">{number}</text>').format(
        x=_percent(axis, float(power)), anchor=anchor, number=format_number(power, locale)
    )


def _percent(axis: LogAxis, amount: float) -> float:
    return _MARGIN + (100 - 2 * _MARGIN) * axis.place(amount)
