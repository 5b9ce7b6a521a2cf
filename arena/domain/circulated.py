"""Circulated figures: amounts that people repeat, with what is needed to check them by computing."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import prod
from typing import Any

from arena.domain.catalogue import Openness
from arena.domain.data_node import DataNode, refuse_unknown
from arena.domain.figures import UNITS, two_digits
from arena.domain.provenance import Band
from arena.errors import CatalogueError

FILE = "circulated_figures.yaml"


class FigureVerdict(StrEnum):
    """What can be said of a circulated figure today."""

    OBSOLETE = "obsolete"  # made with a method or a model that nobody uses any more
    OTHER_SCOPE = "other_scope"  # counts something else than this arena does
    WRONG_SUM = "wrong_sum"  # its own numbers contradict each other
    TRUE_ELSEWHERE = "true_elsewhere"  # true of another thing than what is said
    UNPUBLISHED = "unpublished"  # its author does not say what it counts


@dataclass(frozen=True, slots=True)
class PlainUnit:
    """A unit of the file: how many base units it holds (Wh, g, mL, s, pieces), and its symbol by locale."""

    size: Decimal
    symbols: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in its unit, exactly as somebody wrote it or as a sum made it."""

    value: Fraction
    unit: PlainUnit

    @property
    def in_base(self) -> Fraction:
        """The exact number of base units."""
        return self.value * Fraction(self.unit.size)


@dataclass(frozen=True, slots=True)
class MixFactor:
    """An amount that is not written in the file: the g CO2e of a kWh of a zone, as the estimator has it today."""

    zone: str
    unit: PlainUnit


@dataclass(frozen=True, slots=True)
class Sum:
    """A product or quotient of amounts, by their names, in the unit of its result.

    ``claimed`` names what was said instead, ``name`` makes the result an amount for what follows.
    """

    label: Mapping[str, str]
    factors: tuple[str, ...]
    divisors: tuple[str, ...]
    unit: PlainUnit
    claimed: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """The arguments under which today's method computes the same thing, once for each zone.

    ``arguments`` are those of a footprint report but the zone; ``against`` names the amount to compare with.
    """

    label: Mapping[str, str]
    assumed: Mapping[str, str]
    quantity: str
    zones: tuple[str, ...]
    arguments: Mapping[str, Any]
    against: str | None


@dataclass(frozen=True, slots=True)
class CirculatedFigure:
    """One figure: who said it, when, what it counts, how it was made, and why it differs from today's."""

    id: str
    verdict: FigureVerdict
    claim: Mapping[str, str]
    who: Mapping[str, str]
    when: Mapping[str, str]
    scope: Mapping[str, str]
    made: Mapping[str, str]
    why: Mapping[str, str]
    url: str
    amounts: Mapping[str, Amount | MixFactor]
    sums: tuple[Sum, ...] = ()
    today: tuple[Today, ...] = ()


@dataclass(frozen=True, slots=True)
class CirculatedFigures:
    """All the figures, in the order of the file, and its version."""

    version: str
    figures: tuple[CirculatedFigure, ...]


@dataclass(frozen=True, slots=True)
class SumResult:
    """What a sum makes, exactly, and whether what was claimed is the same to 2 digits (None: nothing was)."""

    result: Amount
    agrees: bool | None = None


def work_out(sum_: Sum, amounts: Mapping[str, Amount]) -> SumResult:
    """Do a sum with amounts that are all known. Exact: nothing is rounded on the way."""
    top = prod((amounts[name].in_base for name in sum_.factors), start=Fraction(1))
    bottom = prod((amounts[name].in_base for name in sum_.divisors), start=Fraction(1))
    result = Amount(top / bottom / Fraction(sum_.unit.size), sum_.unit)
    if sum_.claimed is None:
        return SumResult(result)
    said = amounts[sum_.claimed].in_base
    return SumResult(result, two_digits(float(said)) == two_digits(float(result.in_base)))


class Position(StrEnum):
    """Where a claimed amount lies beside today's range."""

    BELOW = "below"
    INSIDE = "inside"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Placed:
    """A claimed amount beside today's range: how many times beyond its nearer and its farther end."""

    position: Position
    least: float = 1.0
    most: float = 1.0


def place_beside(claimed: float, band: Band) -> Placed:
    """Compare an amount with a band of the same unit, both above 0."""
    if claimed > band.high:
        return Placed(Position.ABOVE, claimed / band.high, claimed / band.low)
    if claimed < band.low:
        return Placed(Position.BELOW, band.low / claimed, band.high / claimed)
    return Placed(Position.INSIDE)


def parse_circulated(data: object) -> CirculatedFigures:
    """Read the content of circulated_figures.yaml. Raises CatalogueError with the file and the field."""
    top = DataNode(data, FILE)
    top.only("version", "units", "figures")
    units = {name: _unit(node) for name, node in top.at("units").named().items()}
    figures = tuple(_figure(node, units) for node in top.at("figures").each())
    ids = [figure.id for figure in figures]
    if len(set(ids)) < len(ids):
        raise CatalogueError("two figures have the same id", file=FILE, field="figures")
    return CirculatedFigures(top.at("version").text(), figures)


def _unit(node: DataNode) -> PlainUnit:
    node.only("size", "fr", "en")
    return PlainUnit(
        size=node.at("size").number(),
        symbols={locale: node.at(locale).text() for locale in ("fr", "en")},
    )


_WORDS = ("claim", "who", "when", "scope", "made", "why")


def _figure(node: DataNode, units: Mapping[str, PlainUnit]) -> CirculatedFigure:
    node.only("id", "verdict", *_WORDS, "url", "amounts", "sums", "today")
    amounts = {name: _amount(part, units) for name, part in node.at("amounts").named().items()}
    sums = _sums(node, units, amounts)
    known = [*amounts, *(sum_.name for sum_ in sums if sum_.name is not None)]
    return CirculatedFigure(
        id=node.at("id").text(),
        verdict=node.at("verdict").word(FigureVerdict),
        **{name: _words(node.at(name), known) for name in _WORDS},
        url=_url(node),
        amounts=amounts,
        sums=sums,
        today=tuple(_today(part, known) for part in node.some("today")),
    )


def _url(node: DataNode) -> str:
    link = node.get("url")
    if link is not None and not link.text().startswith("https://"):
        raise link.error("an https address is needed")
    return "" if link is None else link.text()


def _words(node: DataNode, known: Collection[str]) -> Mapping[str, str]:
    texts = node.texts()
    refuse_unknown(node, texts, known)
    return texts


def _amount(node: DataNode, units: Mapping[str, PlainUnit]) -> Amount | MixFactor:
    node.only("value", "mix", "unit")
    unit = _one_of(node.at("unit"), units)
    mix = node.get("mix")
    return Amount(Fraction(node.at("value").number()), unit) if mix is None else MixFactor(mix.text(), unit)


def _one_of(node: DataNode, units: Mapping[str, PlainUnit]) -> PlainUnit:
    if node.text() not in units:
        raise node.error(f"no such unit; there are {', '.join(units)}")
    return units[node.text()]


def _name(node: DataNode, known: Collection[str]) -> str:
    if node.text() not in known:
        raise node.error(f"no such amount; there are {', '.join(known)}")
    return node.text()


def _sums(figure: DataNode, units: Mapping[str, PlainUnit], amounts: Collection[str]) -> tuple[Sum, ...]:
    """The sums of a figure; each may use the amounts and the named results before it."""
    known, sums = list(amounts), []
    for node in figure.some("sums"):
        sums.append(_sum(node, units, known))
        known += [name for name in (sums[-1].name,) if name is not None]
    return tuple(sums)


def _sum(node: DataNode, units: Mapping[str, PlainUnit], known: Collection[str]) -> Sum:
    node.only("label", "factors", "divisors", "unit", "claimed", "name")
    claimed, name = node.get("claimed"), node.get("name")
    return Sum(
        label=_words(node.at("label"), known),
        factors=tuple(_name(part, known) for part in node.at("factors").each()),
        divisors=tuple(_name(part, known) for part in node.some("divisors")),
        unit=_one_of(node.at("unit"), units),
        claimed=None if claimed is None else _name(claimed, known),
        name=None if name is None else name.text(),
    )


def _today(node: DataNode, known: Collection[str]) -> Today:
    node.only("label", "assumed", "quantity", "zones", *_ARGUMENTS, "against")
    against = node.get("against")
    quantity = node.at("quantity")
    if quantity.text() not in UNITS:
        raise quantity.error(f"expected one of {', '.join(UNITS)}")
    given = {name: node.get(name) for name in _ARGUMENTS}
    for name in ("active", "total", "tokens", "openness"):
        node.at(name)
    return Today(
        label=_words(node.at("label"), known),
        assumed=_words(node.at("assumed"), known),
        quantity=quantity.text(),
        zones=tuple(part.text() for part in node.at("zones").each()),
        arguments={name: _ARGUMENTS[name](part) for name, part in given.items() if part is not None},
        against=None if against is None else _name(against, known),
    )


def _span(node: DataNode) -> str:
    """A number or [low, high] in the notation of ``Range.parse``."""
    parts = node.each() if isinstance(node.value, list) else [node]
    if len(parts) > 2:
        raise node.error("a number or [low, high] is needed")
    return ":".join(str(part.number()) for part in parts)


_ARGUMENTS: Mapping[str, Callable[[DataNode], Any]] = {
    "active": _span,
    "total": _span,
    "tokens": DataNode.whole,
    "pue": _span,
    "wue": _span,
    "tps": _span,
    "ttft": _span,
    "openness": lambda node: node.word(Openness),
}
