"""Data files shipped with the program, each with its sources."""

from importlib import resources
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, where PyYAML was built with it: ten times faster


def read_shipped(name: str) -> Any:
    """What the YAML file of that name in this package holds. Raises FileNotFoundError, yaml.YAMLError."""
    return yaml.load(resources.files(__name__).joinpath(name).read_text(encoding="utf-8"), Loader=LOADER)
