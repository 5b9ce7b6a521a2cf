"""One quantity of both answers as escaped HTML: bars on one axis, and the same numbers in a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from arena.domain.figures import FormattedRange, Unit, common_unit, format_range
from arena.domain.footprint import Grade
from arena.domain.log_axis import LogAxis, axis_of
from arena.domain.provenance import Band
from arena.domain.side import Side
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.bars import BarLook, bar, scale
from arena.ui.cards import letter
from arena.ui.footprint_words import kind, no_figure
from arena.ui.reading_parts import joined, table
from arena.ui.text import Text

SHOWN: Mapping[str, str] = {"energy": "energy_wh", "gwp": "gwp_g", "water": "water_ml"}
FOR_EXPERTS: Mapping[str, str] = {"adpe": "adpe_ug", "pe": "pe_kj"}
PARTS = {BarLook.USAGE: "gwp_usage_g", BarLook.EMBODIED: "gwp_embodied_g"}  # what CO2e is made of


@dataclass(frozen=True, slots=True)
class _Line:
    """One side's quantity, or a part of it. ``band`` is None where there is no figure."""

    side: Side
    key: str
    look: BarLook
    band: Band | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all the lines of a card share, so that they can be read side by side."""

    unit: Unit
    axis: LogAxis


def quantity_card(text: Text, reveal: FootprintReveal, name: str, key: str) -> Markup:
    """A heading, bars to be seen and a table to be heard."""
    lines = [line for side in Side for line in _lines(reveal, side, key)]
    frame = _frame([line.band for line in lines if line.band is not None], key)
    return Markup(
        '<section class="quantity"><h3>{title}</h3><div aria-hidden="true">{rows}{scale}</div>'
        '<div class="unseen">{table}</div></section>'
    ).format(
        title=text(f"footprint.{name}"),
        rows=joined(_row(text, reveal, line, frame) for line in lines),
        scale=_scale(text, frame) if frame else "",
        table=_table(text, reveal, name, lines, frame),
    )


def _lines(reveal: FootprintReveal, side: Side, key: str) -> Iterator[_Line]:
    values = reveal.sides[side]
    whole = BarLook.SUPPOSED if values.grade == Grade.D else BarLook.TOTAL
    yield _Line(side, key, whole, values.displayed.get(key))
    if key == SHOWN["gwp"]:
        for look, part in PARTS.items():
            if part in values.displayed:
                yield _Line(side, part, look, values.displayed[part])


def _frame(bands: Sequence[Band], key: str) -> _Frame | None:
    if not bands:
        return None
    unit = common_unit(bands, key)
    return _Frame(unit, axis_of(in_unit(unit, band) for band in bands))


def in_unit(unit: Unit, band: Band) -> Band:
    """The band counted in a unit."""
    return Band(band.low / unit.in_base, band.central / unit.in_base, band.high / unit.in_base)


def _row(text: Text, reveal: FootprintReveal, line: _Line, frame: _Frame | None) -> Markup:
    """A line to be seen: what it is, how much, how that is known, and its bar."""
    drawn, said = (
        Markup(""),
        Markup('<span class="missing">{}</span>').format(no_figure(text, reveal, line.side, line.key)),
    )
    if frame and line.band:
        drawn = bar(in_unit(frame.unit, line.band), frame.axis, line.look)
        said = Markup('<span class="amount">{}</span>').format(_written(text, line.band, line.key, frame).text)
    if line.look in PARTS:
        return Markup('<div class="part side-{side}"><p>{name} {said}</p>{drawn}</div>').format(
            side=line.side.value, name=text(f"footprint.{line.look}"), said=said, drawn=drawn
        )
    known = Markup(' <span class="kind">{}</span>').format(kind(text, reveal, line.side, line.key)) if drawn else ""
    return Markup('<div class="whole side-{side}"><p>{letter}{said}{known}</p>{drawn}</div>').format(
        side=line.side.value, letter=letter(line.side), said=said, known=known, drawn=drawn
    )


def _scale(text: Text, frame: _Frame) -> Markup:
    unit = frame.unit.names[text.locale].symbol.strip()
    return Markup('{}<p class="tick">{}</p>').format(scale(frame.axis, text.locale), text("footprint.axis", unit=unit))


def _table(text: Text, reveal: FootprintReveal, name: str, lines: Sequence[_Line], frame: _Frame | None) -> Markup:
    """The same lines to be heard: range, centre, and how they are known."""
    columns = [text(f"footprint.column.{column}") for column in ("answer", "range", "centre", "known")]
    rows = [[_title(text, line), *_cells(text, reveal, line, frame)] for line in lines]
    return table(text(f"footprint.{name}"), columns, rows)


def _title(text: Text, line: _Line) -> str:
    answer = text("footprint.side", side=line.side.upper())
    return f"{answer}, {text(f'footprint.{line.look}')}" if line.look in PARTS else answer


def _cells(text: Text, reveal: FootprintReveal, line: _Line, frame: _Frame | None) -> tuple[str, str, str]:
    if frame is None or line.band is None:
        return no_figure(text, reveal, line.side, line.key), "", ""
    centre = Band(line.band.central, line.band.central, line.band.central)
    said = (_written(text, band, line.key, frame).spoken for band in (line.band, centre))
    return next(said), next(said), kind(text, reveal, line.side, line.key)


def _written(text: Text, band: Band, key: str, frame: _Frame) -> FormattedRange:
    return format_range(band, key, text.locale, unit=frame.unit)
