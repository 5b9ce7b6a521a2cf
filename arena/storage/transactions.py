"""Transactions: one per store method, with every error of the database turned into our own."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CursorResult, Engine, Executable, Select, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from arena.domain.event import EventState
from arena.errors import BattleNotFound, EventNotFound, EventNotOpen, StorageError
from arena.storage.engine import WRITE_QUEUE, WRITES, reason_of
from arena.storage.rows import BattleRow, EventRow, TableRow

Ran = CursorResult[Any]


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that reads. Raises StorageError."""
    with _transaction(engine, {}) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that writes, all or nothing. Raises StorageError."""
    queue = engine.get_execution_options().get(WRITE_QUEUE, nullcontext())
    with queue, _transaction(engine, {WRITES: True}) as session:
        yield session


@contextmanager
def _transaction(engine: Engine, options: Mapping[str, Any]) -> Iterator[Session]:
    try:
        with Session(engine) as session, session.begin():
            session.connection(execution_options=options)
            yield session
    except SQLAlchemyError as error:
        # From None: a traceback of the database's own error quotes what people wrote.
        raise StorageError(reason_of(error)) from None


def insert_into(session: Session, row: type[TableRow]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy writes per database."""
    return insert_for(dialect_of(session), row)


def insert_for(dialect: str, row: type[TableRow]) -> sqlite.Insert | postgresql.Insert:
    """``insert_into`` for a kind of database, of statements that are put together once; see ``run``."""
    return postgresql.insert(table_of(row)) if dialect == "postgresql" else sqlite.insert(table_of(row))


def dialect_of(session: Session) -> str:
    """The kind of database: ``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def table_of(row: type[TableRow]) -> sa.Table:
    """The table of a row, for statements that ``run`` executes."""
    table = inspect(row).local_table
    assert isinstance(table, sa.Table)
    return table


def run(session: Session, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] = ()) -> Ran:
    """Execute a statement on tables; its rows have the columns by name and are no objects of the session.

    With a statement that was put together once, as the battles of a whole room do, this takes a quarter of the time.
    """
    return session.connection().execute(statement, values or None)


def columns_of(row: type[TableRow], *others: Any, without: Collection[str] = ()) -> Select[Any]:
    """A SELECT of the columns of a table, by their names, for thousands of rows: a SQLModel row costs 50 µs.

    Execute it on ``session.connection()``.
    """
    return sa.select(*(column for column in inspect(row).columns if column.name not in without), *others)


_BATTLE, _EVENT = table_of(BattleRow).c, table_of(EventRow).c
_LOCK_BATTLE = sa.select(_BATTLE.id).where(_BATTLE.id == sa.bindparam("battle_id")).with_for_update(key_share=True)
_EVENT_OF = sa.select(_BATTLE.event_id).where(_BATTLE.id == sa.bindparam("battle_id"))
_HOLD_EVENT = {
    to_spend: sa.select(_EVENT.state)
    .where(_EVENT.id == sa.bindparam("event_id"))
    .with_for_update(read=not to_spend, key_share=to_spend)
    for to_spend in (False, True)
}


def lock_battle(session: Session, battle_id: str) -> None:
    """Make the other writers of this battle wait until the transaction ends. Raises BattleNotFound.

    PostgreSQL locks the row, in the mode that lets other tables point to it; SQLite has locked the file.
    """
    if run(session, _LOCK_BATTLE, {"battle_id": battle_id}).first() is None:
        raise BattleNotFound(f"no battle {battle_id!r}")


def hold_event_open(session: Session, event_id: str | None, *, to_spend: bool = False) -> None:
    """Let nobody close or delete this event until the transaction ends; nothing to do outside of any event.

    ``to_spend`` lets nobody else spend its budget either: whoever asks for that later, within the transaction,
    and waits for another one that did the same, would be waited for. Raises EventNotFound, EventNotOpen when it
    is closed already, or still a draft.
    """
    if event_id is None:
        return
    state = run(session, _HOLD_EVENT[to_spend], {"event_id": event_id}).scalar()
    if state is None:
        raise EventNotFound(f"no event {event_id!r}")
    if state != EventState.OPEN:
        raise EventNotOpen(state)


def lock_open_battle(session: Session, battle_id: str, *, to_spend: bool = False) -> str | None:
    """``lock_battle`` for what is taken only while the battle's event is open; the id of that event, if any.

    The event comes first, as in its deletion: two orders could lock each other out. ``to_spend``: see
    ``hold_event_open``. Raises BattleNotFound, EventNotOpen.
    """
    event_id: str | None = run(session, _EVENT_OF, {"battle_id": battle_id}).scalar()
    hold_event_open(session, event_id, to_spend=to_spend)
    lock_battle(session, battle_id)
    return event_id
