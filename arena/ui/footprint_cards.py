"""The first reveal as escaped HTML: what each answer took, how sure that is, what it rests on."""

from decimal import Decimal

from markupsafe import Markup

from arena.domain.figures import format_number
from arena.domain.footprint import ComparisonKind, Grade
from arena.domain.side import Side
from arena.services.battles import BattleView
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.cards import letter, section_heading
from arena.ui.footprint_words import length, mix
from arena.ui.meter_words import meter_scope
from arena.ui.model_words import size
from arena.ui.quantity_cards import FOR_EXPERTS, SHOWN, quantity_card
from arena.ui.reading import METHOD
from arena.ui.reading_parts import joined
from arena.ui.text import Text


def opening(text: Text, view: BattleView, reveal: FootprintReveal) -> Markup:
    """The heading, what is still hidden, and the honest comparison."""
    return Markup('{heading}{blind}<p class="comparison">{comparison}</p>').format(
        heading=Markup(section_heading(text("reveal.footprints.heading"), "footprints-heading")),
        blind=Markup('<p class="scope">{}</p>').format(text("reveal.footprints.still_blind")) if not view.names else "",
        comparison=_comparison(text, reveal),
    )


def _comparison(text: Text, reveal: FootprintReveal) -> str:
    comparison = reveal.comparison
    if comparison is None:
        return text("footprint.comparison.none")
    if comparison.kind is ComparisonKind.SAME_ORDER or comparison.more is None or comparison.factor is None:
        return text("footprint.comparison.same_order")
    factor = format_number(Decimal(comparison.factor), text.locale)
    return text("footprint.comparison.times_more", side=comparison.more.upper(), factor=factor)


def charts(text: Text, view: BattleView, reveal: FootprintReveal) -> Markup:
    """Three quantities side by side, two more for experts, and the mix they are shown under."""
    return Markup(
        '<p class="scope mix" role="status">{mix}</p><p class="scope">{moves}</p>'
        '<ul class="grades">{grades}</ul>{unlike}'
        '<div class="quantities">{shown}</div>'
        '<details class="more"><summary>{more}</summary><p>{experts}</p>'
        '<div class="quantities">{hidden}</div></details>'
    ).format(
        mix=text("mix.shown", mix=mix(text, view, reveal)),
        moves=text("mix.moves"),
        grades=joined(_grade(text, reveal, side) for side in Side),
        unlike=_unlike(text, reveal),
        shown=joined(quantity_card(text, reveal, name, key) for name, key in SHOWN.items()),
        more=text("footprint.experts"),
        experts=text("footprint.experts.what"),
        hidden=joined(quantity_card(text, reveal, name, key) for name, key in FOR_EXPERTS.items()),
    )


def _grade(text: Text, reveal: FootprintReveal, side: Side) -> Markup:
    """How sure the figures of an answer are, and what a counter counted."""
    grade = text(f"footprint.grade.{reveal.sides[side].grade}")
    readings = [inputs.reading for inputs in reveal.inputs[side] if inputs.reading is not None]
    return Markup('<li class="side-{side}">{letter}<span>{words}{readings}</span></li>').format(
        side=side.value,
        letter=letter(side),
        words=text("footprint.grade.of", side=side.upper(), grade=grade),
        readings=joined(Markup("<br>{}").format(meter_scope(text, reading)) for reading in readings),
    )


def _unlike(text: Text, reveal: FootprintReveal) -> Markup:
    """Said where a measure and an estimate stand on one scale."""
    known = [values for values in reveal.sides.values() if values.no_figure_reason is None]
    if len({values.grade == Grade.A for values in known}) < len(Side):
        return Markup("")
    return Markup('<p class="notice">{}</p>').format(text("footprint.unlike"))


def basis(text: Text, view: BattleView, reveal: FootprintReveal) -> Markup:
    """Size × length, what is counted, where the figures come from, and one question."""
    methods = " + ".join(sorted({values.method for values in reveal.sides.values()}))
    return Markup(
        '<h3>{title}</h3><p class="why">{why}</p><ul class="grades">{lengths}</ul>'
        '<p class="scope">{scope}</p><p class="sources">{method} <a href="/{locale}/{page}">{link}</a></p>'
        '<p class="need">{need}</p>'
    ).format(
        title=text("footprint.basis"),
        why=text("footprint.basis.why" if view.names else "footprint.basis.why.blind"),
        lengths=joined(_length(text, view, reveal, side) for side in Side),
        scope=text("footprint.scope"),
        method=text("footprint.method", method=methods),
        locale=text.locale,
        page=METHOD,
        link=text("footprint.method.link"),
        need=text("footprint.need"),
    )


def _length(text: Text, view: BattleView, reveal: FootprintReveal, side: Side) -> Markup:
    words = length(text, reveal.lengths[side])
    if view.names:
        words = text("footprint.basis.product", size=size(text, view.names.models[side]), tokens=words)
    return Markup(
        '<li class="side-{side}">{letter}<span><span class="unseen">{name} </span>{words}</span></li>'
    ).format(side=side.value, letter=letter(side), name=text("footprint.side", side=side.upper()), words=words)
