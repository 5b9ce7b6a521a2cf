"""The suggestions that ship with the arena."""

from arena.data import read_shipped
from arena.domain.suggestions import FILE, Suggestions, parse_suggestions


def load_suggestions() -> Suggestions:
    """Read the packaged suggestions. Raises CatalogueError when the file is wrong."""
    return parse_suggestions(read_shipped(FILE))
