"""Vetted prompts for visitors who do not know what to ask, grouped by theme."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from arena.errors import CatalogueError

FILE = "suggestions.yaml"
LOCALES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Theme:
    """A group of suggestions. ``title`` is by locale."""

    id: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One prompt that can be sent as it is. ``text`` is by locale."""

    id: str
    theme_id: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Every theme and every suggestion, in the order of the file."""

    themes: tuple[Theme, ...]
    items: tuple[Suggestion, ...]

    def of_theme(self, theme_id: str) -> tuple[Suggestion, ...]:
        """The suggestions of one theme; empty for an unknown theme."""
        return tuple(item for item in self.items if item.theme_id == theme_id)

    def theme_of(self, prompt: str) -> str | None:
        """The theme of the suggestion that a prompt is, word for word in any language; None for free text."""
        return next((item.theme_id for item in self.items if prompt.strip() in item.text.values()), None)


def parse_suggestions(data: object) -> Suggestions:
    """Read ``{"themes": [{id, title, suggestions: [{id, fr, en}]}]}``. Raises CatalogueError."""
    themes: list[Theme] = []
    items: list[Suggestion] = []
    for place, entry in _entries(data, "themes"):
        theme = Theme(_text(entry, "id", place), _by_locale(entry.get("title"), f"{place}.title"))
        themes.append(theme)
        items.extend(_parse_items(entry, theme, place))
    _refuse_duplicates([theme.id for theme in themes], "themes")
    _refuse_duplicates([item.id for item in items], "suggestions")
    return Suggestions(tuple(themes), tuple(items))


def _parse_items(theme_data: Mapping[str, object], theme: Theme, place: str) -> list[Suggestion]:
    return [
        Suggestion(_text(entry, "id", where), theme.id, _by_locale(entry, where))
        for where, entry in _entries(theme_data, "suggestions", within=f"{place}.")
    ]


def _entries(data: object, key: str, *, within: str = "") -> list[tuple[str, Mapping[str, object]]]:
    """The mappings of the list under a key, each with the name of its place."""
    entries = _mapping(data, within or "top").get(key)
    if not isinstance(entries, list) or not entries:
        raise CatalogueError("a list with at least one entry is needed", file=FILE, field=within + key)
    places = [f"{within}{key}[{index}]" for index in range(len(entries))]
    return [(place, _mapping(entry, place)) for place, entry in zip(places, entries, strict=True)]


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise CatalogueError("a mapping is needed", file=FILE, field=place)
    return cast(Mapping[str, object], value)


def _by_locale(value: object, place: str) -> Mapping[str, str]:
    texts = _mapping(value, place)
    return {locale: _text(texts, locale, place) for locale in LOCALES}


def _text(entry: Mapping[str, object], key: str, place: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise CatalogueError("a text is needed", file=FILE, field=f"{place}.{key}")
    return value


def _refuse_duplicates(ids: list[str], place: str) -> None:
    repeated = sorted({item for item in ids if ids.count(item) > 1})
    if repeated:
        raise CatalogueError(f"used twice: {', '.join(repeated)}", file=FILE, field=place)
