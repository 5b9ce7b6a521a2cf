"""Reads YAML without losing its line numbers: every complaint names the exact line and field."""

import difflib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from arena.data import LOADER
from arena.domain.quantity import Range
from arena.errors import CatalogueError

E = TypeVar("E", bound=StrEnum)

_TAG = "tag:yaml.org,2002:"
_TYPE_NAMES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "empty",
}


@dataclass(slots=True)
class Problems:
    """What is wrong with one file, in the order of discovery."""

    file: str
    found: list[CatalogueError] = field(default_factory=list)

    def add(self, reason: str, *, line: int, path: str = "") -> None:
        self.found.append(CatalogueError(reason, file=self.file, line=line, field=path))

    def raise_if_any(self) -> None:
        """Raise one CatalogueError that holds every problem, the first line first."""
        if self.found:
            first, *others = sorted(self.found, key=lambda problem: problem.line)
            raise CatalogueError(first.reason, file=self.file, line=first.line, field=first.field, others=others)


def read_document(path: Path) -> tuple[yaml.Node, bytes]:
    """The root node of a YAML file and its bytes. Raises CatalogueError when there is no document to read."""
    try:
        content = path.read_bytes()
        node = yaml.compose(content, Loader=LOADER)
    except OSError as error:
        raise CatalogueError(f"cannot be read: {error.strerror}", file=path.name) from error
    except yaml.YAMLError as error:
        raise _syntax_error(error, path.name) from None  # the original quotes the file, so maybe a key
    if node is None:
        raise CatalogueError("the file is empty", file=path.name, line=1)
    return node, content


def _syntax_error(error: yaml.YAMLError, file: str) -> CatalogueError:
    mark = getattr(error, "problem_mark", None)
    return CatalogueError(
        f"not valid YAML: {getattr(error, 'problem', None) or 'unreadable characters'}",
        file=file,
        line=mark.line + 1 if mark else 0,
    )


def line_of(node: yaml.Node) -> int:
    """The line of a node in its file, from 1."""
    return int(node.start_mark.line) + 1


def scalar_type(node: yaml.Node) -> str:
    """``str``, ``int``, ``float``, ``bool`` or ``null`` for a scalar, ``list`` or ``map`` for the rest."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.tag).removeprefix(_TAG)
    return "list" if isinstance(node, yaml.SequenceNode) else "map"


def _number(node: yaml.Node) -> float:
    """The value of an int or float node, as YAML reads it; not a number when it cannot be one."""
    reader = yaml.constructor.SafeConstructor()
    try:
        return float(reader.construct_object(node))
    except (ValueError, OverflowError):
        return math.nan


class Fields:
    """The fields of one mapping, each read by name; a wrong value is reported and replaced by its default."""

    def __init__(self, node: yaml.Node, path: str, problems: Problems, *, name_field: str = "") -> None:
        self.node = node
        self.path = path
        self.problems = problems
        self.separator = ": " if path else ""
        self._nodes: dict[str, yaml.Node] = {}
        self._known: set[str] = set()
        if isinstance(node, yaml.MappingNode):
            self._collect(node)
        else:
            problems.add("expected fields (name: value)", line=line_of(node), path=path)
        if name_field in self._nodes and scalar_type(self._nodes[name_field]) == "str":
            self.path = f"{path} {self._nodes[name_field].value}"

    def _collect(self, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            if str(key.value) in self._nodes:
                self.problems.add("written twice", line=line_of(key), path=self._path_of(str(key.value)))
            else:
                self._nodes[str(key.value)] = value

    def _path_of(self, name: str) -> str:
        return f"{self.path}{self.separator}{name}"

    def line(self, name: str) -> int:
        """The line of a field, or of the whole mapping when the field is absent."""
        return line_of(self._nodes.get(name, self.node))

    def complain(self, name: str, reason: str) -> None:
        self.problems.add(reason, line=self.line(name), path=self._path_of(name))

    def has(self, name: str) -> bool:
        """Whether a field is written with a value."""
        self._known.add(name)
        node = self._nodes.get(name)
        return node is not None and scalar_type(node) != "null"

    def require(self, *names: str) -> None:
        for name in names:
            if not self.has(name):
                self.complain(name, "missing")

    def finish(self) -> None:
        """Report the fields nobody asked for; their values are never repeated (one could be a key)."""
        for name, node in self._nodes.items():
            if name not in self._known:
                close = difflib.get_close_matches(name, self._known, n=1)
                hint = f" (did you mean {close[0]}?)" if close else ""
                self.problems.add(f"unknown field{hint}", line=line_of(node), path=self._path_of(name))

    def _typed(self, name: str, *types: str) -> yaml.Node | None:
        if not self.has(name):
            return None
        node = self._nodes[name]
        if scalar_type(node) in types:
            return node
        wanted = " or ".join(_TYPE_NAMES.get(kind, f"a {kind}") for kind in types)
        self.complain(name, f"expected {wanted}")
        return None

    def text(self, name: str, pattern: str = r"(?s).*\S.*", wanted: str = "some text") -> str:
        """A text that matches a pattern, stripped; empty when absent or wrong."""
        node = self._typed(name, "str")
        if node is None:
            return ""
        if re.fullmatch(pattern, str(node.value)) is None:
            self.complain(name, f"expected {wanted}")
            return ""
        return str(node.value).strip()

    def word(self, name: str, vocabulary: type[E], default: E) -> E:
        """A member of a vocabulary, read as written: YAML itself takes a bare ``no`` for false."""
        node = self._typed(name, "str", "bool")
        if node is None:
            return default
        words = [str(member) for member in vocabulary]
        if str(node.value) not in words:
            self.complain(name, f"expected one of {', '.join(words)}")
            return default
        return vocabulary(str(node.value))

    def flag(self, name: str) -> bool:
        node = self._typed(name, "bool")
        return node is not None and str(node.value).lower() in ("true", "yes", "on")

    def whole(self, name: str, default: int | None = None, allowed: Iterable[int] = ()) -> int | None:
        """A positive whole number, from a closed list if one is given."""
        node = self._typed(name, "int")
        if node is None:
            return default
        number, choices = _number(node), tuple(allowed)
        if not number >= 1 or (choices and number not in choices):
            wanted = f"one of {', '.join(map(str, choices))}" if choices else "a positive whole number"
            self.complain(name, f"expected {wanted}")
            return default
        return int(number)

    def span(self, name: str, *, within: Range | None = None) -> Range | None:
        """A number or [low, high]; above 0, or within given limits."""
        node = self._typed(name, "int", "float", "list")
        if node is None:
            return None
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if len(parts) not in (1, 2) or any(scalar_type(part) not in ("int", "float") for part in parts):
            self.complain(name, "expected a number or [low, high]")
            return None
        return self._checked_span(name, [_number(part) for part in parts], within)

    def _checked_span(self, name: str, ends: list[float], within: Range | None) -> Range | None:
        try:
            span = Range(ends[0], ends[-1])
        except ValueError as error:
            self.complain(name, str(error))
            return None
        if within is None and span.low <= 0:
            self.complain(name, "must be above 0")
        elif within is not None and span.low < within.low:
            self.complain(name, f"must be at least {within.low:g}")
        elif within is not None and span.high > within.high:
            self.complain(name, f"must be at most {within.high:g}")
        else:
            return span
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        node = self._typed(name, "list")
        if node is None:
            return ()
        if any(scalar_type(part) != "str" or not str(part.value).strip() for part in node.value):
            self.complain(name, "expected a list of texts")
            return ()
        return tuple(str(part.value).strip() for part in node.value)

    def fields(self, name: str) -> "Fields | None":
        """A mapping inside this one."""
        node = self._typed(name, "map")
        return None if node is None else Fields(node, self._path_of(name), self.problems)

    def each(self, name: str) -> Iterator["Fields"]:
        """The mappings of a list, each named by its place and its id."""
        node = self._typed(name, "list")
        for index, part in enumerate(node.value if node is not None else ()):
            yield Fields(part, f"{self._path_of(name)}[{index}]", self.problems, name_field="id")
