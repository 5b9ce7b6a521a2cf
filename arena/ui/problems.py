"""Errors in words that a visitor or an organiser can act on."""

from arena.errors import ArenaError, EventRejected, PromptRejected
from arena.ui.text import Text


def problem_words(text: Text, error: ArenaError) -> str:
    """The sentence for an error; never anything an endpoint or the database said."""
    values = error.values if isinstance(error, PromptRejected | EventRejected) else {}
    return text(error.key, **values)
