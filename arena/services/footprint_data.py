"""Reads the footprint data files shipped with the package; their shapes are in the domain."""

from typing import Any

from arena.data import read_shipped
from arena.domain.circulated import FILE as CIRCULATED
from arena.domain.circulated import CirculatedFigures, parse_circulated
from arena.domain.equivalents import EquivalentTable, parse_equivalents
from arena.domain.footprint import Bands, parse_bands
from arena.domain.method import FILE as METHOD_FILE
from arena.domain.method import Method, parse_method
from arena.domain.projection import FILE as CROWDS
from arena.domain.projection import Crowd, parse_crowds


def load_bands() -> Bands:
    """The bands of this version of the arena."""
    return parse_bands(_read("bands.yaml"))


def load_equivalents() -> EquivalentTable:
    """The equivalents of this version of the arena."""
    return parse_equivalents(_read("equivalents.yaml"))


def load_circulated() -> CirculatedFigures:
    """The figures that go around. Raises CatalogueError with the field that is wrong."""
    return parse_circulated(_read(CIRCULATED))


def load_method() -> Method:
    """The method in words. Raises CatalogueError with the field that is wrong."""
    return parse_method(_read(METHOD_FILE))


def load_crowds() -> tuple[Crowd, ...]:
    """The numbers of people on offer. Raises CatalogueError with the field that is wrong."""
    return parse_crowds(_read(CROWDS))


def _read(name: str) -> dict[str, Any]:
    content = read_shipped(name)
    if not isinstance(content, dict):
        raise TypeError(f"{name} should hold a mapping")
    return content
