"""The Pareto front: the models that no other one beats at being preferred for less energy."""

from collections.abc import Iterable
from dataclasses import dataclass

from arena.domain.provenance import Band
from arena.domain.ranking import Estimate


@dataclass(frozen=True, slots=True)
class TradeOff:
    """A model's preference, a share from 0 to 1, beside its energy per 1 000 output tokens in Wh."""

    model: str
    preference: Estimate
    energy_wh: Band


def pareto_front(points: Iterable[TradeOff]) -> frozenset[str]:
    """The models for which no other is preferred at least as much with at most the energy, and better in one.

    By central values, which the intervals of both axes must be shown with: close neighbours of the front may
    belong to it.
    """
    ordered = sorted(points, key=lambda point: (point.energy_wh.central, -point.preference.value))
    front: list[TradeOff] = []
    for point in ordered:
        best = front[-1] if front else None
        is_equal = best is not None and _both(best) == _both(point)
        if best is None or is_equal or point.preference.value > best.preference.value:
            front.append(point)
    return frozenset(point.model for point in front)


def _both(point: TradeOff) -> tuple[float, float]:
    return point.energy_wh.central, point.preference.value
