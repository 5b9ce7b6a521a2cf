"""The first reveal as escaped HTML: what each answer took, how sure that is, what it rests on."""

from decimal import Decimal

from markupsafe import Markup

from arena.domain.figures import format_number
from arena.domain.footprint import ComparisonKind
from arena.domain.side import Side
from arena.services.battles import BattleView
from arena.services.footprint_reveal import FootprintReveal
from arena.ui.cards import letter, section_heading
from arena.ui.footprint_words import length, measured_sides, mix
from arena.ui.meter_words import measured_scopes
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
        comparison=comparison(text, reveal),
    )


def comparison(text: Text, reveal: FootprintReveal) -> str:
    """What may be said of both energies in one sentence."""
    found = reveal.comparison
    if found is None:
        return text("footprint.comparison.not_alike" if _is_mixed(reveal) else "footprint.comparison.none")
    if found.kind is ComparisonKind.SAME_ORDER or found.more is None or found.factor is None:
        return text("footprint.comparison.same_order")
    factor = format_number(Decimal(found.factor), text.locale)
    key = "footprint.comparison.more_measured" if measured_sides(reveal) else "footprint.comparison.times_more"
    return text(key, side=found.more.upper(), factor=factor)


def _is_mixed(reveal: FootprintReveal) -> bool:
    """Whether both sides have figures that do not count the same: a measure and an estimate, or two counters."""
    methods = {values.method for values in reveal.sides.values() if values.displayed}
    return len(methods) > 1 and bool(measured_sides(reveal))


def charts(text: Text, view: BattleView, reveal: FootprintReveal) -> Markup:
    """Three quantities side by side, two more for experts, and the mix they are shown under."""
    return Markup(
        '<p class="scope mix" role="status"{fixed}>{mix}</p><p class="scope">{moves}</p>'
        '<ul class="grades">{grades}</ul>'
        '<div class="quantities">{shown}</div>'
        '<details class="more"><summary>{more}</summary><p>{experts}</p>'
        '<div class="quantities">{hidden}</div></details>'
    ).format(
        fixed="" if reveal.may_change_mix else Markup(" data-fixed"),  # the style sheet hides the switch then
        mix=text("mix.shown", mix=mix(text, view, reveal)),
        moves=text("mix.moves"),
        grades=joined(_grade(text, reveal, side) for side in Side),
        shown=joined(quantity_card(text, reveal, name, key) for name, key in SHOWN.items()),
        more=text("footprint.experts"),
        experts=text("footprint.experts.what"),
        hidden=joined(quantity_card(text, reveal, name, key) for name, key in FOR_EXPERTS.items()),
    )


def _grade(text: Text, reveal: FootprintReveal, side: Side) -> Markup:
    """How sure the figures of an answer are."""
    words = text("footprint.grade.of", side=side.upper(), grade=text(f"footprint.grade.{reveal.sides[side].grade}"))
    return Markup('<li class="side-{side}">{letter}<span>{words}</span></li>').format(
        side=side.value, letter=letter(side), words=words
    )


def basis(text: Text, view: BattleView, reveal: FootprintReveal) -> Markup:
    """Size × length, what is counted, where the figures come from, and one question."""
    return Markup(
        '<h3>{title}</h3><p class="why">{why}</p><ul class="grades">{lengths}</ul>'
        '{scopes}<p class="sources">{method} <a href="/{locale}/{page}">{link}</a></p>'
        '<p class="need">{need}</p>'
    ).format(
        title=text("footprint.basis"),
        why=text("footprint.basis.why" if view.names else "footprint.basis.why.blind"),
        lengths=joined(_length(text, view, reveal, side) for side in Side),
        scopes=_scopes(text, reveal),
        method=method(text, reveal),
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


def _scopes(text: Text, reveal: FootprintReveal) -> Markup:
    """What is counted: of estimates together, of measures by side with what the counter read."""
    measured = measured_sides(reveal)
    sentences = [] if len(measured) == len(Side) else [text("footprint.scope")]
    for side in sorted(measured):
        sentences += [
            text("footprint.scope.side", side=side.upper(), scope=scope)
            for scope in measured_scopes(text, reveal.inputs[side])
        ]
    if measured:
        sentences.append(text("footprint.scope.measured"))
    return joined(Markup('<p class="scope">{}</p>').format(sentence) for sentence in sentences)


def method(text: Text, reveal: FootprintReveal) -> str:
    """Where the figures come from."""
    known = {values.method for values in reveal.sides.values() if values.displayed}
    methods = " + ".join(sorted(known or {values.method for values in reveal.sides.values()}))
    if not measured_sides(reveal):
        return text("footprint.method", method=methods)
    return text("footprint.method.mixed" if _is_mixed(reveal) else "footprint.method.measured", method=methods)
