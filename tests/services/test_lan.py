"""The addresses of the machine that runs the tests, and adapters that misbehave."""

import socket
from collections.abc import Iterable
from ipaddress import ip_address

import ifaddr

from arena.services.lan import find_addresses


def adapter(name: str, *ips: str) -> ifaddr.Adapter:
    return ifaddr.Adapter(name, name, [ifaddr.IP(ip, 24, name) for ip in ips])


def test_this_machine_has_none_that_is_only_its_own() -> None:
    found = find_addresses()
    assert not any(ip_address(address.ip).is_loopback for address in found)
    assert all(address.adapter for address in found)
    for address in found:  # each can be listened on
        family = socket.AF_INET6 if ":" in address.ip else socket.AF_INET
        socket.create_server((address.ip, 0), family=family).close()


def test_they_are_looked_up_anew_each_time() -> None:
    networks = iter([[adapter("wlan0", "192.168.1.20")], [], [adapter("wlan0", "10.0.0.7")]])
    seen = [[address.ip for address in find_addresses(lambda: next(networks))] for _ in range(3)]
    assert seen == [["192.168.1.20"], [], ["10.0.0.7"]]


def test_ipv6_loses_its_scope_and_link_local_is_left_out() -> None:
    ips = [ifaddr.IP(("fe80::5", 0, 2), 64, "eth0"), ifaddr.IP(("fd00::5", 0, 2), 64, "eth0")]
    assert [a.ip for a in find_addresses(lambda: [ifaddr.Adapter("eth0", "eth0", ips)])] == ["fd00::5"]


def test_adapters_that_cannot_be_listed_leave_what_the_routing_table_knows() -> None:
    def refused() -> Iterable[ifaddr.Adapter]:
        raise OSError(1, "not permitted")

    def unreadable() -> Iterable[ifaddr.Adapter]:
        return [b"\xff".decode("ascii")]  # type: ignore[list-item]

    routed = {address.ip for address in find_addresses() if address.is_routed}
    for adapters in (refused, unreadable):
        assert {address.ip for address in find_addresses(adapters)} == routed
