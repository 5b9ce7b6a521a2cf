"""The first reveal as escaped HTML: what each answer cost."""

from collections.abc import Callable
from decimal import Decimal

from markupsafe import Markup

from arena.domain.catalogue import EndpointKind
from arena.domain.equivalents import Equivalent
from arena.domain.figures import common_unit, format_number, format_range
from arena.domain.footprint import ComparisonKind, Grade
from arena.domain.provenance import Band, FootprintInputs
from arena.domain.side import Side
from arena.services.battles import BattleView, FootprintReveal
from arena.ui.cards import letter, section_heading
from arena.ui.meter_words import measured_scopes
from arena.ui.text import Text, zone_name

SHOWN = {"energy": "energy_wh", "gwp": "gwp_g", "water": "water_ml"}
OF_A_MEASURE = {**SHOWN, "gwp": "gwp_usage_g"}  # a counter knows nothing of the making
EquivalentOf = Callable[[Band, str], Equivalent | None]


def footprints(text: Text, view: BattleView, equivalent_of: EquivalentOf) -> str:
    """First reveal: three quantities as ranges, the honest comparison, scopes and method."""
    reveal = view.footprints
    if reveal is None:
        return ""
    quantities = Markup("").join(_quantity(text, reveal, name, equivalent_of) for name in SHOWN)
    return Markup(
        '{heading}{blind}<p class="comparison">{comparison}</p><div class="quantities">{quantities}</div>'
        '{scopes}<p class="sources">{method}</p><p class="need">{need}</p>'
    ).format(
        heading=Markup(section_heading(text("reveal.footprints.heading"), "footprints-heading")),
        blind=_still_blind(text, view),
        comparison=_comparison(text, reveal),
        quantities=quantities,
        scopes=_scopes(text, reveal),
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
        return text("footprint.comparison.not_alike" if _is_mixed(reveal) else "footprint.comparison.none")
    if comparison.kind is ComparisonKind.SAME_ORDER or comparison.more is None or comparison.factor is None:
        return text("footprint.comparison.same_order")
    factor = format_number(Decimal(comparison.factor), text.locale)
    key = "footprint.comparison.more_measured" if _measured(reveal) else "footprint.comparison.times_more"
    return text(key, side=comparison.more.upper(), factor=factor)


def _quantity(text: Text, reveal: FootprintReveal, name: str, equivalent_of: EquivalentOf) -> Markup:
    """One quantity, A and B in one unit so that they can be read side by side."""
    measured = _measured(reveal)
    keys = {side: (OF_A_MEASURE if side in measured else SHOWN)[name] for side in Side}
    bands = {side: reveal.sides[side].displayed.get(keys[side]) for side in Side}
    lines = Markup("").join(
        Markup('<div class="side-{side}"><dt>{letter}{title}</dt>{amount}</div>').format(
            side=side.value,
            letter=letter(side),
            title=text("footprint.side", side=side.upper()),
            amount=_amount(text, reveal, side, bands, equivalent_of, keys[side]),
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
        words = text(reason) if reason else text("footprint.none.not_metered") if side in _measured(reveal) else ""
        return Markup("<dd>{} {}</dd>").format(text("footprint.no_figure"), words)
    unit = common_unit([known for known in bands.values() if known], key)
    written = format_range(band, key, text.locale, unit=unit)
    return Markup(
        '<dd><span class="amount" aria-hidden="true">{amount}</span><span class="unseen">{spoken}</span> '
        '<span class="kind">{kind}</span></dd>{equivalent}'
    ).format(
        amount=written.text,
        spoken=written.spoken,
        kind=_kind(text, reveal, side, key),
        equivalent=_equivalent(text, equivalent_of(band, key)),
    )


def _kind(text: Text, reveal: FootprintReveal, side: Side, key: str) -> str:
    if any(inputs.endpoint_kind == EndpointKind.DEMO for inputs in reveal.inputs[side]):
        return text("footprint.illustration")
    if side not in _measured(reveal):
        return text("footprint.estimated")
    return text("footprint.measured" if key == "energy_wh" else "footprint.from_measure")


def _measured(reveal: FootprintReveal) -> frozenset[Side]:
    return frozenset(side for side in Side if reveal.sides[side].grade == Grade.A)


def _with_figure(reveal: FootprintReveal) -> list[Side]:
    return [side for side in Side if reveal.sides[side].displayed]


def _is_mixed(reveal: FootprintReveal) -> bool:
    """Whether both sides have figures that do not count the same: a measure and an estimate, or two counters."""
    methods = {reveal.sides[side].method for side in _with_figure(reveal)}
    return len(methods) > 1 and bool(_measured(reveal))


def _scopes(text: Text, reveal: FootprintReveal) -> Markup:
    """What is counted: of estimates together, of measures by side with what the counter read."""
    measured = _measured(reveal)
    sentences = [] if len(measured) == len(Side) else [text("footprint.scope")]
    for side in sorted(measured):
        sentences += [
            text("footprint.scope.side", side=side.upper(), scope=scope)
            for scope in measured_scopes(text, reveal.inputs[side])
        ]
    if measured:
        sentences.append(text("footprint.scope.measured"))
    return Markup("").join(Markup('<p class="scope">{}</p>').format(sentence) for sentence in sentences)


def _equivalent(text: Text, equivalent: Equivalent | None) -> Markup:
    if equivalent is None:
        return Markup("")
    words = text("footprint.about", equivalent=equivalent.formatted(text.locale).text)
    entry = equivalent.entry
    return Markup('<dd class="equivalent" title="{scope}. {source} ({year})">{words}</dd>').format(
        scope=equivalent.scope(text.locale), source=entry.source, year=entry.year, words=words
    )


def _method(text: Text, reveal: FootprintReveal) -> str:
    sides = _with_figure(reveal) or list(Side)
    methods = " + ".join(sorted({reveal.sides[side].method for side in sides}))
    grades = ", ".join(
        text("footprint.grade.of", side=side.upper(), grade=text(f"footprint.grade.{reveal.sides[side].grade}"))
        for side in Side
    )
    zones = {zone for side in sides for inputs in reveal.inputs[side] if (zone := _zone(inputs))}
    named = ", ".join(sorted(zone_name(text, zone) for zone in zones))
    if not _measured(reveal):
        return text("footprint.method", method=methods, grades=grades, zones=named)
    key = "footprint.method.mixed" if _is_mixed(reveal) else "footprint.method.measured"
    words = text(key, method=methods, grades=grades)
    return f"{words} {text('footprint.zones', zones=named)}" if named else words


def _zone(inputs: FootprintInputs) -> str | None:
    """Whose electricity an answer is counted with: an estimate without a zone takes the world's, a measure none."""
    return inputs.zone or ("WOR" if inputs.reading is None else None)
