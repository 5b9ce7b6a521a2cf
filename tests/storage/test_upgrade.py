"""Migrations: from nothing to what rows.py says, twice, and by two processes at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from arena.errors import StorageError
from arena.storage.engine import open_engine, upgrade
from arena.storage.rows import TableRow

WORKER = Path(__file__).parent / "worker.py"


def words_of(index: ReflectedIndex) -> str:
    """An index in words: the condition of a partial one is an object without any of its own."""
    return str({**index, "dialect_options": {k: str(v) for k, v in index.get("dialect_options", {}).items()}})


def foreign_keys_of(engine: Engine, table: str) -> list[str]:
    """SQLite is asked itself: SQLAlchemy does not read what a foreign key of an added column does on deletion."""
    if engine.dialect.name != "sqlite":
        return sorted(map(str, inspect(engine).get_foreign_keys(table)))
    with engine.connect() as connection:
        keys = connection.execute(text(f"PRAGMA foreign_key_list({table})")).mappings()
        return sorted(str({name: key[name] for name in ("table", "from", "to", "on_delete")}) for key in keys)


def differences(engine: Engine) -> list[object]:
    """What Alembic would change, but for foreign keys on SQLite, see ``foreign_keys_of``."""
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), TableRow.metadata)
    unread = ("remove_fk", "add_fk") if engine.dialect.name == "sqlite" else ()
    return [change for change in found if change[0] not in unread]


def schema_of(engine: Engine) -> dict[str, list[str]]:
    """What the database itself says of its tables, CHECKs included."""
    looking = inspect(engine)
    return {
        name: [
            *map(str, looking.get_columns(name)),
            *foreign_keys_of(engine, name),
            *sorted(map(str, looking.get_unique_constraints(name))),
            *sorted(map(str, looking.get_check_constraints(name))),
            *sorted(map(words_of, looking.get_indexes(name))),
            str(looking.get_pk_constraint(name)),
        ]
        for name in looking.get_table_names()
        if name != "alembic_version"
    }


def test_the_migrations_lead_to_the_tables_of_the_code(empty_url: str) -> None:
    engine = open_engine(empty_url)
    upgrade(engine)
    assert differences(engine) == []
    migrated = schema_of(engine)
    with engine.begin() as connection:
        for table in reversed(TableRow.metadata.sorted_tables):
            table.drop(connection)
        TableRow.metadata.create_all(connection)
    assert schema_of(engine) == migrated
    engine.dispose()


def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    engine = open_engine(empty_url)
    upgrade(engine)
    before = schema_of(engine)
    upgrade(engine)
    assert schema_of(engine) == before
    engine.dispose()


def test_processes_that_start_together_upgrade_once(empty_url: str) -> None:
    command = [sys.executable, str(WORKER), "upgrade", empty_url]
    workers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    complaints = [worker.communicate(timeout=120)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], complaints
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(empty_url: str) -> None:
    engine = open_engine(empty_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="9999"):
        upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def test_no_column_is_made_for_what_identifies_a_person() -> None:
    forbidden = ("ip", "addr", "address", "agent", "browser", "email", "mail", "phone", "name", "host")
    columns = [f"{table.name}.{column.name}" for table in TableRow.metadata.sorted_tables for column in table.columns]
    suspects = [name for name in columns if set(name.split(".")[1].split("_")) & set(forbidden)]
    assert suspects == []
