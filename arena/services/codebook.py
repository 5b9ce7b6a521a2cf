"""The codebook as files that go with an export: Markdown to read, CSV to process, in both languages."""

from collections.abc import Iterator, Mapping

from arena.data import read_shipped
from arena.domain.codebook import FILE, Codebook, parse_codebook
from arena.domain.data_node import LOCALES
from arena.domain.dataset import SCHEMAS, Column
from arena.services.table_files import table_csv

_COLUMNS = ("name", "type", "unit", "meaning", "values", "since")


def load_codebook() -> Codebook:
    """The codebook of this version of the arena. Raises CatalogueError for a column that it does not know."""
    return parse_codebook(read_shipped(FILE))


def codebook_files(codebook: Codebook) -> Mapping[str, bytes]:
    """Its four files by name."""
    return {
        **{f"codebook.{locale}.md": codebook_markdown(codebook, locale).encode() for locale in LOCALES},
        **{f"codebook.{locale}.csv": codebook_csv(codebook, locale) for locale in LOCALES},
    }


def codebook_markdown(codebook: Codebook, locale: str) -> str:
    """A table for each dataset."""
    return "\n".join([*_head(codebook, locale), *_tables(codebook, locale)]) + "\n"


def codebook_csv(codebook: Codebook, locale: str) -> bytes:
    """One row a column, in the dialect of the exports; the header is the same in every language."""
    rows = [
        [dataset, *_row(codebook, column, locale)] for dataset, schema in SCHEMAS.items() for column in schema
    ]  # fmt: skip
    return table_csv(["dataset", *_COLUMNS], rows)


def _head(codebook: Codebook, locale: str) -> Iterator[str]:
    yield f"# {codebook.title[locale]} ({codebook.version})\n"
    yield from (f"- {note}" for note in codebook.notes[locale])
    yield from (f"- `{name}` : {words[locale]}" for name, words in codebook.types.items())


def _tables(codebook: Codebook, locale: str) -> Iterator[str]:
    headings = [codebook.headings[name][locale] for name in _COLUMNS]
    for dataset, schema in SCHEMAS.items():
        yield f"\n## {dataset}\n\n{codebook.datasets[dataset][locale]}\n"
        yield _line(headings)
        yield _line(["---"] * len(headings))
        for column in schema:
            name, *rest = _row(codebook, column, locale)
            yield _line([f"`{name}`", *rest])


def _row(codebook: Codebook, column: Column, locale: str) -> list[str]:
    entry = codebook.entries[column.name]
    values = codebook.vocabularies.get(entry.values, {})
    return [
        column.name,
        column.type,
        entry.unit,
        entry.words[locale],
        " ; ".join(f"{value} = {words[locale]}" for value, words in values.items()),
        entry.since,
    ]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
