"""The footprints on the screen: ranges that can be read from afar, what they count, one everyday thing beside them."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from arena.domain.equivalents import Equivalent
from arena.domain.figures import common_unit, format_range
from arena.domain.footprint import Grade, is_illustration
from arena.domain.log_axis import LogAxis, axis_of
from arena.domain.provenance import Band
from arena.domain.side import Side
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.cards import letter
from arena.ui.equivalent_cards import EquivalentsOf, source
from arena.ui.footprint_cards import comparison, method
from arena.ui.footprint_words import amount, length, measured_sides, no_figure
from arena.ui.meter_words import measured_scopes
from arena.ui.quantity_cards import SHOWN, in_unit
from arena.ui.reading_parts import joined
from arena.ui.text import Text

Bands = Mapping[Side, Band]
_WIDTH = 1000  # of a bar, in units of the drawing


def figures(text: Text, reveal: FootprintReveal) -> Markup:
    """How A and B compare, and three quantities of each with how they are known."""
    return Markup(
        '<h1 class="title">{comparison}</h1><dl class="figures">{rows}</dl><div class="scopes">{scopes}</div>'
    ).format(
        comparison=comparison(text, reveal),
        rows=joined(_quantity(text, reveal, name, key) for name, key in SHOWN.items() if _with_figures(reveal)),
        scopes=joined(Markup("<p>{}</p>").format(words) for words in _scopes(text, reveal)),
    )


def _quantity(text: Text, reveal: FootprintReveal, name: str, key: str) -> Markup:
    bands = {side: reveal.sides[side].displayed[key] for side in Side if key in reveal.sides[side].displayed}
    return Markup("<div><dt>{}</dt>{}</div>").format(
        text(f"footprint.{name}"), joined(_figure(text, reveal, side, key, bands) for side in _with_figures(reveal))
    )


def _with_figures(reveal: FootprintReveal) -> list[Side]:
    """The sides that have any figure: for the others one sentence says why they have none."""
    return [side for side in Side if reveal.sides[side].no_figure_reason is None]


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
    return Markup('{drawn}<b>{amount}</b><span class="soft">{known}</span>').format(
        drawn=_drawn(in_unit(unit, bands[side]), axis, is_supposed=reveal.sides[side].grade == Grade.D),
        amount=amount(format_range(bands[side], key, text.locale, unit=unit)),
        known=text(f"screen.known.{_known(reveal, side, key)}"),
    )


def _drawn(band: Band, axis: LogAxis, *, is_supposed: bool) -> Markup:
    """From the low to the high end with a mark at the centre, on a logarithmic axis; the numbers stand beside it."""
    low, centre, high = (_WIDTH * axis.place(end) for end in (band.low, band.central, band.high))
    return Markup(
        '<svg class="ranged" aria-hidden="true" viewBox="0 0 {width} 10" preserveAspectRatio="none">'
        '<rect class="ground" y="4" width="{width}" height="2"/>'
        '<rect class="{look}" x="{low:.0f}" width="{span:.0f}" height="10"/>'
        '<rect class="centre" x="{centre:.0f}" width="6" height="10"/></svg>'
    ).format(
        width=_WIDTH,
        look="supposed" if is_supposed else "known",
        low=low,
        span=max(high - low, 8),
        centre=centre - 3,
    )


def _known(reveal: FootprintReveal, side: Side, key: str) -> str:
    """How a figure is known, in a word: what the duel's own page says at length."""
    if any(is_illustration(inputs) for inputs in reveal.inputs[side]):
        return "illustration"
    if reveal.sides[side].grade == Grade.D:
        return "supposed"
    if side not in measured_sides(reveal):
        return "estimated"
    return "measured" if key == SHOWN["energy"] else "from_measure"


def _scopes(text: Text, reveal: FootprintReveal) -> Iterator[str]:
    """What is counted, why a figure is missing, and where the figures come from."""
    for side in Side:
        if reveal.sides[side].no_figure_reason is not None:
            yield text("footprint.scope.side", side=side.upper(), scope=_reason(text, reveal, side))
    if not measured_sides(reveal) >= set(_with_figures(reveal)):
        yield text("screen.scope")


def basis(text: Text, reveal: FootprintReveal) -> Markup:
    """How sure the figures are and what they rest on."""
    return Markup('<h1 class="title">{title}</h1><ul class="grades">{grades}</ul>{lines}').format(
        title=text("footprint.basis"),
        grades=joined(
            Markup('<li class="side-{}">{}<span>{}<br>{}</span></li>').format(
                side.value,
                letter(side),
                text("screen.grade", grade=text(f"footprint.grade.{reveal.sides[side].grade}")),
                length(text, reveal.lengths[side]),
            )
            for side in Side
        ),
        lines=joined(Markup("<p>{}</p>").format(words) for words in _rests_on(text, reveal)),
    )


def _rests_on(text: Text, reveal: FootprintReveal) -> Iterator[str]:
    yield text("screen.why")
    for side in sorted(measured_sides(reveal)):
        for scope in measured_scopes(text, reveal.inputs[side]):
            yield text("footprint.scope.side", side=side.upper(), scope=scope)
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
