"""The second reveal as escaped HTML: who wrote each answer, one card a model."""

from decimal import Decimal

from markupsafe import Markup

from arena.domain.battle import Answer, TokenSource
from arena.domain.catalogue import Model, Openness
from arena.domain.figures import format_number
from arena.domain.quantity import Range
from arena.domain.side import Side
from arena.services.battles import BattleView, NameReveal
from arena.ui.cards import letter, section_heading
from arena.ui.text import Text, zone_name


def names(text: Text, view: BattleView) -> str:
    """Second reveal: one card a model."""
    reveal = view.names
    if reveal is None:
        return ""
    cards = Markup("").join(_model(text, reveal, side) for side in Side)
    return Markup('{}<div class="models">{}</div>').format(
        Markup(section_heading(text("reveal.names.heading"), "names-heading")), cards
    )


def _model(text: Text, reveal: NameReveal, side: Side) -> Markup:
    model = reveal.models[side]
    facts = [
        (text("model.maker"), model.maker),
        (text("model.size"), _size(text, model)),
        (text("model.openness"), text(f"model.openness.{model.openness}")),
        (text("model.licence"), model.licence),
        (text("model.released"), model.released),
        (text("model.host"), _host(text, reveal, side)),
        (text("model.tokens"), _tokens(text, reveal.answers[side])),
    ]
    rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(term, fact) for term, fact in facts if fact)
    return Markup(
        '<section class="model side-{side}"><h3>{letter}{name}</h3><p>{description}</p><dl>{rows}</dl>'
        "<p>{energy}</p></section>"
    ).format(
        side=side.value,
        letter=letter(side),
        name=model.display_name,
        description=model.description.get(text.locale, ""),
        rows=rows,
        energy=_size_times_length(text, model, reveal.answers[side]),
    )


def _size(text: Text, model: Model) -> str:
    total, active = model.total_params_b, model.active_params_b
    if total is None:
        return text("model.size.unknown")
    key = "model.size.dense" if active in (None, total) else "model.size.moe"
    size = text(key, total=_billions(text, total), active=_billions(text, active or total))
    return text("model.size.supposed", size=size) if model.openness is Openness.CLOSED else size


def _billions(text: Text, size: Range) -> str:
    low, high = (format_number(Decimal(str(end)).normalize(), text.locale) for end in (size.low, size.high))
    return low if low == high else f"{low}–{high}"


def _host(text: Text, reveal: NameReveal, side: Side) -> str:
    endpoint = reveal.endpoints[side]
    if endpoint is None:
        return ""
    if endpoint.zone is None:
        return endpoint.name
    return text("model.host.zone", host=endpoint.name, zone=zone_name(text, endpoint.zone))


def _tokens(text: Text, answers: tuple[Answer, ...]) -> str:
    output = sum(answer.usage.output_tokens or 0 for answer in answers)
    reasoning = sum(answer.usage.reasoning_tokens or 0 for answer in answers)
    if any(answer.token_source is TokenSource.ESTIMATED for answer in answers):
        return text("model.tokens.estimated", output=output)
    key = "model.tokens.thought" if reasoning else "model.tokens.counted"
    return text(key, output=output, reasoning=reasoning)


def _size_times_length(text: Text, model: Model, answers: tuple[Answer, ...]) -> str:
    return text("model.size_times_length", size=_size(text, model), tokens=_tokens(text, answers))
