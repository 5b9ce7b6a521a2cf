"""The words of the interface: one JSON file a language, the same keys in each."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from arena.domain.figures import NO_BREAK_SPACE

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
    entries: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
    return Text(locale, {key: without_orphans(words) for key, words in entries.items()})


def without_orphans(words: str) -> str:
    """No line may begin with a French mark: the space before it, or after a quote that opens, does not break."""
    return re.sub(r" (?=[:;?!»×])|(?<=[«×]) ", NO_BREAK_SPACE, words)


def zone_name(text: Text, zone: str) -> str:
    """The name of an electricity zone; a code without one is a country code and stays as it is."""
    key = f"zone.{zone}"
    return text(key) if key in text.entries else zone
