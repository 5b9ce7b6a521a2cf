"""The words of the interface: one JSON file a language, the same keys in each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

LOCALES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of one language, by key."""

    locale: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its values filled in. Raises KeyError for a key that does not exist."""
        template = self.entries[key]
        return template.format(**values) if values else template


def load_text(locale: str) -> Text:
    """Read one language from the package."""
    source = resources.files("arena.ui").joinpath("locales", f"{locale}.json")
    return Text(locale, json.loads(source.read_text(encoding="utf-8")))


def zone_name(text: Text, zone: str) -> str:
    """The name of an electricity zone; a code without one is a country code and stays as it is."""
    key = f"zone.{zone}"
    return text(key) if key in text.entries else zone
