"""Where tests keep their files, and the empty database that they copy."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from arena.storage.engine import open_engine, upgrade

MEMORY = Path("/dev/shm")  # a file system in memory, on Linux
ENOUGH_BYTES = 4_000_000_000


def pytest_configure(config: pytest.Config) -> None:
    """In memory where there is room: a commit that waits for a disk takes fifty times as long, and no test cuts power.

    ``TMPDIR`` or ``--basetemp`` says otherwise. Processes that tests start, browsers too, go with them.
    """
    is_free = "TMPDIR" not in os.environ and config.option.basetemp is None
    if is_free and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, made once and copied for each test: all migrations take 0.2 s."""
    file = tmp_path_factory.mktemp("tables") / "arena.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file
