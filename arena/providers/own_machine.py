"""Which addresses are those of this machine: only what runs here can be measured here."""

import socket
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit


def is_this_machine(url: str) -> bool:
    """Whether every address of a URL's host belongs to this machine. Resolves names: blocks, for seconds at worst."""
    host = urlsplit(url).hostname
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return False  # a name that leads nowhere
    return all(_is_own(family, address) for family, _, _, _, address in found)


def _is_own(family: int, address: tuple[Any, ...]) -> bool:
    """Only an address of this machine can be bound."""
    if ip_address(address[0]).is_loopback:
        return True
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address[0], 0, *address[2:]))
    except OSError:
        return False
    return True
