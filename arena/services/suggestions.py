"""The suggestions that ship with the arena."""

from importlib import resources

import yaml

from arena.domain.suggestions import FILE, Suggestions, parse_suggestions


def load_suggestions() -> Suggestions:
    """Read the packaged suggestions. Raises CatalogueError when the file is wrong."""
    text = resources.files("arena.data").joinpath(FILE).read_text(encoding="utf-8")
    return parse_suggestions(yaml.safe_load(text))
