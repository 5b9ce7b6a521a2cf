"""Who wrote what, on the screen: two cards, once the room is shown names."""

from markupsafe import Markup

from arena.domain.side import Side
from arena.services.battles import NameReveal
from arena.ui.cards import letter
from arena.ui.model_words import host, size
from arena.ui.reading_parts import joined
from arena.ui.text import Text


def names(text: Text, reveal: NameReveal) -> Markup:
    """One card a model."""
    return Markup('<h1 class="unseen">{}</h1><div class="models">{}</div>').format(
        text("screen.names"), joined(_card(text, reveal, side) for side in Side)
    )


def _card(text: Text, reveal: NameReveal, side: Side) -> Markup:
    model = reveal.models[side]
    openness = [text(f"model.openness.{model.openness}"), *([model.licence] if model.licence else [])]
    facts = {
        "model.maker": model.maker,
        "model.size": size(text, model),
        "model.openness": ", ".join(openness),
        "model.released": model.released,
        "model.host": host(text, reveal.endpoints[side]),
    }
    rows = joined(
        Markup("<div><dt>{}</dt> <dd>{}</dd></div>").format(text(key), fact) for key, fact in facts.items() if fact
    )
    return Markup('<section class="model side-{}"><h2>{}<span>{}</span></h2><dl>{}</dl></section>').format(
        side.value, letter(side), model.display_name, rows
    )
