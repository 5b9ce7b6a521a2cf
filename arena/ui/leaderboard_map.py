"""The map of preference and energy as SVG: numbered points with both intervals, and the line of the front.

Across, places are per cent of the width, so that the drawing fills any page; labels are placed for a narrow phone and
only move apart on a wider one. The same numbers are in the table: nothing here is to be heard.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from arena.domain.figures import NARROW_SPACE, format_number
from arena.domain.label_places import Box, label_places
from arena.domain.log_axis import LogAxis, axis_of
from arena.domain.pareto import TradeOff
from arena.domain.provenance import Band
from arena.ui.reading_parts import joined

NARROWEST = 288.0  # px that a phone of 320 px leaves
_LEFT, _RIGHT = 34.0, 8.0  # margins, px at that width
_TOP, _BOTTOM = 8.0, 26.0
_LEAST_HEIGHT, _MOST_HEIGHT, _HEIGHT_A_POINT = 300.0, 560.0, 14.0
_DOT, _DIGIT, _LABEL_HEIGHT = 10.0, 7.5, 14.0
_NEAR = 18.0  # a label that is further up or down, or half as far across, is tied to its point by a line
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where an energy and a preference stand, in px of the narrowest drawing."""

    height: float
    energy: LogAxis
    low: int  # of the shares, in tenths
    high: int

    def x(self, energy: float) -> float:
        return _LEFT + (NARROWEST - _LEFT - _RIGHT) * self.energy.place(energy)

    def y(self, share: float) -> float:
        part = (share * _TENTHS - self.low) / (self.high - self.low)
        return _TOP + (self.height - _TOP - _BOTTOM) * (1 - part)

    def box(self, point: TradeOff) -> Box:
        """The dot of a model."""
        return Box(self.x(point.energy_wh.central), self.y(point.preference.value), _DOT, _DOT)

    @property
    def inside(self) -> Box:
        """Where labels may stand."""
        wide, high = NARROWEST - _LEFT, self.height - _BOTTOM
        return Box(_LEFT + wide / 2, high / 2, wide, high)


def in_order(points: Sequence[TradeOff]) -> list[TradeOff]:
    """The models as the drawing numbers them, from 1: by energy, so that no number reads as a rank."""
    return sorted(points, key=lambda point: (point.energy_wh.central, -point.preference.value, point.model))


def energy_map(points: Sequence[TradeOff], front: Collection[str], unit_wh: float, locale: str) -> Markup:
    """The drawing of some models, ``in_order``; the scale is in a unit of so many Wh."""
    frame = _frame(points, unit_wh)
    scaled = [TradeOff(point.model, point.preference, _in(unit_wh, point.energy_wh)) for point in points]
    dots = [frame.box(point) for point in scaled]
    sizes = [(_DIGIT * len(str(number)) + 3, _LABEL_HEIGHT) for number in range(1, len(points) + 1)]
    return Markup(
        '<svg class="map" width="100%" height="{height:.0f}" aria-hidden="true" focusable="false">{parts}</svg>'
    ).format(
        height=frame.height,
        parts=joined(
            (
                _scales(frame, locale),
                joined(_intervals(frame, point) for point in scaled),
                joined(_steps(frame, [point for point in scaled if point.model in front])),
                joined(_dot(dot, is_front=point.model in front) for dot, point in zip(dots, scaled, strict=True)),
                joined(
                    _label(number, place, dot)
                    for number, (place, dot) in enumerate(
                        zip(label_places(dots, sizes, frame.inside), dots, strict=True), start=1
                    )
                ),
            )
        ),
    )


def _frame(points: Sequence[TradeOff], unit_wh: float) -> _Frame:
    low = math.floor(min(point.preference.low for point in points) * _TENTHS)
    high = math.ceil(max(point.preference.high for point in points) * _TENTHS)
    height = min(max(_LEAST_HEIGHT, _HEIGHT_A_POINT * len(points)), _MOST_HEIGHT)
    axis = axis_of(_in(unit_wh, point.energy_wh) for point in points)
    return _Frame(height, axis, low, max(high, low + 1))


def _in(unit_wh: float, band: Band) -> Band:
    return Band(band.low / unit_wh, band.central / unit_wh, band.high / unit_wh)


def _scales(frame: _Frame, locale: str) -> Markup:
    """Lines at powers of ten and at tenths; an average model, half of the votes, has a line of its own."""
    left, right, bottom = _LEFT, NARROWEST - _RIGHT, frame.height - _BOTTOM
    step = 1 if frame.high - frame.low <= 5 else 2
    shares = [tenth for tenth in range(frame.low, frame.high + 1) if (tenth - 5) % step == 0]
    written = set(frame.energy.labelled)
    energies = [(frame.x(float(power)), power) for power in frame.energy.powers]
    return joined(
        (
            joined(_line("grid", (x, _TOP), (x, bottom)) for x, _ in energies),
            joined(
                _line("half" if tenth == 5 else "grid", (left, frame.y(tenth / 10)), (right, frame.y(tenth / 10)))
                for tenth in shares
            ),
            joined(
                _text(x, frame.height - 8, format_number(power, locale), "middle" if x < right else "end")
                for x, power in energies
                if power in written
            ),
            joined(_text(left - 5, frame.y(tenth / 10) + 4, _percent(tenth, locale), "end") for tenth in shares),
        )
    )


def _percent(tenth: int, locale: str) -> str:
    return f"{tenth * 10}{NARROW_SPACE}%" if locale == "fr" else f"{tenth * 10}%"


def _intervals(frame: _Frame, point: TradeOff) -> Markup:
    x, y = frame.x(point.energy_wh.central), frame.y(point.preference.value)
    across = _line("reach", (frame.x(point.energy_wh.low), y), (frame.x(point.energy_wh.high), y))
    return across + _line("reach", (x, frame.y(point.preference.low)), (x, frame.y(point.preference.high)))


def _steps(frame: _Frame, front: Sequence[TradeOff]) -> Iterator[Markup]:
    """The best preference for at most so much energy: level until the next model, then up to it."""
    places = [(frame.x(point.energy_wh.central), frame.y(point.preference.value)) for point in front]
    for (x, y), (next_x, next_y) in pairwise(places):
        yield _line("front", (x, y), (next_x, y))
        yield _line("front", (next_x, y), (next_x, next_y))


def _dot(place: Box, *, is_front: bool) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{:.1f}" r="{}"/>').format(
        "best" if is_front else "other", _across(place.x), place.y, 5.5 if is_front else 4.5
    )


def _label(number: int, place: Box, dot: Box) -> Markup:
    is_far = abs(place.x - dot.x) > _NEAR / 2 or abs(place.y - dot.y) > _NEAR
    tie = _line("tie", (dot.x, dot.y), (place.x, place.y)) if is_far else Markup("")
    return tie + _text(place.x, place.y + 4.5, str(number), "middle", name="number")


def _line(name: str, start: tuple[float, float], end: tuple[float, float]) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>').format(
        name, _across(start[0]), start[1], _across(end[0]), end[1]
    )


def _text(x: float, y: float, words: str, anchor: str, *, name: str = "scale") -> Markup:
    return Markup('<text class="{}" x="{}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        name, _across(x), y, anchor, words
    )


def _across(x: float) -> str:
    return f"{100 * x / NARROWEST:.2f}%"
