"""Checks circulated figures: does their sums, and computes the same things with today's method."""

from dataclasses import dataclass
from fractions import Fraction

from arena.domain.circulated import (
    Amount,
    CirculatedFigure,
    MixFactor,
    Placed,
    Sum,
    SumResult,
    Today,
    place_beside,
    work_out,
)
from arena.domain.provenance import Band
from arena.services.footprint_report import footprint_report
from arena.services.footprints import FootprintService


@dataclass(frozen=True, slots=True)
class ZoneResult:
    """What today's method gives in one zone: its displayed band and grade."""

    zone: str
    band: Band
    grade: str
    placed: Placed | None


@dataclass(frozen=True, slots=True)
class TodayResult:
    """One recalculation; ``quotient`` is how many times the first zone's centre holds the last one's."""

    today: Today
    zones: tuple[ZoneResult, ...]
    quotient: float | None


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A circulated figure with every amount known, its sums done and today's results."""

    figure: CirculatedFigure
    amounts: dict[str, Amount]
    sums: tuple[tuple[Sum, SumResult], ...]
    today: tuple[TodayResult, ...]


def check_figure(service: FootprintService, figure: CirculatedFigure) -> CheckedFigure:
    """Compute all that a figure's page shows. Raises FootprintError for impossible arguments or zones."""
    amounts = {name: _known(service, amount) for name, amount in figure.amounts.items()}
    sums = []
    for sum_ in figure.sums:
        done = work_out(sum_, amounts)
        sums.append((sum_, done))
        if sum_.name is not None:
            amounts[sum_.name] = done.result
    today = tuple(_recalculate(service, today, amounts) for today in figure.today)
    return CheckedFigure(figure, amounts, tuple(sums), today)


def _known(service: FootprintService, amount: Amount | MixFactor) -> Amount:
    """The amount itself, or the factor that the estimator has for a zone."""
    if isinstance(amount, Amount):
        return amount
    g_per_wh = Fraction(str(service.mix_of(amount.zone).gwp_kg_per_kwh))  # 1 kg/kWh is 1 g/Wh
    return Amount(g_per_wh / Fraction(amount.unit.size), amount.unit)


def _recalculate(service: FootprintService, today: Today, amounts: dict[str, Amount]) -> TodayResult:
    claimed = None if today.against is None else float(amounts[today.against].in_base)
    zones = tuple(_in_zone(service, today, zone, claimed) for zone in today.zones)
    quotient = zones[0].band.central / zones[-1].band.central if len(zones) > 1 else None
    return TodayResult(today, zones, quotient)


def _in_zone(service: FootprintService, today: Today, zone: str, claimed: float | None) -> ZoneResult:
    report = footprint_report(service, zone=zone, **today.arguments)
    shown = report["displayed"][today.quantity]["total"]
    band = Band(shown["low"], shown["central"], shown["high"])
    return ZoneResult(zone, band, report["grade"], None if claimed is None else place_beside(claimed, band))
