"""``python -m arena``: the same as the ``arena`` command."""

from arena.cli import app

app()
