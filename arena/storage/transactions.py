"""Transactions: one per store method, with every error of the database turned into our own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Engine
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


def lock_battle(session: Session, battle_id: str) -> None:
    """Make the other writers of this battle wait until the transaction ends. Raises BattleNotFound.

    PostgreSQL locks the row, in the mode that lets other tables point to it; SQLite has locked the file.
    """
    query = select(BattleRow.id).where(col(BattleRow.id) == battle_id).with_for_update(key_share=True)
    if session.exec(query).first() is None:
        raise BattleNotFound(f"no battle {battle_id!r}")


def hold_event_open(session: Session, event_id: str | None) -> None:
    """Let nobody close or delete this event until the transaction ends; nothing to do outside of any event.

    Raises EventNotFound, EventNotOpen when it is closed already, or still a draft.
    """
    if event_id is None:
        return
    state = session.exec(select(EventRow.state).where(EventRow.id == event_id).with_for_update(read=True)).first()
    if state is None:
        raise EventNotFound(f"no event {event_id!r}")
    if state != EventState.OPEN:
        raise EventNotOpen(state)


def lock_open_battle(session: Session, battle_id: str) -> None:
    """``lock_battle`` for what is taken only while the battle's event is open. Raises BattleNotFound, EventNotOpen.

    The event comes first, as in its deletion: two orders could lock each other out.
    """
    event_id = session.exec(select(BattleRow.event_id).where(BattleRow.id == battle_id)).first()
    hold_event_open(session, event_id)
    lock_battle(session, battle_id)
