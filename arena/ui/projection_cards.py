"""A projection as escaped HTML: the assumptions, then each quantity per second, minute, hour, day and year."""

from collections.abc import Callable
from decimal import Decimal

from markupsafe import Markup

from arena.domain.equivalents import Equivalent
from arena.domain.figures import format_number, format_range
from arena.domain.projection import DAYS_PER_YEAR, Crowd, Period, Projection
from arena.domain.provenance import Band
from arena.domain.side import Side
from arena.services.battles import BattleView
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.equivalent_cards import equivalent
from arena.ui.footprint_words import amount, kind, length, measured_sides, mix, no_figure
from arena.ui.quantity_cards import SHOWN
from arena.ui.reading_parts import joined
from arena.ui.text import Text

EquivalentOf = Callable[[Band, str], Equivalent | None]


def projection_cards(
    text: Text, view: BattleView, side: Side, projection: Projection, crowd: Crowd | None, found: EquivalentOf
) -> Markup:
    """What so many people would take, with all that was supposed for it. Empty before the reveal."""
    reveal = view.footprints
    if reveal is None:
        return Markup("")
    cards = joined(_card(text, reveal, side, name, projection, found) for name in SHOWN)
    return Markup(
        '<p class="assumptions" role="status">{assumptions}</p><div class="quantities">{cards}</div>'
        '<p class="scope">{rules} {crowd}</p><p class="scope">{scope}</p><p class="need">{rebound}</p>'
    ).format(
        assumptions=_assumptions(text, view, reveal, side, projection),
        cards=cards,
        rules=text("projection.rules", days=DAYS_PER_YEAR),
        crowd=crowd.source[text.locale] if crowd else "",
        scope=text("footprint.scope.measured" if side in measured_sides(reveal) else "footprint.scope"),
        rebound=text("projection.rebound"),
    )


def _assumptions(text: Text, view: BattleView, reveal: FootprintReveal, side: Side, projection: Projection) -> str:
    people, times = (
        format_number(Decimal(number), text.locale) for number in (projection.people, projection.times_a_day)
    )
    return text(
        "projection.assumptions",
        people=people,
        times=times,
        side=side.upper(),
        tokens=length(text, reveal.lengths[side]),
        mix=mix(text, view, reveal),
        kind=kind(text, reveal, side, SHOWN["energy"]),
    )


def _card(
    text: Text, reveal: FootprintReveal, side: Side, name: str, projection: Projection, found: EquivalentOf
) -> Markup:
    key = SHOWN[name]
    band = reveal.sides[side].displayed.get(key)
    if band is None:
        inside = Markup("<p>{}</p>").format(no_figure(text, reveal, side, key))
    else:
        inside = _periods(text, key, name, band, projection) + _year(text, key, band, projection, found)
    return Markup('<section class="quantity"><h3>{}</h3>{}</section>').format(text(f"footprint.{name}"), inside)


def _periods(text: Text, key: str, name: str, band: Band, projection: Projection) -> Markup:
    rows = joined(
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(
            text(f"projection.{period}"),
            amount(format_range(projection.band_over(period, band), key, text.locale)),
        )
        for period in Period
    )
    return Markup('<table class="periods"><caption class="unseen">{}</caption><tbody>{}</tbody></table>').format(
        text(f"footprint.{name}"), rows
    )


def _year(text: Text, key: str, band: Band, projection: Projection, found: EquivalentOf) -> Markup:
    """An everyday thing beside a year, where one can be read."""
    thing = found(projection.band_over(Period.YEAR, band), key)
    if thing is None:
        return Markup('<p class="equivalent">{}</p>').format(text("equivalent.none"))
    return Markup('<p class="kind">{}</p>{}').format(text("projection.year.about"), equivalent(text, thing))
