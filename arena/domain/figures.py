"""Figures: how an amount is written for people: a range, a unit and where it comes from, never a float."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from arena.domain.footprint import Grade, is_illustration
from arena.domain.provenance import Band, FootprintInputs, FootprintValues

NARROW_SPACE = "\u202f"  # narrow, does not break: between thousands in French, before a unit
NO_BREAK_SPACE = "\u00a0"
SMALLEST_WRITTEN = Decimal("0.001")  # of the smallest unit: below it, only "less than" is written


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit in one language: its symbol, and its name for a screen reader."""

    symbol: str
    singular: str
    plural: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a quantity: how many of the quantity's own unit it holds, and its names by locale."""

    in_base: float
    names: Mapping[str, UnitName]


def _named(prefix: str, symbol: str, base: str, *, suffix: str, spoken: str) -> UnitName:
    word = prefix + base
    ending = f" {spoken}" if spoken else ""
    return UnitName(symbol + suffix, word + ending, f"{word}s{ending}")


_PREFIXES = {  # exponent: (symbol, French, English)
    -9: ("n", "nano", "nano"),
    -6: ("µ", "micro", "micro"),
    -3: ("m", "milli", "milli"),
    0: ("", "", ""),
    3: ("k", "kilo", "kilo"),
    6: ("M", "méga", "mega"),
    9: ("G", "giga", "giga"),
    12: ("T", "téra", "tera"),
}


@dataclass(frozen=True, slots=True)
class _Base:
    symbol: str
    word: Mapping[str, str]
    suffix: Mapping[str, str]  # after the symbol
    spoken: Mapping[str, str]  # after the name


def _units(base: _Base, exponents: Iterable[int], *, base_exponent: int = 0) -> tuple[Unit, ...]:
    """Units with decimal prefixes, smallest first; ``base_exponent`` is that of the quantity's own unit."""
    units = []
    for exponent in exponents:
        letter, french, english = _PREFIXES[exponent]
        names = {
            locale: _named(
                prefix,
                letter + base.symbol,
                base.word[locale],
                suffix=base.suffix[locale],
                spoken=base.spoken[locale],
            )
            for locale, prefix in (("fr", french), ("en", english))
        }
        units.append(Unit(10.0 ** (exponent - base_exponent), names))
    return tuple(units)


_NOTHING = {"fr": "", "en": ""}
_WATT_HOUR = _Base("Wh", {"fr": "wattheure", "en": "watt-hour"}, _NOTHING, _NOTHING)
_CO2E_SYMBOL = {"fr": f"{NO_BREAK_SPACE}éq.{NO_BREAK_SPACE}CO₂", "en": f"{NO_BREAK_SPACE}CO₂e"}
_CO2E_SPOKEN = {"fr": "équivalent CO₂", "en": "of CO₂ equivalent"}
_CO2E = _Base("g", {"fr": "gramme", "en": "gram"}, _CO2E_SYMBOL, _CO2E_SPOKEN)
_WATER = _Base("L", {"fr": "litre", "en": "litre"}, _NOTHING, {"fr": "d'eau", "en": "of water"})
_SB_SYMBOL = {"fr": f"{NO_BREAK_SPACE}éq.{NO_BREAK_SPACE}Sb", "en": f"{NO_BREAK_SPACE}Sb{NO_BREAK_SPACE}eq"}
_SB_SPOKEN = {"fr": "équivalent antimoine", "en": "of antimony equivalent"}
_SB = _Base("g", {"fr": "gramme", "en": "gram"}, _SB_SYMBOL, _SB_SPOKEN)
_PRIMARY = _Base("J", {"fr": "joule", "en": "joule"}, _NOTHING, {"fr": "d'énergie primaire", "en": "of primary energy"})

_TONNE = {
    "fr": UnitName(f"t{_CO2E_SYMBOL['fr']}", "tonne équivalent CO₂", "tonnes équivalent CO₂"),
    "en": UnitName(f"t{_CO2E_SYMBOL['en']}", "tonne of CO₂ equivalent", "tonnes of CO₂ equivalent"),
}
_CUBIC_METRE = {
    "fr": UnitName("m³", "mètre cube d'eau", "mètres cubes d'eau"),
    "en": UnitName("m³", "cubic metre of water", "cubic metres of water"),
}

_GWP_UNITS = (*_units(_CO2E, (-3, 0, 3)), Unit(1e6, _TONNE))

# Smallest first, by quantity. Nobody reads microlitres: everyday quantities start at a thousandth.
UNITS: Mapping[str, tuple[Unit, ...]] = {
    "energy_wh": _units(_WATT_HOUR, (-3, 0, 3, 6, 9, 12)),
    "gwp_usage_g": _GWP_UNITS,
    "gwp_embodied_g": _GWP_UNITS,
    "gwp_g": _GWP_UNITS,
    "water_ml": (*_units(_WATER, (-3, 0), base_exponent=-3), Unit(1e6, _CUBIC_METRE)),
    "adpe_ug": _units(_SB, (-9, -6, -3, 0), base_exponent=-6),
    "pe_kj": _units(_PRIMARY, (-3, 0, 3, 6, 9, 12), base_exponent=3),
}

BASE_UNITS: Mapping[str, str] = {
    "energy_wh": "Wh",
    "gwp_usage_g": "gCO2e",
    "gwp_embodied_g": "gCO2e",
    "gwp_g": "gCO2e",
    "water_ml": "mL",
    "adpe_ug": "ugSbe",
    "pe_kj": "kJ",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount with everything that must be said with it.

    ``unit`` is that of the three numbers, ``scope_key`` the text key of what they count, ``zone`` None when
    the host did not say where it is. ``is_illustration`` marks scripted answers.
    """

    quantity: str
    low: float
    central: float
    high: float
    unit: str
    scope_key: str
    zone: str | None
    method: str
    grade: Grade
    is_estimated: bool
    is_illustration: bool

    @property
    def band(self) -> Band:
        return Band(self.low, self.central, self.high)


def figures_of(inputs: FootprintInputs, values: FootprintValues) -> dict[str, Figure]:
    """The figures of one answer by quantity; none when it has no number."""
    return {
        quantity: Figure(
            quantity=quantity,
            low=band.low,
            central=band.central,
            high=band.high,
            unit=BASE_UNITS[quantity],
            scope_key=f"footprint.scope.{quantity}",
            zone=inputs.zone,
            method=values.method,
            grade=Grade(values.grade),
            is_estimated=values.grade != Grade.A,
            is_illustration=is_illustration(inputs),
        )
        for quantity, band in values.displayed.items()
    }


@dataclass(frozen=True, slots=True)
class FormattedRange:
    """A range in words: its ends and unit as written, the whole, and the whole for a screen reader."""

    low: str
    high: str
    unit: str
    text: str
    spoken: str


def format_range(band: Band, quantity: str, locale: str, *, unit: Unit | None = None) -> FormattedRange:
    """Write a band with both ends in one unit, at most 2 significant digits each.

    Pass ``common_unit`` of several bands as ``unit`` where they are read side by side. Raises ValueError for
    a band that is negative, infinite or upside down, KeyError for an unknown quantity or locale.
    """
    unit = unit or common_unit([band], quantity)
    return written_range(_checked(band), unit.in_base, unit.names[locale], locale)


def common_unit(bands: Iterable[Band], quantity: str) -> Unit:
    """The unit that suits all the bands: the largest that leaves the lowest end at 0.1 or more.

    Smaller ends take the smallest unit; an end of 0 does not count.
    """
    ends = [end for band in bands for end in (_checked(band).low or band.high,) if end > 0]
    units = UNITS[quantity]
    fitting = [unit for unit in units if min(ends, default=0) / unit.in_base >= 0.1]
    return fitting[-1] if fitting else units[0]


def _checked(band: Band) -> Band:
    if not (0 <= band.low <= band.high < math.inf):
        raise ValueError(f"a band needs finite, ordered ends that are not negative, got {band}")
    return band


def written_range(band: Band, in_base: float, name: UnitName, locale: str) -> FormattedRange:
    """Write a band in a unit that holds ``in_base`` of the band's own.

    A low end too small to be written leaves only the high one, "less than 0.012 mL"; two ends that look
    alike become "≈".
    """
    low, high = two_digits(band.low / in_base), max(two_digits(band.high / in_base), SMALLEST_WRITTEN)
    low_text, high_text = format_number(low, locale), format_number(high, locale)
    text, spoken = f"{low_text}{NO_BREAK_SPACE}–{NO_BREAK_SPACE}{high_text}", _BETWEEN[locale]
    if low < SMALLEST_WRITTEN:
        low_text = format_number(Decimal(0), locale)
        text, spoken = f"<{NARROW_SPACE}{high_text}", _BELOW[locale]
    elif low_text == high_text:
        text, spoken = f"≈{NARROW_SPACE}{high_text}", _ABOUT[locale]
    word = name.plural if is_plural(high, locale) else name.singular
    return FormattedRange(
        low=low_text,
        high=high_text,
        unit=name.symbol,
        text=f"{text}{NARROW_SPACE}{name.symbol}",
        spoken=spoken.format(low=low_text, high=high_text, unit=word),
    )


_BETWEEN = {"fr": "entre {low} et {high} {unit}", "en": "between {low} and {high} {unit}"}
_ABOUT = {"fr": "environ {high} {unit}", "en": "about {high} {unit}"}
_BELOW = {"fr": "moins de {high} {unit}", "en": "less than {high} {unit}"}


def is_plural(number: Decimal, locale: str) -> bool:
    """French takes the plural from 2 on, English for anything but 1."""
    return number >= 2 if locale == "fr" else number != 1


def two_digits(value: float) -> Decimal:
    """The number rounded to 2 significant digits, halves upwards."""
    exact = Decimal(repr(float(value)))
    if exact == 0:
        return Decimal(0)
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1), ROUND_HALF_UP)
    return rounded.quantize(Decimal(1).scaleb(rounded.adjusted() - 1))  # 9.96 became 10.0


def format_number(number: Decimal, locale: str) -> str:
    """A number with the locale's marks and no exponent."""
    grouped = f"{number:,f}"
    if locale == "fr":
        return grouped.replace(",", NARROW_SPACE).replace(".", ",")
    return grouped
