"""Everyday gestures, each with its order of magnitude as a range and its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from arena.domain.data_node import DataNode, refuse_unknown
from arena.domain.figures import format_number
from arena.domain.quantity import Range

FILE = "gestures.yaml"
_FILLED = ("low", "high")


@dataclass(frozen=True, slots=True)
class Gesture:
    """What one can do; ``magnitude`` says by how much, with ``range`` filled in. Words and source are by locale."""

    id: str
    words: Mapping[str, str]
    range: Range
    magnitude: Mapping[str, str]
    source: Mapping[str, str]
    year: int
    url: str
    checked: str

    def how_much(self, locale: str) -> str:
        """The order of magnitude in words."""
        low, high = (format_number(Decimal(f"{end:g}"), locale) for end in (self.range.low, self.range.high))
        return self.magnitude[locale].format(low=low, high=high)


def parse_gestures(data: object) -> tuple[Gesture, ...]:
    """Read the content of gestures.yaml. Raises CatalogueError with the field that is wrong."""
    top = DataNode(data, FILE)
    top.only("version", "gestures")
    top.at("version").text()
    return tuple(map(_gesture, top.at("gestures").each()))


def _gesture(node: DataNode) -> Gesture:
    node.only("id", "fr", "en", "magnitude", "source", "year", "url", "checked")
    size = node.at("magnitude")
    size.only("fr", "en", *_FILLED)
    words = {locale: size.at(locale).text() for locale in ("fr", "en")}
    refuse_unknown(size, words, _FILLED)
    low, high = (float(size.at(name).number()) for name in _FILLED)
    if low >= high:
        raise size.error("an order of magnitude is a range: low below high")
    return Gesture(
        id=node.at("id").text(),
        words={locale: node.at(locale).text() for locale in ("fr", "en")},
        range=Range(low, high),
        magnitude=words,
        source=node.at("source").texts(),
        year=node.at("year").whole(),
        url=node.at("url").text(),
        checked=node.at("checked").text(),
    )
