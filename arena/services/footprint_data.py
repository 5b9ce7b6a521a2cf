"""Reads the footprint data files shipped with the package: bands.yaml and equivalents.yaml."""

from importlib.resources import files
from typing import Any

import yaml

from arena.domain.equivalents import EquivalentTable, parse_equivalents
from arena.domain.footprint import Bands, parse_bands


def load_bands() -> Bands:
    """The bands of this version of the arena."""
    return parse_bands(_read("bands.yaml"))


def load_equivalents() -> EquivalentTable:
    """The equivalents of this version of the arena."""
    return parse_equivalents(_read("equivalents.yaml"))


def _read(name: str) -> dict[str, Any]:
    content = yaml.safe_load((files("arena.data") / name).read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"{name} should hold a mapping")
    return content
