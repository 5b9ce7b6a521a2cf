"""Which model servers run on this machine."""

import socket

import pytest

from arena.providers.own_machine import is_this_machine


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.8.9.10", "[::1]"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_this_machine(f"http://{host}:8000/v1")


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]", "a..b", ""])
def test_another_address_and_no_address_are_not(host: str) -> None:
    assert not is_this_machine(f"http://{host}:8000/v1")


def test_the_address_by_which_others_know_this_machine_is_its_own() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.7", 9))  # sends nothing: it only chooses the address to send from
        except OSError:
            pytest.skip("this machine has no network")
        own = probe.getsockname()[0]
    assert is_this_machine(f"http://{own}:8000/v1")
