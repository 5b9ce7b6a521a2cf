"""Everyday things beside each answer as escaped HTML, each with its source: the best one, others on demand."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from arena.domain.equivalents import Equivalent
from arena.domain.provenance import Band
from arena.domain.side import Side
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.cards import letter
from arena.ui.footprint_words import amount, no_figure
from arena.ui.quantity_cards import SHOWN
from arena.ui.reading_parts import joined
from arena.ui.text import Text

EquivalentsOf = Callable[[Band, str], Sequence[Equivalent]]


def equivalents(text: Text, reveal: FootprintReveal, nature: str, found: EquivalentsOf) -> Markup:
    """One card a side, in the nature that was chosen."""
    cards = joined(_card(text, reveal, side, SHOWN[nature], found) for side in Side)
    return Markup('<div class="models">{}</div>').format(cards)


def _card(text: Text, reveal: FootprintReveal, side: Side, key: str, found: EquivalentsOf) -> Markup:
    band = reveal.sides[side].displayed.get(key)
    if band is None:
        inside = Markup("<p>{}</p>").format(no_figure(text, reveal, side, key))
    else:
        inside = _things(text, found(band, key))
    return Markup('<section class="quantity side-{side}"><h3>{letter}{title}</h3>{inside}</section>').format(
        side=side.value, letter=letter(side), title=text("footprint.side", side=side.upper()), inside=inside
    )


def _things(text: Text, things: Sequence[Equivalent]) -> Markup:
    if not things:
        return Markup("<p>{}</p>").format(text("equivalent.none"))
    others = joined(Markup("<li>{}</li>").format(equivalent(text, thing)) for thing in things[1:])
    more = Markup('<details class="more"><summary>{}</summary><ul>{}</ul></details>').format(
        text("equivalent.others", count=len(things) - 1), others
    )
    return equivalent(text, things[0]) + (more if others else Markup(""))


def equivalent(text: Text, thing: Equivalent) -> Markup:
    """How many of a thing, what its figure counts, and who says so."""
    return Markup('<p class="thing">{amount}</p><p class="equivalent">{scope}. {source}</p>').format(
        amount=amount(thing.formatted(text.locale)), scope=thing.scope(text.locale), source=source(text, thing)
    )


def source(text: Text, thing: Equivalent) -> Markup:
    """Who says so, and when."""
    return Markup("{} <cite>{} ({})</cite>").format(
        text("equivalent.source"), thing.entry.source[text.locale], thing.entry.year
    )
