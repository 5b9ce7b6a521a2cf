"""Which addresses of this machine a phone in the room could reach, looked up anew each time. Nothing is sent."""

import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import ifaddr

from arena.domain.lan import LanAddress, best_first

logger = logging.getLogger(__name__)
_Adapters = Callable[[], Iterable[ifaddr.Adapter]]
# Any address beyond the room would do: these belong to no machine (RFC 5737 and RFC 3849, for documentation).
_FAR_AWAY = {socket.AF_INET: "198.51.100.1", socket.AF_INET6: "2001:db8::1"}


def find_addresses(adapters: _Adapters = ifaddr.get_adapters) -> tuple[LanAddress, ...]:
    """The likeliest first; none on a machine without a network. Never raises, and takes about a millisecond."""
    routed = frozenset(_routed())
    try:
        found = [
            LanAddress(_text(ip.ip), ip.nice_name, _text(ip.ip) in routed)
            for adapter in adapters()
            for ip in adapter.ips
        ]
    except (OSError, ValueError) as error:  # refused by the system, or the name of an adapter is no text
        logger.warning("network adapters cannot be listed: %s", error)
        found = [LanAddress(ip, "", is_routed=True) for ip in routed]
    return best_first(found)


def _text(ip: str | tuple[str, int, int]) -> str:
    """The address alone: IPv6 comes with a flow and a scope."""
    return ip if isinstance(ip, str) else ip[0]


def _routed() -> Iterator[str]:
    """The addresses that packets to the world would leave from, as the routing table says.

    Connecting a datagram socket only chooses a route: no packet leaves.
    """
    for family, far_away in _FAR_AWAY.items():
        try:
            with closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
                probe.connect((far_away, 9))
                yield str(probe.getsockname()[0])
        except OSError:  # no route, or no such family on this machine
            continue
