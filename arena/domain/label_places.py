"""Labels of a chart: where each one stands near its point, so that no two of them cover each other."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DISTANCES = (13, 20, 28, 37, 47, 58, 70, 84, 100)  # from a point to the middle of its label
_TURNS = (-90, 90, -45, 45, -135, 135, 0, 180, -20, 20, -70, 70, -110, 110, -160, 160)  # in degrees, -90 is above


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    def covers(self, other: "Box") -> float:
        """The area that both share."""
        wide = (self.width + other.width) / 2 - abs(self.x - other.x)
        high = (self.height + other.height) / 2 - abs(self.y - other.y)
        return max(wide, 0.0) * max(high, 0.0)

    def holds(self, other: "Box") -> bool:
        """Whether the other lies wholly inside."""
        return (
            abs(self.x - other.x) <= (self.width - other.width) / 2
            and abs(self.y - other.y) <= (self.height - other.height) / 2
        )


def label_places(points: Sequence[Box], sizes: Sequence[tuple[float, float]], frame: Box) -> list[Box]:
    """The label of each point, in their order: the nearest free place, one after the other.

    ``sizes`` are the labels' own (width, height). A label keeps clear of all points too where there is room,
    and stays inside the frame. With more labels than fit, the rest takes the places that cover least.
    """
    placed: list[Box] = []
    for point, size in zip(points, sizes, strict=True):
        places = [place for place in _around(point, size) if frame.holds(place)] or [Box(point.x, point.y, *size)]
        placed.append(min(places, key=lambda place: _covered(place, placed, points)))
    return placed


def _around(point: Box, size: tuple[float, float]) -> Iterator[Box]:
    """Places by their distance; a tie of ``min`` goes to the first one, the nearest."""
    for distance in _DISTANCES:
        for turn in _TURNS:
            angle = math.radians(turn)
            yield Box(point.x + distance * math.cos(angle), point.y + distance * math.sin(angle), *size)


def _covered(place: Box, labels: Sequence[Box], points: Sequence[Box]) -> tuple[float, float]:
    """Labels that are covered count before points that are."""
    return sum(map(place.covers, labels)), sum(map(place.covers, points))
