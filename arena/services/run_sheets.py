"""The run sheets that ship with the arena."""

from importlib import resources

import yaml

from arena.domain.run_sheet import FILE, RunSheet, parse_run_sheets


def load_run_sheets() -> tuple[RunSheet, ...]:
    """Read the packaged run sheets, in the order of the file. Raises CatalogueError when the file is wrong."""
    text = resources.files("arena.data").joinpath(FILE).read_text(encoding="utf-8")
    return parse_run_sheets(yaml.safe_load(text))
