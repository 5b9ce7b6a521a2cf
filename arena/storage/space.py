"""Gives back what erased rows leave behind: bytes in the write-ahead log, pages in the file."""

import sqlite3
from contextlib import closing, nullcontext

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import SQLAlchemyError

from arena.errors import StorageError
from arena.storage.engine import WRITE_QUEUE, reason_of
from arena.storage.rows import TableRow

# VACUUM writes the whole file anew while every other writer waits. A larger one keeps its pages, zeroed by
# secure_delete, and fills them again.
MOST_BYTES_TO_VACUUM = 64 * 2**20


def free_space(engine: Engine) -> None:
    """Leave no byte of what was erased, as far as the database allows; call it after the commit, on no hurry.

    Raises StorageError when it cannot be done now. The rows are gone all the same: on SQLite the file is free
    of their bytes at the next checkpoint, and the log goes when the arena stops.
    """
    try:
        if engine.dialect.name == "sqlite":
            _free_sqlite(engine)
        else:
            _free_postgres(engine)
    except sqlite3.Error as error:  # below SQLAlchemy nobody has wrapped it
        raise StorageError(f"{type(error).__name__}: {error}") from None
    except SQLAlchemyError as error:
        raise StorageError(reason_of(error)) from None


def _free_sqlite(engine: Engine) -> None:
    """Below SQLAlchemy, which would begin a transaction: VACUUM runs in none."""
    queue = engine.get_execution_options().get(WRITE_QUEUE, nullcontext())
    with queue, closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        try:
            if _is_worth_a_vacuum(cursor):
                cursor.execute("VACUUM")
        finally:  # the log holds what was written before: it goes even when the file cannot shrink now
            is_busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise StorageError("the write-ahead log is being read and keeps its bytes until its next checkpoint")


def _is_worth_a_vacuum(cursor: DBAPICursor) -> bool:
    free, used, size = (
        int(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("freelist_count", "page_count", "page_size")
    )
    return free > 0 and used * size <= MOST_BYTES_TO_VACUUM


def _free_postgres(engine: Engine) -> None:
    quoted = engine.dialect.identifier_preparer.format_table
    tables = ", ".join(quoted(table) for table in TableRow.metadata.sorted_tables)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {tables}")
