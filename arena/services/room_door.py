"""The door of a room: on which address phones find it, opened with the room and closed with the last one."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from arena.domain.lan import LanAddress, base_url_of, read_address
from arena.domain.rehearsal import is_trial
from arena.errors import AddressRefused
from arena.services.front_door import FrontDoor
from arena.services.lan import find_addresses
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entrance:
    """What phones open, and why they may not reach it: the refusal is told, never fatal."""

    base_url: str
    refusal: AddressRefused | None = None


@dataclass(frozen=True, slots=True)
class DoorState:
    """What a desk shows of the door: ``proposed`` is the address to begin with, "" when none was found."""

    addresses: Sequence[LanAddress]
    proposed: str
    port: int | None
    refusal: AddressRefused | None = None


class RoomDoor:
    """One door for all rooms of this process; its methods belong to the event loop of the server."""

    def __init__(
        self,
        stores: Stores,
        front_door: FrontDoor,
        addresses: Callable[[], Sequence[LanAddress]] = find_addresses,
    ) -> None:
        self._stores = stores
        self._front_door = front_door
        self._addresses = addresses
        self._refusal: AddressRefused | None = None

    def state(self) -> DoorState:
        """The addresses of this machine as they are now, and what went wrong the last time."""
        addresses, port = self._addresses(), self._front_door.port
        proposed = base_url_of(addresses[0].ip, port) if addresses else ""
        return DoorState(addresses, proposed, port, self._refusal)

    async def open(self, typed: str) -> Entrance:
        """Open the arena at an address that an organiser chose or typed, as far as that is this machine's affair.

        A name leads to the likeliest address of this machine; behind ``https://`` stands somebody else's server,
        which needs no door here. Raises AddressRefused for what cannot be read.
        """
        base_url = read_address(typed, port=self._front_door.port)
        entrance = await self._entrance(base_url)
        self._refusal = entrance.refusal
        return entrance

    async def close(self) -> None:
        """A room was closed: when no other one is open, the arena leaves the network."""
        if all(map(is_trial, await asyncio.to_thread(self._stores.rooms.open_rooms))):
            self._refusal = None
            await self._front_door.close()

    async def reopen(self) -> None:
        """Open the door of the rooms that were open when this machine stopped; what fails is told on the desk."""
        for event_id in await asyncio.to_thread(self._stores.rooms.open_rooms):
            base_url = (await asyncio.to_thread(self._stores.rooms.state, event_id)).room.base_url
            if base_url:
                self._refusal = (await self._entrance(base_url)).refusal
                logger.info("The room of event %s is open again: %s", event_id, self._refusal or base_url)

    async def _entrance(self, base_url: str) -> Entrance:
        ip = self._ip_behind(base_url)
        if ip is None:
            return Entrance(base_url)
        try:
            opening = await self._front_door.open(ip)
        except AddressRefused as refusal:
            return Entrance(base_url, refusal)
        is_same = _host(base_url) == ip and urlsplit(base_url).port == self._front_door.port
        return Entrance(opening.base_url if is_same else base_url)

    def _ip_behind(self, base_url: str) -> str | None:
        """Where the arena must listen for that address; None when that is not for it to decide."""
        if urlsplit(base_url).scheme == "https":
            return None
        host = _host(base_url)
        try:
            return str(ip_address(host))
        except ValueError:
            addresses = () if host == "localhost" else self._addresses()
            return addresses[0].ip if addresses else None


def is_loopback(base_url: str) -> bool:
    """Whether only this machine itself can open that address."""
    host = _host(base_url)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(base_url: str) -> str:
    return urlsplit(base_url).hostname or ""
