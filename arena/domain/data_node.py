"""A value of a data file that knows where it stands, so that every complaint names file and field."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from arena.errors import CatalogueError

LOCALES = ("fr", "en")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class DataNode:
    """One value as YAML read it. Every reading method raises CatalogueError with the file and the field."""

    value: object
    file: str
    place: str = "top"

    def error(self, reason: str) -> CatalogueError:
        """What is wrong with this value, to be raised."""
        return CatalogueError(reason, file=self.file, field=self.place)

    def _mapping(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            raise self.error("a mapping is needed")
        return {str(key): value for key, value in self.value.items()}

    def only(self, *names: str) -> None:
        """Refuse fields with other names: a misspelt one would be silently forgotten."""
        unknown = sorted(set(self._mapping()) - set(names))
        if unknown:
            raise self.error(f"unknown field: {', '.join(unknown)}")

    def get(self, name: str) -> "DataNode | None":
        """A field that may be absent."""
        value = self._mapping().get(name)
        where = name if self.place == "top" else f"{self.place}.{name}"
        return None if value is None else DataNode(value, self.file, where)

    def at(self, name: str) -> "DataNode":
        """A field that must be there."""
        node = self.get(name)
        if node is None:
            raise DataNode(None, self.file, name if self.place == "top" else f"{self.place}.{name}").error("missing")
        return node

    def each(self) -> list["DataNode"]:
        """The entries of a list that is not empty."""
        if not isinstance(self.value, list) or not self.value:
            raise self.error("a list with at least one entry is needed")
        return [DataNode(value, self.file, f"{self.place}[{index}]") for index, value in enumerate(self.value)]

    def some(self, name: str) -> list["DataNode"]:
        """The entries of a list that may be absent."""
        node = self.get(name)
        return [] if node is None else node.each()

    def named(self) -> dict[str, "DataNode"]:
        """The fields of a mapping by name."""
        return {name: self.at(name) for name in self._mapping()}

    def text(self) -> str:
        """A text that is not blank, without the spaces around it."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.error("a text is needed")
        return self.value.strip()

    def word(self, vocabulary: type[E]) -> E:
        """A member of a vocabulary."""
        try:
            return vocabulary(self.text())
        except ValueError:
            raise self.error(f"expected one of {', '.join(vocabulary)}") from None

    def texts(self) -> Mapping[str, str]:
        """A text in each language, none missing."""
        self.only(*LOCALES)
        return {locale: self.at(locale).text() for locale in LOCALES}

    def number(self) -> Decimal:
        """A finite number above 0, exactly as it is written."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.error("a number is needed")
        number = Decimal(str(self.value))
        if not number.is_finite() or number <= 0:
            raise self.error("a number above 0 is needed")
        return number

    def whole(self) -> int:
        """A whole number above 0."""
        number = self.number()
        if not isinstance(self.value, int):
            raise self.error("a whole number is needed")
        return int(number)


def placeholders(words: str) -> set[str]:
    """The names in braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def refuse_unknown(node: DataNode, texts: Mapping[str, str], known: Iterable[str]) -> None:
    """Raise CatalogueError when a text asks for a number that its file does not hold."""
    unknown = sorted(set().union(*map(placeholders, texts.values())) - set(known))
    if unknown:
        raise node.error(f"no such amount: {', '.join(unknown)}")
