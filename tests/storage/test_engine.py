"""Opening a database: addresses, folders, mistakes and what SQLite is told."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from arena.errors import StorageError
from arena.storage.engine import default_database_url, describe, open_engine, upgrade

SECRET = "s3cr3t"


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_the_default_database_is_in_the_users_data_folder_and_asking_makes_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    url = default_database_url()
    assert url.startswith("sqlite:///")
    assert url.endswith("arena.db")
    assert "cafe-ia-arena" in url
    assert not (tmp_path / "data").exists()


def test_opening_makes_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "with space" / "100%" / "arena.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    assert file.exists()


def test_sqlite_waits_syncs_each_commit_and_watches_foreign_keys(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    upgrade(engine)
    assert pragma(engine, "journal_mode") == "wal"
    assert pragma(engine, "synchronous") == 2  # FULL
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "secure_delete") == 1
    assert pragma(engine, "busy_timeout") == 5000
    engine.dispose()


def test_a_database_in_memory_is_one_database() -> None:
    engine = open_engine("sqlite://")
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM battle").scalar() == 0


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "mysql"])
def test_a_description_has_no_password(scheme: str) -> None:
    shown = describe(f"{scheme}://me:{SECRET}@host:5432/db?password={SECRET}")
    assert SECRET not in shown
    assert shown.startswith(f"{scheme}://me:")
    assert "host:5432/db" in shown


def test_an_unreadable_address_is_described_without_quoting_it() -> None:
    assert SECRET not in describe(f"postgresql://me:{SECRET}@host:port/db")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"{SECRET}", "unreadable"),
        (f"postgresql://me:{SECRET}@host:port/db", "unreadable"),
        (f"mysql://me:{SECRET}@host/db", "SQLite or PostgreSQL only"),
        (f"postgresql+asyncpg://me:{SECRET}@host/db", "SQLite or PostgreSQL only"),
        (f"postgres://me:{SECRET}@127.0.0.1:1/db", "does not open"),  # nothing listens on port 1
        ("sqlite:////proc/no/such/arena.db", "folder"),
        ("sqlite:////", "does not open"),
    ],
)
def test_an_unusable_address_is_refused_with_a_reason_and_without_the_password(url: str, reason: str) -> None:
    with pytest.raises(StorageError, match=reason) as caught:
        open_engine(url)
    assert SECRET not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("shopping list " * 100)
    with pytest.raises(StorageError, match="not a database"):
        open_engine(f"sqlite:///{tmp_path}/notes.txt")
