"""What is exported: the battles of one event, or those that belong to none."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Scope:
    """The battles of one event; ``event_id`` None for those played outside of any."""

    event_id: str | None
    held_on: date | None = None
    is_open: bool = False

    @property
    def stem(self) -> str:
        """The beginning of a file name: the day of the event."""
        return self.held_on.isoformat() if self.held_on else "arena"


@dataclass(frozen=True, slots=True)
class Census:
    """Battles that an export holds and leaves out. Of several reasons the first one here counts.

    ``hidden`` has a prompt that an organiser hid. ``demo`` was answered by scripts. ``blind`` belongs to an open
    event and somebody who voted has not seen its names: a file must not tell them.
    """

    exported: int
    hidden: int
    demo: int
    blind: int
