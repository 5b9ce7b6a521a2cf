"""Exports: who may be exported, under which random ids, and the files as streams of bytes."""

import asyncio
import secrets
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from arena.domain.dataset import LEAST_PEOPLE, SCHEMAS, Dataset, Format
from arena.domain.dataset_rows import rows_of
from arena.domain.export_scope import Census, Scope
from arena.domain.publishing import Published, Publisher
from arena.errors import TooFewPeople
from arena.services.parquet import parquet_chunks, require_parquet
from arena.services.table_files import csv_chunks, jsonl_chunks
from arena.storage.datasets import DatasetStore


@dataclass(frozen=True, slots=True)
class Wish:
    """One file: which rows in which format, with what people and models wrote or not, with scripted answers or not."""

    dataset: Dataset
    format: Format = Format.CSV
    texts: bool = False
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A scope that may be exported, and the key of its random ids."""

    scope: Scope
    key: bytes


@dataclass(frozen=True, slots=True)
class Overview:
    """What the files of an event would hold, and whether that is about enough people."""

    census: Census
    has_enough_people: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What may be exported, and what would be about too few people."""

    opened: tuple[Opened, ...]
    too_small: tuple[Scope, ...]


class Datasets:
    """Opens events for export and writes their files. Every method raises StorageError."""

    def __init__(self, store: DatasetStore) -> None:
        self._store = store

    async def open_event(self, event_id: str, wish: Wish) -> Opened:
        """One event, for a file. Raises EventNotFound, TooFewPeople, ParquetMissing."""
        return await asyncio.to_thread(self._open_event, event_id, wish)

    async def overview(self, event_id: str, *, demo: bool = False) -> Overview:
        """What an export of an event would hold and leave out. Raises EventNotFound."""
        return await asyncio.to_thread(self._overview, event_id, demo=demo)

    # -- on a worker thread, or in a command -------------------------------------------------

    def scopes(self, code: str | None) -> tuple[Scope, ...]:
        """The event of a code, or everything. Raises EventNotFound."""
        return self._store.scopes() if code is None else (self._store.event_with_code(code),)

    def open(self, scopes: Iterable[Scope], *, demo: bool, small: bool = False) -> Opening:
        """Sort out what is about fewer than five people, unless ``small`` lets it through."""
        opened, too_small = [], []
        for scope in scopes:
            people = self._store.count_people(scope, demo=demo)
            if people >= LEAST_PEOPLE or (small and people):
                opened.append(Opened(scope, self._key_of(scope)))
            elif people:
                too_small.append(scope)
        return Opening(tuple(opened), tuple(too_small))

    def chunks(self, opened: Sequence[Opened], wish: Wish) -> Generator[bytes]:
        """One file, piece by piece, read from the database as it is asked for. Raises ParquetMissing.

        It may be closed at any time; nothing stays open.
        """
        rows = self._rows(opened, wish)
        if wish.format is Format.CSV:
            return csv_chunks(SCHEMAS[wish.dataset], rows)
        if wish.format is Format.JSONL:
            return jsonl_chunks(rows)
        return parquet_chunks(wish.dataset, jsonl_chunks(rows))

    def _open_event(self, event_id: str, wish: Wish) -> Opened:
        if wish.format is Format.PARQUET:
            require_parquet()
        opening = self.open([self._store.event(event_id)], demo=wish.demo)
        if not opening.opened:
            raise TooFewPeople(f"fewer than {LEAST_PEOPLE} people")
        return opening.opened[0]

    def _overview(self, event_id: str, *, demo: bool) -> Overview:
        scope = self._store.event(event_id)
        people = self._store.count_people(scope, demo=demo)
        return Overview(self._store.census(scope, demo=demo), people >= LEAST_PEOPLE)

    def _key_of(self, scope: Scope) -> bytes:
        """An event keeps its key, so that its files go together; what belongs to none gets one for this time only."""
        fresh = secrets.token_hex(32)
        return bytes.fromhex(fresh if scope.event_id is None else self._store.key_of(scope.event_id, fresh))

    def _rows(self, opened: Sequence[Opened], wish: Wish) -> Iterator[Published]:
        for one in opened:
            publisher = Publisher(SCHEMAS[wish.dataset], one.key, texts=wish.texts)
            for page in self._store.pages(one.scope, wish.dataset, demo=wish.demo):
                for record in page:
                    yield from map(publisher.published, rows_of(wish.dataset, record))
