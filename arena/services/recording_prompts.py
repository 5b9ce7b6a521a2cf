"""The prompts to record: a text file with one a line, or a YAML list of prompts with their language and theme."""

from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from arena.domain.data_node import LOCALES, DataNode
from arena.domain.recording_file import THEME
from arena.errors import CatalogueError, PromptRejected
from arena.services.prompts import PromptRules

YAML_SUFFIXES = (".yaml", ".yml")
MOST_BYTES = 1_000_000
FIELDS = ("prompt", "locale", "theme")


@dataclass(frozen=True, slots=True)
class PromptToRecord:
    """One prompt, the language of its reader, and the theme it belongs to, if any."""

    prompt: str
    locale: str
    theme: str | None = None


def read_prompts(path: Path, *, locale: str, rules: PromptRules) -> tuple[PromptToRecord, ...]:
    """The prompts of a file, each once. ``locale`` is that of those that name none.

    Blank lines and lines that begin with ``#`` are left out. Raises CatalogueError with the file and the line or
    field: a prompt must pass what a visitor's passes.
    """
    text = _read(path)
    prompts = _of_yaml(text, path.name, locale) if path.suffix.lower() in YAML_SUFFIXES else _of_lines(text, locale)
    if not prompts:
        raise CatalogueError("no prompt in it", file=path.name)
    checked = []
    for place, one in prompts.items():
        try:
            checked.append(replace(one, prompt=rules.checked(one.prompt)))
        except PromptRejected as error:
            raise CatalogueError(f"refused: {error.key}", file=path.name, field=place) from error
    return tuple(dict.fromkeys(checked))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise CatalogueError(f"larger than {MOST_BYTES // 1_000_000} MB", file=path.name)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise CatalogueError(error.strerror or "cannot be read", file=path.name) from error
    except UnicodeDecodeError as error:
        raise CatalogueError("not UTF-8", file=path.name) from error


def _of_lines(text: str, locale: str) -> dict[str, PromptToRecord]:
    lines = enumerate(map(str.strip, text.splitlines()), start=1)
    return {f"line {number}": PromptToRecord(line, locale) for number, line in lines if line and line[0] != "#"}


def _of_yaml(text: str, file: str, locale: str) -> dict[str, PromptToRecord]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CatalogueError("not YAML", file=file, line=mark.line + 1 if mark else 0) from error
    return {node.place: _of_node(node, locale) for node in DataNode(content, file, "prompts").each()}


def _of_node(node: DataNode, locale: str) -> PromptToRecord:
    node.only(*FIELDS)
    own, theme = node.get("locale"), node.get("theme")
    if own is not None and own.text() not in LOCALES:
        raise own.error(f"expected one of {', '.join(LOCALES)}")
    if theme is not None and not THEME.fullmatch(theme.text()):
        raise theme.error("expected an id in small letters")
    return PromptToRecord(node.at("prompt").text(), own.text() if own else locale, theme.text() if theme else None)
