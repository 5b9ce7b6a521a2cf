"""Makes rows fit to leave: random ids, times to the minute, texts only on request and without personal data."""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from arena.domain.dataset import FOUND, Columns, Kind
from arena.domain.dataset_rows import Row
from arena.domain.personal_data import redact

Cell = str | int | float | bool | datetime | None
Published = Mapping[str, Cell]  # every column of the dataset, in order
_IDS = (Kind.EVENT, Kind.BATTLE, Kind.VISITOR, Kind.VOTE)


class Publisher:
    """Publishes the rows of one event.

    ``key`` is the event's own: under another key the same person has another id, so that two events cannot be
    linked. Without ``texts`` what people and models wrote stays empty.
    """

    def __init__(self, columns: Columns, key: bytes, *, texts: bool) -> None:
        self._columns = columns
        self._key = key
        self._texts = texts

    def published(self, row: Row) -> Published:
        """Every column, in order; what is absent or an empty text is None."""
        cells: dict[str, Cell] = dict.fromkeys(column.name for column in self._columns)
        for column in self._columns:
            value = row.get(column.name)
            if value is None or value == "":
                continue
            if column.kind is Kind.WORDS:
                self._write_words(cells, column.name, str(value))
            else:
                cells[column.name] = self._cell(column.kind, value)
        return cells

    def random_id(self, kind: Kind, raw: str) -> str:
        """The id of a battle, a visitor, a vote or an event in the files of this event; 96 bits of an HMAC."""
        digest = hmac.digest(self._key, f"{kind}:{raw}".encode(), "sha256")
        return f"{kind}_{digest.hex()[:24]}"

    def _cell(self, kind: Kind, value: object) -> Cell:
        if kind in _IDS:
            return self.random_id(kind, str(value))
        if kind is Kind.DIALOGUE:
            return self._dialogue(value) if isinstance(value, Iterable) else None
        if isinstance(value, datetime):
            minute = value.replace(second=0, microsecond=0)
            return minute.timestamp() if kind is Kind.EPOCH else minute
        if isinstance(value, bool | int | float):
            return value
        return str(value)

    def _write_words(self, cells: dict[str, Cell], name: str, words: str) -> None:
        if not self._texts:
            return
        safe, found = redact(words)
        cells[name] = safe
        if name + FOUND in cells:
            cells[name + FOUND] = bool(found)

    def _dialogue(self, said: Iterable[tuple[str, str]]) -> str | None:
        if not self._texts:
            return None
        messages = [{"role": role, "content": redact(words).text} for role, words in said]
        return json.dumps(messages, ensure_ascii=False)
