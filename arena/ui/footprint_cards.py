"""The first reveal as escaped HTML: what each answer cost."""

from collections.abc import Callable
from decimal import Decimal

from markupsafe import Markup

from arena.domain.catalogue import EndpointKind
from arena.domain.equivalents import Equivalent
from arena.domain.figures import common_unit, format_number, format_range
from arena.domain.footprint import ComparisonKind
from arena.domain.provenance import Band
from arena.domain.side import Side
from arena.services.battles import BattleView, FootprintReveal
from arena.ui.cards import letter, section_heading
from arena.ui.text import Text, zone_name

SHOWN = {"energy": "energy_wh", "gwp": "gwp_g", "water": "water_ml"}
EquivalentOf = Callable[[Band, str], Equivalent | None]


def footprints(text: Text, view: BattleView, equivalent_of: EquivalentOf) -> str:
    """First reveal: three quantities as ranges, the honest comparison, scope and method."""
    reveal = view.footprints
    if reveal is None:
        return ""
    quantities = Markup("").join(_quantity(text, reveal, name, equivalent_of) for name in SHOWN)
    return Markup(
        '{heading}{blind}<p class="comparison">{comparison}</p><div class="quantities">{quantities}</div>'
        '<p class="scope">{scope}</p><p class="sources">{method}</p><p class="need">{need}</p>'
    ).format(
        heading=Markup(section_heading(text("reveal.footprints.heading"), "footprints-heading")),
        blind=_still_blind(text, view),
        comparison=_comparison(text, reveal),
        quantities=quantities,
        scope=text("footprint.scope"),
        method=_method(text, reveal),
        need=text("footprint.need"),
    )


def _still_blind(text: Text, view: BattleView) -> Markup:
    if view.names is not None:
        return Markup("")
    return Markup('<p class="scope">{}</p>').format(text("reveal.footprints.still_blind"))


def _comparison(text: Text, reveal: FootprintReveal) -> str:
    comparison = reveal.comparison
    if comparison is None:
        return text("footprint.comparison.none")
    if comparison.kind is ComparisonKind.SAME_ORDER or comparison.more is None or comparison.factor is None:
        return text("footprint.comparison.same_order")
    factor = format_number(Decimal(comparison.factor), text.locale)
    return text("footprint.comparison.times_more", side=comparison.more.upper(), factor=factor)


def _quantity(text: Text, reveal: FootprintReveal, name: str, equivalent_of: EquivalentOf) -> Markup:
    """One quantity, A and B in one unit so that they can be read side by side."""
    key = SHOWN[name]
    bands = {side: values.displayed.get(key) for side, values in reveal.sides.items()}
    lines = Markup("").join(
        Markup('<div class="side-{side}"><dt>{letter}{title}</dt>{amount}</div>').format(
            side=side.value,
            letter=letter(side),
            title=text("footprint.side", side=side.upper()),
            amount=_amount(text, reveal, side, bands, equivalent_of, key),
        )
        for side in Side
    )
    return Markup('<section class="quantity"><h3>{}</h3><dl>{}</dl></section>').format(text(f"footprint.{name}"), lines)


def _amount(
    text: Text,
    reveal: FootprintReveal,
    side: Side,
    bands: dict[Side, Band | None],
    equivalent_of: EquivalentOf,
    key: str,
) -> Markup:
    band = bands[side]
    if band is None:
        reason = reveal.sides[side].no_figure_reason
        words = text(reason) if reason else ""
        return Markup("<dd>{} {}</dd>").format(text("footprint.no_figure"), words)
    unit = common_unit([known for known in bands.values() if known], key)
    written = format_range(band, key, text.locale, unit=unit)
    return Markup(
        '<dd><span class="amount" aria-hidden="true">{amount}</span><span class="unseen">{spoken}</span> '
        '<span class="kind">{kind}</span></dd>{equivalent}'
    ).format(
        amount=written.text,
        spoken=written.spoken,
        kind=_kind(text, reveal, side),
        equivalent=_equivalent(text, equivalent_of(band, key)),
    )


def _kind(text: Text, reveal: FootprintReveal, side: Side) -> str:
    if any(inputs.endpoint_kind == EndpointKind.DEMO for inputs in reveal.inputs[side]):
        return text("footprint.illustration")
    return text("footprint.measured" if reveal.sides[side].grade == "A" else "footprint.estimated")


def _equivalent(text: Text, equivalent: Equivalent | None) -> Markup:
    if equivalent is None:
        return Markup("")
    words = text("footprint.about", equivalent=equivalent.formatted(text.locale).text)
    entry = equivalent.entry
    return Markup('<dd class="equivalent" title="{scope}. {source} ({year})">{words}</dd>').format(
        scope=equivalent.scope(text.locale), source=entry.source, year=entry.year, words=words
    )


def _method(text: Text, reveal: FootprintReveal) -> str:
    methods = " + ".join(sorted({values.method for values in reveal.sides.values()}))
    grades = ", ".join(
        text("footprint.grade.of", side=side.upper(), grade=text(f"footprint.grade.{reveal.sides[side].grade}"))
        for side in Side
    )
    zones = {inputs.zone or "WOR" for side in Side for inputs in reveal.inputs[side]}
    named = ", ".join(sorted(zone_name(text, zone) for zone in zones))
    return text("footprint.method", method=methods, grades=grades, zones=named)
