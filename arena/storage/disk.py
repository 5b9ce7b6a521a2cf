"""The place where a SQLite file lies: what is free there, and whether it is fit for a database."""

import re
import shutil
import sys
from pathlib import Path, PureWindowsPath

from sqlalchemy import Engine

from arena.domain.rehearsal import Disk
from arena.errors import StorageError

MOUNTS = Path("/proc/self/mounts")  # Linux: device, folder, kind of file system, options
# SQLite's locks do not work over a network (https://www.sqlite.org/faq.html#q5), and a program that carries a file
# away while it is written damages it (https://www.sqlite.org/howtocorrupt.html, 1.2).
_NETWORK = re.compile(r"nfs\d?|cifs|smb\w*|fuse\.(?:sshfs|rclone)|9p|afs|ncpfs|davfs")
_SYNCED = re.compile(
    r"dropbox|onedrive|google ?drive|icloud ?drive|com~apple~clouddocs|nextcloud|owncloud", re.IGNORECASE
)


class DiskStore:
    """Looks at the file of one database."""

    def __init__(self, engine: Engine, mounts: Path = MOUNTS) -> None:
        self._engine = engine
        self._mounts = mounts

    def look(self) -> Disk:
        """What is free where the database lies; of one on a server, or in memory, nothing is known.

        Raises StorageError when the folder is gone.
        """
        name = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or name in (None, "", ":memory:"):
            return Disk(None)
        folder = Path(str(name)).absolute().parent
        try:
            return Disk(shutil.disk_usage(folder).free, is_shared=self._is_shared(folder))
        except OSError as error:
            raise StorageError(f"the folder of the database cannot be read: {error.strerror}") from error

    def _is_shared(self, folder: Path) -> bool:
        if any(_SYNCED.search(part) for part in folder.parts):
            return True
        if sys.platform == "win32":
            return PureWindowsPath(folder).drive.startswith("\\\\")
        return _NETWORK.fullmatch(self._kind_of(folder)) is not None

    def _kind_of(self, folder: Path) -> str:
        """The kind of file system that a folder lies on, "" where nobody tells."""
        try:
            lines = self._mounts.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        mounts = [fields for line in lines if len(fields := line.split()) >= 3]
        places = [(Path(place.replace("\\040", " ")), kind) for _, place, kind, *_ in mounts]
        over = [
            (len(place.parts), number, kind)
            for number, (place, kind) in enumerate(places)
            if folder.is_relative_to(place)
        ]
        return max(over, default=(0, 0, ""))[2]
