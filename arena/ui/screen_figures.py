"""The footprints on the screen: ranges that can be read from afar, what they count, one everyday thing beside them."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from arena.domain.equivalents import Equivalent
from arena.domain.figures import common_unit, format_range
from arena.domain.footprint import Grade
from arena.domain.log_axis import axis_of
from arena.domain.provenance import Band
from arena.domain.side import Side
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.bars import BarLook, bar
from arena.ui.cards import letter
from arena.ui.equivalent_cards import EquivalentsOf, source
from arena.ui.footprint_cards import comparison, method
from arena.ui.footprint_words import amount, kind, measured_sides, no_figure
from arena.ui.meter_words import measured_scopes
from arena.ui.quantity_cards import SHOWN, in_unit
from arena.ui.reading_parts import joined
from arena.ui.text import Text

Bands = Mapping[Side, Band]


def figures(text: Text, reveal: FootprintReveal) -> Markup:
    """How A and B compare, and three quantities of each with how they are known."""
    return Markup(
        '<h1 class="title">{comparison}</h1><dl class="figures">{rows}</dl><div class="scopes">{scopes}</div>'
    ).format(
        comparison=comparison(text, reveal),
        rows=joined(_quantity(text, reveal, name, key) for name, key in SHOWN.items()),
        scopes=joined(Markup("<p>{}</p>").format(words) for words in _scopes(text, reveal)),
    )


def _quantity(text: Text, reveal: FootprintReveal, name: str, key: str) -> Markup:
    bands = {side: reveal.sides[side].displayed[key] for side in Side if key in reveal.sides[side].displayed}
    return Markup("<div><dt>{}</dt>{}</div>").format(
        text(f"footprint.{name}"), joined(_figure(text, reveal, side, key, bands) for side in Side)
    )


def _figure(text: Text, reveal: FootprintReveal, side: Side, key: str, bands: Bands) -> Markup:
    band = bands.get(side)
    if band is None:
        inside = Markup('<span class="none">{}</span>').format(text("footprint.no_figure"))
    else:
        inside = _range(text, reveal, side, key, bands)
    return Markup('<dd class="side-{}">{}{}</dd>').format(side.value, letter(side), inside)


def _range(text: Text, reveal: FootprintReveal, side: Side, key: str, bands: Bands) -> Markup:
    """A bar on the axis of both sides, the range, and how it is known."""
    unit = common_unit(bands.values(), key)
    axis = axis_of(in_unit(unit, band) for band in bands.values())
    grade = reveal.sides[side].grade
    look = BarLook.SUPPOSED if grade == Grade.D else BarLook.TOTAL
    return Markup(
        '<span class="ranged" aria-hidden="true">{bar}</span><b>{amount}</b>'
        '<span class="soft known">{kind} · {grade}</span>'
    ).format(
        bar=bar(in_unit(unit, bands[side]), axis, look),
        amount=amount(format_range(bands[side], key, text.locale, unit=unit)),
        kind=kind(text, reveal, side, key),
        grade=grade,
    )


def _scopes(text: Text, reveal: FootprintReveal) -> Iterator[str]:
    """What is counted, why a figure is missing, and where the figures come from."""
    measured = measured_sides(reveal)
    for side in Side:
        if reveal.sides[side].no_figure_reason is not None:
            yield text("footprint.scope.side", side=side.upper(), scope=_reason(text, reveal, side))
        for scope in measured_scopes(text, reveal.inputs[side]) if side in measured else ():
            yield text("footprint.scope.side", side=side.upper(), scope=scope)
    if len(measured) < len(Side):
        yield text("screen.scope")
    yield method(text, reveal)


def _reason(text: Text, reveal: FootprintReveal, side: Side) -> str:
    return no_figure(text, reveal, side, SHOWN["energy"]).rstrip(".")


def everyday(text: Text, reveal: FootprintReveal, found: EquivalentsOf) -> Markup | None:
    """One thing of the same nature beside both energies, the same for A and B where one suits both; None without."""
    key = SHOWN["energy"]
    bands = {side: reveal.sides[side].displayed[key] for side in Side if key in reveal.sides[side].displayed}
    things = {side: thing for side, thing in _things(bands, found).items() if thing is not None}
    if not things:
        return None
    return Markup('<h1 class="title">{}</h1><div class="things">{}</div>{}').format(
        text("screen.everyday"),
        joined(_thing(text, reveal, side, things.get(side)) for side in Side),
        joined(_origin(text, thing) for thing in {one.entry.id: one for one in things.values()}.values()),
    )


def _things(bands: Bands, found: EquivalentsOf) -> Mapping[Side, Equivalent | None]:
    offers = {side: found(band, SHOWN["energy"]) for side, band in bands.items()}
    if len(offers) == len(Side):
        others = {thing.entry.id: thing for thing in offers[Side.B]}
        shared = next((thing for thing in offers[Side.A] if thing.entry.id in others), None)
        if shared is not None:
            return {Side.A: shared, Side.B: others[shared.entry.id]}
    return {side: _first(things) for side, things in offers.items()}


def _first(things: Sequence[Equivalent]) -> Equivalent | None:
    return next(iter(things), None)


def _thing(text: Text, reveal: FootprintReveal, side: Side, thing: Equivalent | None) -> Markup:
    if thing is None:
        has_figure = SHOWN["energy"] in reveal.sides[side].displayed
        inside = Markup("<p>{}</p>").format(text("equivalent.none" if has_figure else "footprint.no_figure"))
    else:
        inside = Markup('<p class="thing">{}</p>').format(amount(thing.formatted(text.locale)))
    return Markup('<section class="side-{}" aria-label="{}">{}{}</section>').format(
        side.value, text("side.answer", side=side.upper()), letter(side), inside
    )


def _origin(text: Text, thing: Equivalent) -> Markup:
    return Markup('<p class="caption">{}. {}</p>').format(thing.scope(text.locale), source(text, thing))
