"""Files in a folder: all or none, never half of one, never over one that is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.errors import ExportInterrupted, StorageError
from arena.services.export_files import write_files


def breaking() -> Iterator[bytes]:
    yield b"half"
    raise StorageError("gone")


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_all_files_are_written_into_a_folder_that_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    sizes = write_files(folder, {"a.csv": [b"12", b"3"], "b.csv": []})
    assert sizes == {folder / "a.csv": 3, folder / "b.csv": 0}
    assert (folder / "a.csv").read_bytes() == b"123"
    assert names_in(folder) == ["a.csv", "b.csv"]


def test_a_failure_leaves_no_file_not_even_those_that_were_complete(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_files(tmp_path, {"a.csv": [b"whole"], "b.csv": breaking()})
    assert names_in(tmp_path) == []


def test_a_failure_leaves_what_was_there_before(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    with pytest.raises(StorageError):
        write_files(tmp_path, {"a.csv": [b"new"], "b.csv": breaking()}, force=True)
    assert (tmp_path / "a.csv").read_bytes() == b"old"


def test_a_file_that_is_there_is_kept_and_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(b"old")
    with pytest.raises(ExportInterrupted, match=r"already there, use --force to replace: b\.csv"):
        write_files(tmp_path, {"a.csv": [b"new"], "b.csv": breaking()})
    assert names_in(tmp_path) == ["b.csv"]


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    def rival() -> Iterator[bytes]:
        (tmp_path / "a.csv").write_bytes(b"theirs")
        yield b"ours"

    with pytest.raises(ExportInterrupted):
        write_files(tmp_path, {"a.csv": rival()})
    assert (tmp_path / "a.csv").read_bytes() == b"theirs"


def test_force_replaces(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    write_files(tmp_path, {"a.csv": [b"new"]}, force=True)
    assert (tmp_path / "a.csv").read_bytes() == b"new"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(ExportInterrupted, match="taken"):
        write_files(tmp_path / "taken", {"a.csv": [b""]})
