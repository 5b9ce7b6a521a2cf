"""How long ago a run sheet began, by a clock that never jumps."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from arena.domain.room import Room


def utc_now() -> datetime:
    """The moment by the clock of this machine, which may be put forward or back at any time."""
    return datetime.now(UTC)


class SheetClock:
    """Remembers, by event, when its sheet began on the clock that only counts; after a restart, from what is stored."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, now: Callable[[], datetime] = utc_now) -> None:
        self._monotonic = monotonic
        self._now = now
        self._began: dict[str, tuple[datetime, float]] = {}  # the stored moment, and the same on the other clock

    def begin(self, event_id: str) -> datetime:
        """A sheet begins now: the moment to be stored."""
        began_at = self._now()
        self._began[event_id] = (began_at, self._monotonic())
        return began_at

    def elapsed_s(self, room: Room, longest_s: float) -> float:
        """Seconds since the sheet of a room began; 0 when none did.

        Of a sheet that began before this process did, only the clock of the machine can tell: between 0 and
        ``longest_s``, whatever it says.
        """
        if room.sheet_began_at is None:
            return 0.0
        known = self._began.get(room.event_id)
        if known is None or known[0] != room.sheet_began_at:
            told = (self._now() - room.sheet_began_at).total_seconds()
            known = (room.sheet_began_at, self._monotonic() - min(max(told, 0.0), longest_s))
            self._began[room.event_id] = known
        return self._monotonic() - known[1]
