"""The door of the arena: it listens to this machine alone until an organiser opens the room to its network."""

import asyncio
import errno
import logging
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol

from arena.domain.lan import base_url_of
from arena.errors import AddressRefused

logger = logging.getLogger(__name__)
_TAKEN = (errno.EADDRINUSE, errno.EACCES)  # Windows says EACCES for a port that another program keeps to itself


@dataclass(frozen=True, slots=True)
class Opening:
    """An address of this machine and the port on which the arena listens there."""

    ip: str
    port: int

    @property
    def base_url(self) -> str:
        """What a phone opens, without a path. Of no use for 0.0.0.0, which is every address at once."""
        return base_url_of(self.ip, self.port)

    @property
    def is_everywhere(self) -> bool:
        """Whether it stands for every address of this machine."""
        return ip_address(self.ip).is_unspecified

    @property
    def is_of_this_machine_alone(self) -> bool:
        """Whether nobody else can reach it."""
        return ip_address(self.ip).is_loopback


class Doorway(Protocol):
    """A server that can listen in further places while it runs."""

    @property
    def own(self) -> Opening:
        """Where it listens from its start to its end."""

    async def listen(self, ip: str, port: int) -> Opening:
        """Listen there too; port 0 takes a free one. Raises OSError."""

    async def stop_listening(self, opening: Opening) -> None:
        """Take no new connection there; those that there are end within two seconds, after this returns."""


class FrontDoor:
    """Opens and closes the arena to the network, at one address at a time.

    Without a doorway, as in an application that runs under a server of somebody else's, it only says so.
    Its methods belong to the event loop of the server.
    """

    def __init__(self) -> None:
        self._doorway: Doorway | None = None
        self._opened: Opening | None = None
        self._turn = asyncio.Lock()

    def fit_into(self, doorway: Doorway) -> None:
        """Give it the server to open; once, before that one starts, as a server needs its application first."""
        self._doorway = doorway

    @property
    def openings(self) -> tuple[Opening, ...]:
        """Everywhere the arena listens: where it was started, then where it was opened. Empty: it cannot tell."""
        own = () if self._doorway is None else (self._doorway.own,)
        return own if self._opened is None else (*own, self._opened)

    @property
    def port(self) -> int | None:
        """The port that the arena was started on; None: it cannot tell."""
        return None if self._doorway is None else self._doorway.own.port

    @property
    def is_always_open(self) -> bool:
        """Whether the arena was started (``--host``) on an address that others reach: ``close`` changes nothing."""
        return self._doorway is not None and not self._doorway.own.is_of_this_machine_alone

    async def open(self, ip: str) -> Opening:
        """Listen on an address of this machine too, and nowhere else but where the arena was started.

        On the same port, or on a free one where that is taken: what is returned says which. Where it listens
        already nothing changes; when it cannot, what was open stays open. Raises AddressRefused.
        """
        async with self._turn:
            doorway, asked = self._able(), _plain(ip)
            own = doorway.own
            if asked == own.ip:
                return own
            if own.is_everywhere and ip_address(asked).version == ip_address(own.ip).version:
                _check_is_here(asked)
                return Opening(asked, own.port)
            if self._opened is not None and self._opened.ip == asked:
                return self._opened
            before, self._opened = self._opened, await _listen(doorway, asked)
            if before is not None:
                await doorway.stop_listening(before)
            logger.info("The room is open at %s", self._opened.base_url)
            return self._opened

    async def close(self) -> None:
        """Listen no more than at the start. Without an opening, nothing happens."""
        async with self._turn:
            before, self._opened = self._opened, None
            if before is not None:
                await self._able().stop_listening(before)
                logger.info("The room is closed at %s", before.base_url)

    def _able(self) -> Doorway:
        if self._doorway is None:
            raise AddressRefused("error.door.elsewhere")
        return self._doorway


def _plain(ip: str) -> str:
    """An address in its usual writing. Raises AddressRefused for anything else, and for all addresses at once."""
    try:
        address = ip_address(ip.strip())
    except ValueError as error:
        raise AddressRefused("error.door.no_ip", address=ip) from error
    if address.is_unspecified or address.is_multicast:
        raise AddressRefused("error.door.no_ip", address=ip)
    return str(address)


async def _listen(doorway: Doorway, ip: str) -> Opening:
    """On the doorway's own port, or on a free one. Raises AddressRefused."""
    try:
        try:
            return await doorway.listen(ip, doorway.own.port)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            return await doorway.listen(ip, 0)
    except OSError as error:
        raise _refused(ip, error) from error


def _check_is_here(ip: str) -> None:
    """Raises AddressRefused for an address that no adapter of this machine has."""
    try:
        socket.create_server((ip, 0), family=family_of(ip)).close()
    except OSError as error:
        raise _refused(ip, error) from error


def _refused(ip: str, error: OSError) -> AddressRefused:
    logger.warning("cannot listen on %s: %s", ip, error)
    key = "error.door.not_here" if error.errno == errno.EADDRNOTAVAIL else "error.door.refused"
    return AddressRefused(key, address=ip)


def family_of(ip: str) -> socket.AddressFamily:
    """The family of sockets that such an address takes."""
    return socket.AF_INET6 if ip_address(ip).version == 6 else socket.AF_INET
