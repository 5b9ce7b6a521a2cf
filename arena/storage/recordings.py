"""Keeps files of recorded duels beside the database, each written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from arena.domain.recording_file import MOST_BYTES, SUFFIX
from arena.errors import StorageError
from arena.errors.recordings import RecordingTooBig, RecordingUnreadable


class RecordingShelf:
    """The recordings that were added while the arena ran, in a folder that is made for the first one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self) -> Sequence[Path]:
        """The files that are kept, always in the same order."""
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def keep(self, data: bytes) -> Path:
        """Write a recording under a name of its own content: twice the same is one file. Raises StorageError."""
        path = self._folder / f"{hashlib.sha256(data).hexdigest()[:32]}{SUFFIX}"
        if not path.exists():
            write_whole(path, data)
        return path


def read_file(path: Path) -> bytes:
    """What a file holds. Raises RecordingUnreadable, and RecordingTooBig before more than that is read."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise RecordingUnreadable(error.strerror or "cannot be read", file=path.name) from error
    if len(data) > MOST_BYTES:
        raise RecordingTooBig(file=path.name, limit=MOST_BYTES // 1_000_000)
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in its place only once all of it is on the disk. Raises StorageError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".recording-") as folder:
            unfinished = Path(folder) / path.name
            with unfinished.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
    except OSError as error:
        raise StorageError(f"{path.name}: it cannot be written: {error.strerror}") from error
