"""The run sheets that ship with the arena."""

from arena.data import read_shipped
from arena.domain.run_sheet import FILE, RunSheet, parse_run_sheets


def load_run_sheets() -> tuple[RunSheet, ...]:
    """Read the packaged run sheets, in the order of the file. Raises CatalogueError when the file is wrong."""
    return parse_run_sheets(read_shipped(FILE))
