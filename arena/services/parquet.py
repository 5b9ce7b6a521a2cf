"""Parquet by a process of its own: rows are fed to it, the file comes out. See ``parquet_writer`` for why."""

import subprocess
import sys
from collections.abc import Generator, Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from threading import Thread
from typing import IO

from arena.domain.dataset import Dataset
from arena.errors import ExportInterrupted, ParquetMissing
from arena.services.table_files import CHUNK_BYTES

_END_S = 10.0


def require_parquet() -> None:
    """Raises ParquetMissing when pyarrow is not installed. Does not import it."""
    try:
        version("pyarrow")
    except PackageNotFoundError:
        raise ParquetMissing("Parquet needs pyarrow: pip install 'arena[parquet]'") from None


def parquet_chunks(dataset: Dataset, lines: Iterable[bytes]) -> Generator[bytes]:
    """The Parquet file of a dataset whose rows come as JSON lines. Raises ParquetMissing, ExportInterrupted.

    What reading the rows raises is raised here, before the file has an end. A reader who leaves ends the process.
    """
    require_parquet()
    command = [sys.executable, "-m", "arena.services.parquet_writer", dataset]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        feeder = _Feeder(child, lines)
        feeder.start()
        try:
            assert child.stdout is not None
            while chunk := child.stdout.read(CHUNK_BYTES):
                yield chunk
            feeder.join()
            if feeder.fault is not None:
                raise feeder.fault
            if child.wait(_END_S) != 0:
                raise ExportInterrupted("the process that writes Parquet ended too early")
        finally:
            child.kill()  # nothing happens to one that has ended
            feeder.join()


class _Feeder(Thread):
    """Writes rows into the process while somebody else reads from it; one thread for both would wait for ever."""

    def __init__(self, child: "subprocess.Popen[bytes]", lines: Iterable[bytes]) -> None:
        super().__init__(name="parquet-feeder", daemon=True)
        self._child = child
        self._lines = lines
        self.fault: BaseException | None = None

    def run(self) -> None:
        """Feed it all; a fault of the source kills the process, so that no file with an end comes out."""
        assert self._child.stdin is not None
        try:
            self._feed(self._child.stdin)
        except BaseException as fault:  # noqa: BLE001 - whatever it is, it is raised again where the file is read
            self.fault = fault
            self._child.kill()
        with suppress(OSError):  # it ended first
            self._child.stdin.close()

    def _feed(self, stdin: IO[bytes]) -> None:
        for line in self._lines:
            try:
                stdin.write(line)
            except OSError:  # it ended first: its exit code tells
                return
