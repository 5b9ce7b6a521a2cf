"""Equivalents: an everyday thing of the same nature beside a footprint, so that an amount means something."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from arena.domain.figures import (
    NO_BREAK_SPACE,
    FormattedRange,
    UnitName,
    is_plural,
    two_digits,
    written_range,
)
from arena.domain.footprint import scale_band
from arena.domain.provenance import Band
from arena.domain.quantity import Range

LOCALES = ("fr", "en")
FEWEST, MOST = 0.1, 1000.0  # an equivalent outside of these says nothing to anybody


class Nature(StrEnum):
    """What may be compared: each nature with itself only."""

    ENERGY = "energy"
    GWP = "gwp"
    WATER = "water"


# Quantities that may have an equivalent. CO2e has one as a whole: its two parts are shares of it.
NATURES: Mapping[str, Nature] = {
    "energy_wh": Nature.ENERGY,
    "gwp_g": Nature.GWP,
    "water_ml": Nature.WATER,
}


class Per(StrEnum):
    """What the amount of an entry is counted for."""

    HOUR = "hour"
    KM = "km"
    PIECE = "piece"


@dataclass(frozen=True, slots=True)
class Label:
    """What follows the number, in one language."""

    singular: str
    plural: str


@dataclass(frozen=True, slots=True)
class EquivalentEntry:
    """An everyday thing: the ``amount`` of its nature (Wh, g CO2e or mL) for one ``per``, with its source.

    ``spread`` is the range found in other sources, None where there is none. ``checked`` says how the amount
    was verified, with the words of equivalents.yaml.
    """

    id: str
    nature: Nature
    amount: float
    per: Per
    labels: Mapping[str, Label]
    scopes: Mapping[str, str]
    source: Mapping[str, str]  # by locale
    year: int
    url: str
    checked: str
    spread: Range | None = None


@dataclass(frozen=True, slots=True)
class EquivalentTable:
    """All the entries, in order of preference, and the version of the file."""

    version: str
    entries: tuple[EquivalentEntry, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A unit in which an entry can be counted: its share of one ``per``, and its names (none for pieces)."""

    share: float
    names: Mapping[str, UnitName] | None = None


def _names(symbol: str, french: str, english: str) -> dict[str, UnitName]:
    return {
        "fr": UnitName(symbol, french, f"{french}s"),
        "en": UnitName(symbol, english, f"{english}s"),
    }


STEPS: Mapping[Per, tuple[Step, ...]] = {
    Per.HOUR: (
        Step(1 / 3600, _names("s", "seconde", "second")),
        Step(1 / 60, _names("min", "minute", "minute")),
        Step(1, _names("h", "heure", "hour")),
    ),
    Per.KM: (
        Step(1 / 1000, _names("m", "mètre", "metre")),
        Step(1, _names("km", "kilomètre", "kilometre")),
    ),
    Per.PIECE: (Step(1),),
}


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A footprint counted in an entry's unit. ``band`` is in that unit, between 0.1 and 1 000."""

    entry: EquivalentEntry
    step: Step
    band: Band

    def formatted(self, locale: str) -> FormattedRange:
        """The range with its unit and label, at most 2 significant digits each. Raises KeyError (locale)."""
        return written_range(self.band, 1, self._name(locale), locale)

    def scope(self, locale: str) -> str:
        """What the everyday thing's figure counts, to be shown beside it."""
        return self.entry.scopes[locale]

    def _name(self, locale: str) -> UnitName:
        label = self.entry.labels[locale]
        if self.step.names is None:
            is_many = is_plural(two_digits(self.band.high), locale)
            return UnitName(label.plural if is_many else label.singular, label.singular, label.plural)
        name = self.step.names[locale]
        return UnitName(
            f"{name.symbol}{NO_BREAK_SPACE}{label.singular}",
            f"{name.singular} {label.singular}",
            f"{name.plural} {label.singular}",
        )


def best_equivalent(band: Band, nature: Nature, table: EquivalentTable) -> Equivalent | None:
    """The equivalent that reads best, or None when none fits."""
    return next(iter(fitting_equivalents(band, nature, table)), None)


def fitting_equivalents(band: Band, nature: Nature, table: EquivalentTable) -> tuple[Equivalent, ...]:
    """The equivalents that can be read, the best first, each thing once.

    Only entries of the same nature, in the units in which the whole band lies between 0.1 and 1 000. The best
    is the one whose centre is nearest to 1 to 10 units, counted in powers of ten; the first of the file among
    equals.
    """
    candidates = [candidate for candidate in _candidates(band, nature, table) if _fits(candidate.band)]
    by_thing: dict[str, Equivalent] = {}
    for candidate in sorted(candidates, key=lambda candidate: _distance(candidate.band.central)):
        by_thing.setdefault(candidate.entry.id, candidate)
    return tuple(by_thing.values())


def _candidates(band: Band, nature: Nature, table: EquivalentTable) -> Iterator[Equivalent]:
    for entry in table.entries:
        if entry.nature is nature:
            for step in STEPS[entry.per]:
                yield Equivalent(entry, step, scale_band(band, 1 / (entry.amount * step.share)))


def _fits(band: Band) -> bool:
    return band.low >= FEWEST and band.high <= MOST


def _distance(central: float) -> float:
    """How far a number is from 1 to 10, in powers of ten."""
    power = math.log10(central)
    return max(0.0, -power, power - 1)


def parse_equivalents(data: Mapping[str, Any]) -> EquivalentTable:
    """Read the content of equivalents.yaml. Raises KeyError, TypeError or ValueError where it is wrong."""
    entries = tuple(_entry(entry) for entry in data["entries"])
    if len({entry.id for entry in entries}) < len(entries):
        raise ValueError("two equivalents have the same id")
    return EquivalentTable(version=str(data["version"]), entries=entries)


def _by_locale(source: object) -> Mapping[str, str]:
    """A name is the same in every language."""
    return {locale: str(source[locale] if isinstance(source, dict) else source) for locale in LOCALES}


def _entry(data: Mapping[str, Any]) -> EquivalentEntry:
    spread = data.get("spread")
    entry = EquivalentEntry(
        id=str(data["id"]),
        nature=Nature(data["nature"]),
        amount=float(data["amount"]),
        per=Per(data["per"]),
        labels={locale: _label(data["label"][locale]) for locale in LOCALES},
        scopes={locale: str(data["scope"][locale]) for locale in LOCALES},
        source=_by_locale(data["source"]),
        year=int(data["year"]),
        url=str(data["url"]),
        checked=str(data["checked"]),
        spread=None if spread is None else Range(float(spread[0]), float(spread[1])),
    )
    if not 0 < entry.amount < math.inf:
        raise ValueError(f"equivalent {entry.id}: the amount must be finite and above 0")
    return entry


def _label(data: str | list[str]) -> Label:
    if isinstance(data, str):
        return Label(data, data)
    singular, plural = data
    return Label(singular, plural)
