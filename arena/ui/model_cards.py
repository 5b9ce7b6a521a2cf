"""The second reveal as escaped HTML: who wrote each answer, one card a model."""

from markupsafe import Markup

from arena.domain.side import Side
from arena.services.battles import BattleView, NameReveal
from arena.ui.cards import letter, section_heading
from arena.ui.footprint_words import length
from arena.ui.model_words import host, relative_use, size
from arena.ui.text import Text


def names(text: Text, view: BattleView) -> str:
    """Second reveal: one card a model."""
    reveal = view.names
    if reveal is None:
        return ""
    lengths = view.footprints.lengths if view.footprints else {}
    tokens = {side: length(text, counted) for side, counted in lengths.items()}
    cards = Markup("").join(_model(text, reveal, side, tokens.get(side, "")) for side in Side)
    return Markup('{}<div class="models">{}</div>').format(
        Markup(section_heading(text("reveal.names.heading"), "names-heading")), cards
    )


def _model(text: Text, reveal: NameReveal, side: Side, tokens: str) -> Markup:
    model = reveal.models[side]
    facts = [
        (text("model.maker"), model.maker),
        (text("model.size"), size(text, model)),
        (text("model.per_token"), relative_use(text, reveal.quintiles[side])),
        (text("model.openness"), text(f"model.openness.{model.openness}")),
        (text("model.licence"), model.licence),
        (text("model.released"), model.released),
        (text("model.host"), host(text, reveal.endpoints[side])),
        (text("model.tokens"), tokens),
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
        energy=text("model.size_times_length", size=size(text, model), tokens=tokens) if tokens else "",
    )
