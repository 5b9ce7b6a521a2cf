"""Errors in words that a visitor or an organiser can act on."""

from decimal import Decimal

from arena.domain.figures import format_number
from arena.errors import ArenaError, NumberRefused, RequestError
from arena.ui.text import Text


def problem_words(text: Text, error: ArenaError) -> str:
    """The sentence for an error; never anything an endpoint or the database said."""
    if isinstance(error, NumberRefused):
        return text(error.key, most=format_number(Decimal(error.most), text.locale))
    values = error.values if isinstance(error, RequestError) else {}
    return text(error.key, **values)
