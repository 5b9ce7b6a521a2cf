"""Where a database lies: what is free there, and folders that no database belongs into."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from arena.errors import StorageError
from arena.storage.disk import DiskStore


def on_file(folder: Path) -> Engine:
    """An engine that never connects."""
    return create_engine(f"sqlite:///{folder}/arena.db")


def test_what_is_free_is_what_the_system_says_of_the_folder(tmp_path: Path) -> None:
    disk = DiskStore(on_file(tmp_path)).look()
    assert disk.free_bytes is not None
    assert abs(disk.free_bytes - shutil.disk_usage(tmp_path).free) < 10**9
    assert not disk.is_shared


def test_of_a_database_in_memory_or_on_a_server_nothing_is_known() -> None:
    assert DiskStore(create_engine("sqlite://")).look().free_bytes is None
    assert DiskStore(create_engine("postgresql+psycopg://somebody@nowhere.invalid/arena")).look().free_bytes is None


def test_a_folder_that_is_gone_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        DiskStore(on_file(tmp_path / "gone")).look()


@pytest.mark.parametrize("name", ["Dropbox", "OneDrive - Mairie", "Google Drive", "iCloud Drive", "Nextcloud"])
def test_a_folder_that_a_program_synchronises_is_told(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "arena"
    folder.mkdir(parents=True)
    assert DiskStore(on_file(folder)).look().is_shared


@pytest.mark.parametrize(
    ("kind", "is_shared"), [("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False), ("overlay", False)]
)
def test_a_folder_on_a_network_is_told_by_the_innermost_mount(tmp_path: Path, kind: str, *, is_shared: bool) -> None:
    (tmp_path / "my share").mkdir()
    mounts = tmp_path / "mounts"
    spaced = str(tmp_path / "my share").replace(" ", "\\040")
    lines = (
        f"server:/all {tmp_path} nfs rw 0 0",
        f"server:/x {spaced} ext2 rw 0 0",
        f"server:/x {spaced} {kind} rw 0 0",  # the later one hides the one before
        "nonsense",
        f"server:/y {tmp_path}/my nfs rw 0 0",
    )
    mounts.write_text("\n".join(lines), encoding="utf-8")
    assert DiskStore(on_file(tmp_path / "my share"), mounts).look().is_shared is is_shared
    assert DiskStore(on_file(tmp_path), mounts).look().is_shared
    assert not DiskStore(on_file(tmp_path), tmp_path / "none").look().is_shared
