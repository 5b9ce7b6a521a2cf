"""Puts exported files into a folder: all of them or none, and never half of one."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from arena.errors import ExportInterrupted

Files = Mapping[str, Iterable[bytes]]  # by name


def write_files(folder: Path, files: Files, *, force: bool = False) -> Mapping[Path, int]:
    """Write the files; their sizes in bytes. Raises ExportInterrupted, and what the files themselves raise.

    They are written beside their place and renamed once all of them are complete. A file that is there already
    is replaced only with ``force``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_existing(folder, files, force=force)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as unfinished:
            sizes = {name: _write(Path(unfinished) / name, chunks) for name, chunks in files.items()}
            _refuse_existing(folder, files, force=force)  # the writing may have taken minutes
            for name in files:
                (Path(unfinished) / name).replace(folder / name)
    except OSError as error:
        raise ExportInterrupted(f"{folder}: {error.strerror}") from error
    return {folder / name: size for name, size in sizes.items()}


def _refuse_existing(folder: Path, files: Files, *, force: bool) -> None:
    there = [name for name in files if (folder / name).exists()]
    if there and not force:
        raise ExportInterrupted(f"{folder}: already there, use --force to replace: {', '.join(there)}")


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    with path.open("xb") as file:
        return sum(file.write(chunk) for chunk in chunks)
