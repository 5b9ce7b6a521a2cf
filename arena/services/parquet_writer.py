"""Writes Parquet: JSON Lines in, Parquet out. Run as a process of its own, ``python -m arena.services.parquet_writer``.

The only pyarrow. It takes 40 MB for as long as a process lives, so that the process that serves never loads it.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from arena.domain.dataset import SCHEMAS, Columns, Dataset

ROWS_A_GROUP = 5000
_TYPES: Mapping[str, Any] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("ms", tz="UTC"),
}


def write_parquet(columns: Columns, lines: Iterable[bytes], out: IO[bytes]) -> None:
    """Write the rows of JSON lines as one Parquet file, a group of rows at a time."""
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in columns])
    times = [column.name for column in columns if column.type == "time"]
    with pq.ParquetWriter(pa.PythonFile(out, mode="w"), schema, compression="zstd") as writer:
        for group in _groups(lines):
            rows = [_with_times(orjson.loads(line), times) for line in group]
            writer.write_table(pa.Table.from_pylist(rows, schema))


def _groups(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    remaining = iter(lines)
    while group := list(islice(remaining, ROWS_A_GROUP)):
        yield group


def _with_times(row: dict[str, Any], times: list[str]) -> dict[str, Any]:
    for name in times:
        if row[name] is not None:
            row[name] = datetime.fromisoformat(row[name])
    return row


if __name__ == "__main__":
    write_parquet(SCHEMAS[Dataset(sys.argv[1])], sys.stdin.buffer, sys.stdout.buffer)
