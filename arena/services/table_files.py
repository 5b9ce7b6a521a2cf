"""Tables as bytes: CSV that opens in a French spreadsheet, and JSON Lines. Both in constant memory."""

import csv
import io
from collections.abc import Generator, Iterable, Iterator
from datetime import datetime

import orjson

from arena.domain.dataset import Columns
from arena.domain.publishing import Cell, Published

CHUNK_BYTES = 64 * 1024
SEPARATOR = ";"  # what a French spreadsheet expects, its comma being decimal
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for another encoding
# A text cell that begins so may be run as a formula (OWASP, "CSV Injection"). Full-width forms count in Excel.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def csv_chunks(columns: Columns, rows: Iterable[Published]) -> Generator[bytes]:
    """The table as CSV with a header. Texts that look like a formula get an apostrophe in front."""
    return _chunked(_csv_lines([column.name for column in columns], rows))


def jsonl_chunks(rows: Iterable[Published]) -> Generator[bytes]:
    """One JSON object a line. Times end in Z."""
    return _chunked(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z) for row in rows)


def table_csv(header: list[str], rows: Iterable[list[str]]) -> bytes:
    """A small table of texts in the same dialect."""
    lines = _csv_lines(header, (dict(zip(header, row, strict=True)) for row in rows))
    return b"".join(lines)


def _csv_lines(header: list[str], rows: Iterable[Published]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=SEPARATOR)

    def line(cells: Iterable[object]) -> bytes:
        writer.writerow(cells)
        written = buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        return written

    yield BYTE_ORDER_MARK + line(header)
    for row in rows:
        yield line(map(_csv_cell, row.values()))


def _csv_cell(cell: Cell) -> object:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%SZ")
    return cell  # a number, as Python writes it: a negative one stays a number; None is an empty cell


def _chunked(lines: Iterable[bytes]) -> Generator[bytes]:
    """The same bytes in fewer pieces: a thread is left and entered once for each."""
    pieces: list[bytes] = []
    size = 0
    for line in lines:
        pieces.append(line)
        size += len(line)
        if size >= CHUNK_BYTES:
            yield b"".join(pieces)
            pieces, size = [], 0
    if pieces:
        yield b"".join(pieces)
