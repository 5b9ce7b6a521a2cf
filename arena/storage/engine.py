"""Opens the database, SQLite or PostgreSQL, and brings its tables up to date."""

from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from platformdirs import user_data_dir
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from arena.errors import StorageError
from arena.storage.census_notes import start_notes, stop_notes
from arena.storage.pair_tally import start_tally, stop_tally

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 4_207_001  # any number of our own: the key of PostgreSQL's advisory lock
WRITES = "arena_writes"  # execution option: this transaction will write
WRITE_QUEUE = "arena_write_queue"  # execution option: the lock in front of SQLite's own, see _open_sqlite
POSTGRES_NAMES = ("postgres", "postgresql", "postgresql+psycopg")

# FULL, because an acknowledged vote must survive kill -9 *and* a power cut: somebody will trip over the plug.
# In WAL mode NORMAL survives kill -9 only, as the log is synced at checkpoints and not at commits
# (https://www.sqlite.org/pragma.html#pragma_synchronous). FULL adds one fsync to a commit: 0.2 ms of a vote's
# 1.5 ms on a virtual machine with an SSD; tests/bench/bench_storage.py measures it on yours.
# secure_delete, because erased texts must not stay readable in the free pages of the file.
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-512",  # kB a connection; the file itself is in the memory of the system
)


def default_database_url() -> str:
    """A file in the user's data folder; ``open_engine`` makes the folder."""
    file = Path(user_data_dir("cafe-ia-arena", appauthor=False)) / "arena.db"
    return URL.create("sqlite", database=str(file)).render_as_string()


def folder_of(url: str) -> Path:
    """Where files that belong to a database are kept: beside it, or for one without a file in the user's folder."""
    address = _read_address(url)
    if address.drivername == "sqlite" and address.database not in (None, "", ":memory:"):
        return Path(str(address.database)).parent
    return Path(str(make_url(default_database_url()).database)).parent


def describe(url: str) -> str:
    """The address without its password, fit for a log or a terminal."""
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "(unreadable database address)"


def open_engine(url: str) -> Engine:
    """Open ``sqlite:///file`` or ``postgresql://…`` and connect once, so that a mistake shows at the start.

    Raises StorageError, whose message never holds a password.
    """
    address = _read_address(url)
    try:
        engine = _open_sqlite(address) if address.drivername == "sqlite" else _open_postgres(address)
        with engine.connect():
            return engine
    except ImportError:
        reason = "its driver is not installed: pip install 'arena[postgres]'"
    except OSError as error:
        reason = f"its folder cannot be made: {error.strerror}"
    except SQLAlchemyError as error:
        reason = f"it does not open: {reason_of(error)}"
    raise StorageError(f"{describe(url)}: {reason}")


def open_existing(url: str) -> Engine:
    """Open a database that somebody made before; ``open_engine`` would make an empty one. Raises StorageError."""
    address = _read_address(url)
    if address.drivername == "sqlite" and not (address.database and Path(address.database).is_file()):
        raise StorageError(f"{describe(url)}: there is no database yet")
    return open_engine(url)


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date in one transaction; a second process waits, then finds nothing to do.

    Raises StorageError when the database refuses, or was made by a newer version of the arena.
    """
    try:
        with engine.execution_options(**{WRITES: True}).connect() as connection:
            _migrate(connection)
    except CommandError as error:
        raise StorageError(f"the tables cannot be brought up to date: {error}") from error
    except SQLAlchemyError as error:
        raise StorageError(f"the tables cannot be brought up to date: {reason_of(error)}") from error


def reason_of(error: SQLAlchemyError) -> str:
    """What the database said, in one line and without the values: they are what people wrote.

    SQLAlchemy adds the parameters and PostgreSQL quotes the whole row, both from the second line on.
    """
    origin = getattr(error, "orig", None) or error
    first_line = next(iter(str(origin).splitlines()), "")
    return f"{type(origin).__name__}: {first_line}"


def _read_address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: the port is not a number
        raise StorageError("the database address is unreadable: sqlite:///file or postgresql://…") from None
    if address.drivername in POSTGRES_NAMES:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername in ("sqlite", "sqlite+pysqlite"):
        return address.set(drivername="sqlite")
    raise StorageError(f"{describe(url)}: the arena keeps its data in SQLite or PostgreSQL only")


def _open_sqlite(address: URL) -> Engine:
    """Connections may change threads; a database in memory has a single one, for which everyone queues.

    The writers of one process queue at a lock too. SQLite's own waiting is a sleep of up to 100 ms, then
    another try, without order: of 32 writers at once the unluckiest waited a second for a vote of 2 ms.
    """
    in_memory = address.database in (None, "", ":memory:")
    if not in_memory:
        Path(str(address.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(
        address,
        poolclass=QueuePool,
        pool_size=1 if in_memory else 8,
        max_overflow=0 if in_memory else 32,  # asyncio.to_thread has 32 threads at most
        # The driver opens no transaction by itself: _begin does.
        connect_args={"check_same_thread": False, "isolation_level": None},
        execution_options={WRITE_QUEUE: Lock()},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _open_postgres(address: URL) -> Engine:
    return create_engine(
        address,
        pool_size=8,
        max_overflow=32,
        pool_pre_ping=True,  # the server may have restarted
        connect_args={"connect_timeout": 5},
        hide_parameters=True,
    )


def _set_pragmas(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    """Take the write lock at the start of a transaction that will write.

    One that reads first and asks for the lock later fails at once when someone wrote in between: no timeout
    helps.
    """
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(connection: Connection) -> None:
    """On SQLite foreign keys rest meanwhile: rebuilding a table drops it, and what points to it would go too.

    The switch works only outside a transaction, hence below SQLAlchemy.
    """
    if connection.dialect.name != "sqlite":
        _run_migrations(connection)
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        _run_migrations(connection)
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _run_migrations(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        if set(ScriptDirectory.from_config(config).get_heads()) != set(_heads_of(connection)):
            stop_tally(connection)
            stop_notes(connection)
            command.upgrade(config, "head")
            start_tally(connection)
            start_notes(connection)
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise StorageError("the migration would leave rows that point to nothing: nothing was changed")


def _heads_of(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()
