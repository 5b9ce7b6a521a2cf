"""The content of a data file, as YAML reads it."""

from importlib import resources
from typing import Any

import yaml


def data_file(name: str) -> dict[str, Any]:
    """A fresh copy, to be changed at will."""
    content: dict[str, Any] = yaml.safe_load(resources.files("arena.data").joinpath(name).read_text(encoding="utf-8"))
    return content
