"""A room: people together in one place, a projector, and what its organiser has set for all of them."""

from dataclasses import dataclass
from datetime import datetime

from arena.domain.round import Round
from arena.errors import RoomChanged


@dataclass(frozen=True, slots=True)
class Room:
    """The room of an event. ``version`` grows with each press of a button, so that two desks cannot press at once.

    ``base_url`` is what phones open, as the organiser corrected it, "" for the one that was found out.
    ``page`` counts the pages of the answers on the screen from 0. ``sheet_began_at`` and ``extra_s`` belong to the
    run sheet.
    """

    event_id: str
    version: int = 0
    is_open: bool = False
    round_id: str | None = None
    base_url: str = ""
    is_black: bool = False
    hides_counts: bool = False
    hides_results: bool = False
    takes_proposals: bool = True
    page: int = 0
    sheet_id: str = ""
    sheet_began_at: datetime | None = None
    extra_s: int = 0

    def require_version(self, seen: int) -> None:
        """Raises RoomChanged when the room is not as it was seen."""
        if self.version != seen:
            raise RoomChanged(f"the room of event {self.event_id} is at version {self.version}, not {seen}")


def visitor_of_room(event_id: str) -> str:
    """Who starts the battles of a room: nobody's cookie, since those are hexadecimal."""
    return f"room-{event_id}"[:32]


def is_of_room(visitor_id: str) -> bool:
    """Whether a battle was started by a room and not by a person."""
    return visitor_id.startswith("room-")


@dataclass(frozen=True, slots=True)
class RoomState:
    """A room with the round that it is in, if there is one."""

    room: Room
    round: Round | None = None
