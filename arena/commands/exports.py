"""Exports from the shell: the files that the organisers' page offers, and those that only the deployer may have."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from arena.commands.refusing import refuse, settings_or_exit
from arena.domain.dataset import LEAST_PEOPLE, OWN_DATASETS, Dataset, Format
from arena.domain.export_scope import Scope
from arena.errors import ArenaError, EventNotFound, TooFewPeople
from arena.opening import database_url_of
from arena.services.codebook import codebook_files, load_codebook
from arena.services.datasets import Datasets, Opening, Wish
from arena.services.export_files import write_files
from arena.settings import Settings
from arena.storage.datasets import DatasetStore
from arena.storage.engine import open_engine, upgrade


class Shape(StrEnum):
    """What ``--format`` takes: a format, or a table with the columns of others, which is written as CSV."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    COMPARIA = "comparia"
    LMARENA = "lmarena"

    @property
    def table(self) -> Dataset | None:
        """The table whose rows are fixed by the shape."""
        return Dataset(self) if self in (Shape.COMPARIA, Shape.LMARENA) else None


def export(
    out: Annotated[Path, typer.Option(help="Folder for the files; made if needed.")],
    event: Annotated[str | None, typer.Option(help="Code of the event.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All events, and what belongs to none.")] = False,
    shape: Annotated[Shape, typer.Option("--format", help="How rows are written.")] = Shape.CSV,
    dataset: Annotated[list[Dataset] | None, typer.Option(help="Which rows; all four by default.")] = None,
    texts: Annotated[bool, typer.Option("--texts", help="With what people and models wrote.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="With demonstration battles.")] = False,
    small: Annotated[bool, typer.Option("--small", help="Even about fewer than five people.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Write battles, votes, answers and footprints to files, with a codebook. No half file is ever left."""
    if (event is None) is not everything:
        raise typer.BadParameter("give --event CODE or --all, one of the two")
    settings = settings_or_exit()
    wishes = [Wish(one, form, texts, demo) for one, form in _wanted(shape, dataset)]
    try:
        with _opened(settings) as datasets:
            scopes = datasets.scopes(event.strip().upper() if event else None)
            opening = datasets.open(scopes, demo=demo, small=small)
            _tell_small(opening)
            files = {f"{wish.dataset}.{wish.format}": datasets.chunks(opening.opened, wish) for wish in wishes}
            sizes = write_files(out, {**files, **_codebook()}, force=force)
    except ArenaError as error:
        raise refuse(error) from error
    for path, size in sizes.items():
        typer.echo(f"{size:>12,} bytes  {path}")


def _wanted(shape: Shape, datasets: Sequence[Dataset] | None) -> list[tuple[Dataset, Format]]:
    if shape.table is not None:
        if datasets:
            raise typer.BadParameter(f"--format {shape} has rows of its own: leave out --dataset")
        return [(shape.table, Format.CSV)]
    chosen = tuple(dict.fromkeys(datasets or OWN_DATASETS))
    if not all(one.is_own for one in chosen):
        raise typer.BadParameter(f"--dataset is one of {', '.join(OWN_DATASETS)}; the others are formats")
    return [(one, Format(shape)) for one in chosen]


@contextmanager
def _opened(settings: Settings) -> Iterator[Datasets]:
    engine = open_engine(database_url_of(settings))
    try:
        upgrade(engine)
        yield Datasets(DatasetStore(engine))
    finally:
        engine.dispose()


def _tell_small(opening: Opening) -> None:
    """Raises TooFewPeople when nothing is left."""
    if not opening.opened and not opening.too_small:
        raise EventNotFound("nothing to export: nobody took part, or nothing of it may leave yet")
    words = f"fewer than {LEAST_PEOPLE} people, left out (--small lets the deployer have it): "
    names = ", ".join(map(_name_of, opening.too_small))
    if not opening.opened:
        raise TooFewPeople(words + names)
    if names:
        typer.echo(words + names, err=True)


def _name_of(scope: Scope) -> str:
    return f"event of {scope.held_on}" if scope.event_id else "battles of no event"


def _codebook() -> dict[str, list[bytes]]:
    return {name: [content] for name, content in codebook_files(load_codebook()).items()}
