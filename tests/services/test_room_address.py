"""The address of a room: corrected by hand, else where the door was opened, else as the page was asked for."""

import pytest

from arena.domain.lan import LanAddress
from arena.domain.room import Room
from arena.services.front_door import FrontDoor, Opening
from arena.services.room_address import address_of, without_scheme

ASKED = "http://127.0.0.1:7860/"
FOUND = (LanAddress("192.168.1.20", "wlan0"), LanAddress("10.0.0.3", "eth0"))


class Doorway:
    """A server that can listen anywhere."""

    def __init__(self, own: Opening) -> None:
        self.own = own

    async def listen(self, ip: str, port: int) -> Opening:
        return Opening(ip, port or 40000)

    async def stop_listening(self, _opening: Opening) -> None:
        return None


def door_of(ip: str) -> FrontDoor:
    door = FrontDoor()
    door.fit_into(Doorway(Opening(ip, 7860)))
    return door


def address(door: FrontDoor, found: tuple[LanAddress, ...] = FOUND, base_url: str = "") -> str:
    return address_of(Room("e", base_url=base_url), "K7QX2M", door, ASKED, find=lambda: found)


def test_a_correction_comes_first() -> None:
    assert address(door_of("0.0.0.0"), base_url="https://salle.example/") == "https://salle.example/e/K7QX2M"


async def test_the_opened_door_comes_next_and_a_closed_one_is_as_asked() -> None:
    door = door_of("127.0.0.1")
    assert address(door) == "http://127.0.0.1:7860/e/K7QX2M"
    await door.open("192.0.2.7")
    assert address(door) == "http://192.0.2.7:7860/e/K7QX2M"
    await door.close()
    assert address(door) == "http://127.0.0.1:7860/e/K7QX2M"


@pytest.mark.parametrize(
    ("ip", "expected"), [("0.0.0.0", "http://192.168.1.20:7860"), ("192.168.5.5", "http://192.168.5.5:7860")]
)
def test_a_door_that_was_always_open_is_named_by_an_address_that_phones_can_reach(ip: str, expected: str) -> None:
    assert address(door_of(ip)) == f"{expected}/e/K7QX2M"


def test_without_a_network_or_a_door_it_is_as_asked() -> None:
    assert address(door_of("0.0.0.0"), found=()) == "http://127.0.0.1:7860/e/K7QX2M"
    assert address(FrontDoor()) == "http://127.0.0.1:7860/e/K7QX2M"


def test_what_is_typed_has_no_scheme() -> None:
    assert without_scheme("https://salle.example/e/K7QX2M") == "salle.example/e/K7QX2M"
    assert without_scheme("salle.example") == "salle.example"
