"""The codebook: what every column of every dataset means, as codebook.yaml says it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from arena.domain.data_node import LOCALES, DataNode
from arena.domain.dataset import SCHEMAS, Dataset

FILE = "codebook.yaml"
Words = Mapping[str, str]  # by locale
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """What may stand in a name like ``model_{side}``: its words there and, for a quantity, its unit."""

    words: Words
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One column name. ``values`` names a vocabulary; ``since`` is the first version of the codebook that has it."""

    words: Words
    unit: str
    values: str
    since: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """All of codebook.yaml, with an entry for every column that exists and no other."""

    version: str
    title: Words
    notes: Mapping[str, tuple[str, ...]]
    headings: Mapping[str, Words]
    types: Mapping[str, Words]
    datasets: Mapping[Dataset, Words]
    vocabularies: Mapping[str, Mapping[str, Words]]
    entries: Mapping[str, Entry]


def parse_codebook(content: object) -> Codebook:
    """Read and check it. Raises CatalogueError, also for a column without an entry or an entry without a column."""
    top = DataNode(content, FILE)
    top.only("version", "title", "notes", "headings", "types", "datasets", "parts", "vocabularies", "columns")
    vocabularies = {name: _words_by_name(node) for name, node in top.at("vocabularies").named().items()}
    codebook = Codebook(
        version=top.at("version").text(),
        title=top.at("title").texts(),
        notes={locale: tuple(line.text() for line in top.at("notes").at(locale).each()) for locale in LOCALES},
        headings=_words_by_name(top.at("headings")),
        types=_words_by_name(top.at("types")),
        datasets={Dataset(name): words for name, words in _words_by_name(top.at("datasets")).items()},
        vocabularies=vocabularies,
        entries=dict(_entries(top)),
    )
    _check(top, codebook)
    return codebook


def _words_by_name(node: DataNode) -> dict[str, Words]:
    return {name: words.texts() for name, words in node.named().items()}


def _entries(top: DataNode) -> Iterator[tuple[str, Entry]]:
    parts = {place: _parts(node) for place, node in top.at("parts").named().items()}
    for pattern, node in top.at("columns").named().items():
        node.only(*LOCALES, "unit", "values", "since")
        places = _PLACE.findall(pattern)
        for filling in product(*(parts[place].items() for place in places)):
            chosen = dict(zip(places, filling, strict=True))
            names = {place: name for place, (name, _) in chosen.items()}
            units = [part.unit for _, part in chosen.values() if part.unit]
            yield (
                pattern.format(**names),
                Entry(
                    words={
                        locale: node.at(locale)
                        .text()
                        .format(**{p: part.words[locale] for p, (_, part) in chosen.items()})
                        for locale in LOCALES
                    },
                    unit=_text_or(node, "unit", *units),
                    values=_text_or(node, "values"),
                    since=node.at("since").text(),
                ),
            )


def _parts(node: DataNode) -> dict[str, Part]:
    found = {}
    for name, part in node.named().items():
        part.only(*LOCALES, "unit")
        found[name] = Part({locale: part.at(locale).text() for locale in LOCALES}, _text_or(part, "unit"))
    return found


def _text_or(node: DataNode, name: str, default: str = "") -> str:
    found = node.get(name)
    return default if found is None else found.text()


def _check(top: DataNode, codebook: Codebook) -> None:
    columns = {column.name: column for schema in SCHEMAS.values() for column in schema}
    if missing := sorted(set(columns) - set(codebook.entries)):
        raise top.at("columns").error(f"nothing is said of {', '.join(missing)}")
    if extra := sorted(set(codebook.entries) - set(columns)):
        raise top.at("columns").error(f"no dataset has {', '.join(extra)}")
    if missing := sorted(set(Dataset) - set(codebook.datasets)):
        raise top.at("datasets").error(f"nothing is said of {', '.join(missing)}")
    if missing := sorted({column.type for column in columns.values()} - set(codebook.types)):
        raise top.at("types").error(f"nothing is said of {', '.join(missing)}")
    named = {entry.values for entry in codebook.entries.values() if entry.values}
    if missing := sorted(named - set(codebook.vocabularies)):
        raise top.at("vocabularies").error(f"nothing is said of {', '.join(missing)}")
