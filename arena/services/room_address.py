"""The address by which phones join a room: corrected by hand, else the opened door, else as this page was asked for."""

from collections.abc import Callable, Sequence

from arena.domain.lan import LanAddress, base_url_of
from arena.domain.room import Room
from arena.services.front_door import FrontDoor
from arena.services.lan import find_addresses

Find = Callable[[], Sequence[LanAddress]]


def address_of(room: Room, code: str, door: FrontDoor, asked_base_url: str, *, find: Find = find_addresses) -> str:
    """What a phone opens, ``…/e/CODE``, as things stand now.

    ``asked_base_url`` is how whoever asks reached the arena; it is of use when the arena cannot tell where it listens.
    """
    return f"{home_of(room, door, asked_base_url, find=find)}/e/{code}"


def home_of(room: Room, door: FrontDoor, asked_base_url: str, *, find: Find = find_addresses) -> str:
    """The same without the code, and without a slash at its end."""
    return (room.base_url or _opened(door, find) or asked_base_url).rstrip("/")


def _opened(door: FrontDoor, find: Find) -> str:
    """Where the door lets others in, the last opening first; "" when it lets nobody in, or cannot tell."""
    for opening in reversed(door.openings):
        if opening.is_everywhere:
            found = next(iter(find()), None)
            if found is not None:
                return base_url_of(found.ip, opening.port)
        elif not opening.is_of_this_machine_alone:
            return opening.base_url
    return ""


def without_scheme(address: str) -> str:
    """The address as it is typed on a phone: browsers add the rest."""
    return address.partition("://")[2] or address
