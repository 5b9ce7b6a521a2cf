"""Transactions: one per store method, with every error of the database turned into our own."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, Select, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from arena.domain.event import EventState
from arena.errors import BattleNotFound, EventNotFound, EventNotOpen, StorageError
from arena.storage.engine import WRITE_QUEUE, WRITES, reason_of
from arena.storage.rows import BattleRow, EventRow, TableRow


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that reads. Raises StorageError."""
    with _transaction(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that writes, all or nothing. Raises StorageError."""
    queue = engine.get_execution_options().get(WRITE_QUEUE, nullcontext())
    with queue, _transaction(engine.execution_options(**{WRITES: True})) as session:
        yield session


@contextmanager
def _transaction(engine: Engine) -> Iterator[Session]:
    try:
        with Session(engine) as session, session.begin():
            yield session
    except SQLAlchemyError as error:
        # From None: a traceback of the database's own error quotes what people wrote.
        raise StorageError(reason_of(error)) from None


def insert_into(session: Session, row: type[TableRow]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy writes per database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(row)
    return sqlite.insert(row)


def columns_of(row: type[TableRow], *others: Any, without: Collection[str] = ()) -> Select[Any]:
    """A SELECT of the columns of a table, by their names, for thousands of rows: a SQLModel row costs 50 µs.

    Execute it on ``session.connection()``.
    """
    return sa.select(*(column for column in inspect(row).columns if column.name not in without), *others)


def lock_battle(session: Session, battle_id: str) -> None:
    """Make the other writers of this battle wait until the transaction ends. Raises BattleNotFound.

    PostgreSQL locks the row, in the mode that lets other tables point to it; SQLite has locked the file.
    """
    query = select(BattleRow.id).where(col(BattleRow.id) == battle_id).with_for_update(key_share=True)
    if session.exec(query).first() is None:
        raise BattleNotFound(f"no battle {battle_id!r}")


def hold_event_open(session: Session, event_id: str | None, *, to_spend: bool = False) -> None:
    """Let nobody close or delete this event until the transaction ends; nothing to do outside of any event.

    ``to_spend`` lets nobody else spend its budget either: whoever asks for that later, within the transaction,
    and waits for another one that did the same, would be waited for. Raises EventNotFound, EventNotOpen when it
    is closed already, or still a draft.
    """
    if event_id is None:
        return
    query = select(EventRow.state).where(EventRow.id == event_id)
    state = session.exec(query.with_for_update(read=not to_spend, key_share=to_spend)).first()
    if state is None:
        raise EventNotFound(f"no event {event_id!r}")
    if state != EventState.OPEN:
        raise EventNotOpen(state)


def lock_open_battle(session: Session, battle_id: str, *, to_spend: bool = False) -> str | None:
    """``lock_battle`` for what is taken only while the battle's event is open; the id of that event, if any.

    The event comes first, as in its deletion: two orders could lock each other out. ``to_spend``: see
    ``hold_event_open``. Raises BattleNotFound, EventNotOpen.
    """
    event_id = session.exec(select(BattleRow.event_id).where(BattleRow.id == battle_id)).first()
    hold_event_open(session, event_id, to_spend=to_spend)
    lock_battle(session, battle_id)
    return event_id
