"""A model in words: how big it is, where it stands among the others, who serves it."""

from decimal import Decimal

from arena.domain.catalogue import Endpoint, Model, Openness
from arena.domain.figures import format_number
from arena.domain.quantity import Range
from arena.domain.quintile import NoQuintile, Quintile
from arena.ui.text import Text, zone_name


def size(text: Text, model: Model) -> str:
    """Parameters as they were published, or supposed."""
    total, active = model.total_params_b, model.active_params_b
    if total is None:
        return text("model.size.unknown")
    key = "model.size.dense" if active in (None, total) else "model.size.moe"
    words = text(key, total=_billions(text, total), active=_billions(text, active or total))
    return text("model.size.supposed", size=words) if model.openness is Openness.CLOSED else words


def _billions(text: Text, count: Range) -> str:
    low, high = (format_number(Decimal(str(end)).normalize(), text.locale) for end in (count.low, count.high))
    return low if low == high else f"{low}–{high}"


def relative_use(text: Text, found: Quintile | NoQuintile) -> str:
    """The model's fifth of the catalogue, or why it stands in none."""
    return text(f"model.per_token.{found}")


def host(text: Text, endpoint: Endpoint | None) -> str:
    """Who serves the model and where, nothing when nobody knows any more."""
    if endpoint is None:
        return ""
    if endpoint.zone is None:
        return endpoint.name
    return text("model.host.zone", host=endpoint.name, zone=zone_name(text, endpoint.zone))
