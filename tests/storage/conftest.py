"""The same storage tests on SQLite and, when ARENA_TEST_POSTGRES says where, on PostgreSQL."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.engine import make_url

from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade
from arena.storage.footprints import FootprintStore
from arena.storage.rows import TableRow

from .making import make_battle

BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@contextmanager
def new_postgres_database() -> Iterator[str]:
    """The address of a database of its own, dropped afterwards."""
    server = os.environ.get("ARENA_TEST_POSTGRES")
    if not server:
        words = "ARENA_TEST_POSTGRES is not set: an address such as postgresql+psycopg://user@host/test"
        if os.environ.get("ARENA_TEST_REQUIRE_ALL") == "1":
            pytest.fail(words)
        pytest.skip(words)
    name = f"arena_test_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")  # no test cuts the power
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One database for the session, with the tables made once."""
    with new_postgres_database() as url:
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    on_sqlite = request.param == "sqlite"
    with nullcontext(f"sqlite:///{tmp_path}/empty.db") if on_sqlite else new_postgres_database() as url:
        yield url


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> str:
    """The address of a database whose tables exist and are empty."""
    if request.param == "postgres":
        address: str = request.getfixturevalue("postgres_url")
        return address
    shutil.copyfile(empty_database, tmp_path / "arena.db")
    return f"sqlite:///{tmp_path}/arena.db"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    with engine.begin() as connection:
        for table in reversed(TableRow.metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> BattleStore:
    return BattleStore(engine, catalogue_version="c0ffee", code_version="0.1.0")


@pytest.fixture
def footprints(engine: Engine) -> FootprintStore:
    return FootprintStore(engine)


@pytest.fixture
def battle_id(store: BattleStore) -> str:
    """A battle that is already in the store."""
    battle = make_battle()
    store.create_battle(battle)
    return battle.id
