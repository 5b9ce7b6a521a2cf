"""Addresses by which phones in the room may reach this machine: which are worth trying, and what a person typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from arena.errors import AddressRefused

MOST_CHARS = 300  # a host name has 253 at most (RFC 1035)
_PRIVATE = tuple(  # RFC 1918 and RFC 4193
    ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
# Containers, virtual machines and VPNs, by the names that Linux, macOS and Windows give their adapters. Two that
# sound alike are left out on purpose, as they are the organiser's own hotspot: bridge100 of macOS, and
# "Wi-Fi Direct Virtual Adapter" of Windows.
_VIRTUAL = re.compile(
    r"^(?:docker|podman|br-|veth|virbr|vnet|vmnet|vboxnet|lxc|lxd|cni|flannel|cali|tun|tap|utun|wg|zt|ppp|ipsec|gpd)"
    r"|vethernet|hyper-v|vmware|virtualbox|\bwsl\b|tap-windows|wintun|wireguard|openvpn|tailscale|zerotier|nordlynx",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class LanAddress:
    """An address of this machine, the name of its adapter, and whether the routing table would choose it."""

    ip: str
    adapter: str
    is_routed: bool = False

    @property
    def is_virtual(self) -> bool:
        """Whether its adapter leads to containers, virtual machines or a VPN rather than to the room."""
        return _VIRTUAL.search(self.adapter) is not None


def best_first(addresses: Iterable[LanAddress]) -> tuple[LanAddress, ...]:
    """Those that a phone might reach, the likeliest first, each once.

    Loopback and what cannot be written into a link (IPv6 link-local needs the phone's own adapter) are left out.
    Virtual adapters come after real ones, self-given addresses (169.254) last; then IPv4, private and routed first.
    """
    kept = {each.ip: each for each in sorted(addresses, key=_rank, reverse=True) if _may_be_reached(each)}
    return tuple(sorted(kept.values(), key=_rank))


def _may_be_reached(address: LanAddress) -> bool:
    try:
        ip = ip_address(address.ip)
    except ValueError:
        return False
    if ip.is_loopback or ip.is_unspecified or ip.is_multicast:
        return False
    return ip.version == 4 or not ip.is_link_local


def _rank(address: LanAddress) -> tuple[object, ...]:
    try:
        ip = ip_address(address.ip)
    except ValueError:
        return (True,)
    is_private = any(ip in network for network in _PRIVATE if network.version == ip.version)
    return (
        False,
        ip.is_link_local,
        address.is_virtual,
        ip.version,
        not is_private,
        not address.is_routed,
        int(ip),
        address.adapter,
    )


def base_url_of(host: str, port: int | None, scheme: str = "http") -> str:
    """The address that a browser takes, without a path: an IPv6 host in brackets, no port that goes without saying."""
    usual = {"http": 80, "https": 443}[scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port in (None, usual) else f"{scheme}://{shown}:{port}"


def read_address(typed: str, *, port: int | None = None) -> str:
    """The base URL that an organiser typed or pasted; a path after it is dropped.

    Without ``http://`` or a port of its own it gets ``port``, the arena's own; with ``http://`` it is taken as
    a browser takes it. Raises AddressRefused.
    """
    words = typed.strip()
    if not words or len(words) > MOST_CHARS:
        raise AddressRefused("error.address.unreadable")
    if _is_bare_ipv6(words):
        return base_url_of(_host(words), port)
    has_scheme = _SCHEME.match(words) is not None
    try:
        parts = urlsplit(words if has_scheme else f"http://{words}")
        own_port = parts.port
    except ValueError as error:  # brackets that do not close, a port that is no number or above 65535
        raise AddressRefused("error.address.unreadable") from error
    if parts.scheme not in ("http", "https"):
        raise AddressRefused("error.address.scheme")
    if own_port == 0 or "@" in parts.netloc or parts.netloc.endswith(":"):
        raise AddressRefused("error.address.unreadable")
    chosen = own_port if own_port is not None or has_scheme else port
    return base_url_of(_host(_host_part(parts)), chosen, parts.scheme)


def _is_bare_ipv6(words: str) -> bool:
    try:
        IPv6Address(words)
    except ValueError:
        return False
    return True


def _host_part(parts: SplitResult) -> str:
    """The host; a bracket may only hold IPv6."""
    host = parts.hostname or ""
    if (":" in host) != parts.netloc.startswith("["):
        raise AddressRefused("error.address.unreadable")
    return host


def _host(words: str) -> str:
    """A name or an address in its usual writing. Raises AddressRefused."""
    if ":" in words or re.fullmatch(r"[0-9.]+", words):
        return _ip(words)
    try:
        name = words.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:  # an empty or overlong label, or a character that no name may hold
        raise AddressRefused("error.address.unreadable") from error
    labels = name.split(".")
    # A last label of digits only, or 0x…, is read as a number by browsers: never a name.
    if not all(map(_LABEL.fullmatch, labels)) or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        raise AddressRefused("error.address.unreadable")
    return name


def _ip(words: str) -> str:
    """An address that somebody could ask for. Raises AddressRefused."""
    try:
        ip = ip_address(words.removesuffix("."))
    except ValueError as error:
        raise AddressRefused("error.address.unreadable") from error
    if ip.is_unspecified or ip.is_multicast or (isinstance(ip, IPv6Address) and ip.scope_id is not None):
        raise AddressRefused("error.address.unreadable")
    return str(ip)
