"""The door on a real server in this process, under both event loops. 127.0.0.2 and 127.0.0.3 stand for networks."""

import asyncio
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any, Literal, TypeVar

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from arena.errors import AddressRefused
from arena.services import listening
from arena.services.front_door import FrontDoor, Opening
from arena.services.listening import GRACE_S, ListeningServer

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no 127.0.0.2 until it is added")
HERE, ROOM, OTHER = "127.0.0.1", "127.0.0.2", "127.0.0.3"
LIMIT_S = 30.0
PIECE_EVERY_S = 0.05
_T = TypeVar("_T")
Loop = Literal["asyncio", "uvloop"]


class House:
    """A small application behind a door; with ``opens`` it opens that address itself as it starts."""

    def __init__(self, opens: str = "") -> None:
        self.door = FrontDoor()
        self.is_asked, self.is_left = threading.Event(), threading.Event()
        self.may_answer = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop
        self.at_start: list[str] = []
        self._opens = opens
        self.app = Starlette(
            routes=[Route("/", self._hello), Route("/slow", self._slow), Route("/endless", self._endless)],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self.loop = asyncio.get_running_loop()
        if self._opens:
            self.at_start.append((await self.door.open(self._opens)).ip)
        yield

    async def _hello(self, _request: Request) -> Response:
        return PlainTextResponse("hello")

    async def _slow(self, _request: Request) -> Response:
        self.is_asked.set()
        await self.may_answer.wait()
        return PlainTextResponse("at last")

    async def _endless(self, _request: Request) -> Response:
        async def pieces() -> AsyncIterator[str]:
            try:
                while True:
                    yield "."
                    await asyncio.sleep(PIECE_EVERY_S)
            finally:
                self.is_left.set()

        return StreamingResponse(pieces())

    def do(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run it in the loop of the server."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(LIMIT_S)

    def open(self, ip: str) -> Opening:
        return self.do(self.door.open(ip))

    def close(self) -> None:
        self.do(self.door.close())


@contextmanager
def serving(house: House, loop: Loop, host: str = HERE) -> Iterator[House]:
    config = uvicorn.Config(house.app, host=host, loop=loop, log_level="critical", timeout_graceful_shutdown=2)
    with closing(socket.create_server((host, 0))) as own:
        server = ListeningServer(config, own)
        house.door.fit_into(server)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
        thread.start()
        limit = time.monotonic() + LIMIT_S
        while not server.started:
            assert time.monotonic() < limit, "it does not start"
            time.sleep(0.01)
        try:
            yield house
        finally:
            server.should_exit = True
            thread.join(LIMIT_S)
            assert not thread.is_alive()


@pytest.fixture(params=["asyncio", "uvloop"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    with serving(House(), request.param) as house:
        yield house


def answers(ip: str, port: int | None) -> bool:
    """Whether the application answers there; a refused connection means no."""
    try:
        return httpx.get(f"http://{ip}:{port}/", trust_env=False, verify=False, timeout=LIMIT_S).text == "hello"
    except httpx.ConnectError:
        return False


def refusal(house: House, ip: str) -> tuple[str, object]:
    with pytest.raises(AddressRefused) as refused:
        house.open(ip)
    return refused.value.key, refused.value.values.get("address")


def test_it_is_open_between_opening_and_closing_as_often_as_wanted(house: House) -> None:
    port = house.door.port or 0
    for _ in range(3):
        assert not answers(ROOM, port)
        assert house.open(ROOM) == Opening(ROOM, port)
        assert answers(ROOM, port)
        assert list(house.door.openings) == [Opening(HERE, port), Opening(ROOM, port)]
        house.close()
        assert not answers(ROOM, port)
        assert answers(HERE, port)
        assert list(house.door.openings) == [Opening(HERE, port)]
    house.close()
    assert not house.door.is_always_open


def test_opening_twice_is_opening_once_even_at_the_same_moment(house: House) -> None:
    async def both() -> tuple[Opening, Opening]:
        return await asyncio.gather(house.door.open(ROOM), house.door.open(ROOM))

    first, second = house.do(both())
    assert first == second == house.open(f" {ROOM} ")
    assert len(house.door.openings) == 2


def test_another_address_moves_the_door(house: House) -> None:
    house.open(ROOM)
    moved = house.open(OTHER)
    assert answers(OTHER, moved.port)
    assert not answers(ROOM, moved.port)


def test_a_port_taken_there_gives_another_that_is_told(house: House) -> None:
    with closing(socket.create_server((ROOM, house.door.port))):
        opening = house.open(ROOM)
        assert opening.port != house.door.port
        assert answers(ROOM, opening.port)
        assert opening.base_url == f"http://{ROOM}:{opening.port}"


def test_an_address_of_nobody_is_refused_in_words_and_the_open_one_stays(house: House) -> None:
    house.open(ROOM)
    assert refusal(house, "203.0.113.9") == ("error.door.not_here", "203.0.113.9")
    for wrong in ("arena.local", "", "0.0.0.0", "::", "224.0.0.1", f"{ROOM}:80"):
        assert refusal(house, wrong) == ("error.door.no_ip", wrong)
    assert answers(ROOM, house.door.port)
    assert len(house.door.openings) == 2


def test_its_own_address_needs_no_opening(house: House) -> None:
    assert house.open(HERE) == house.door.openings[0]
    assert len(house.door.openings) == 1


def test_a_reply_under_way_is_finished_and_idle_connections_end_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "GRACE_S", 10 * LIMIT_S)
    port = house.open(ROOM).port
    got: list[str] = []
    with (
        httpx.Client(trust_env=False, verify=False, timeout=LIMIT_S) as slow,
        socket.create_connection((ROOM, port)) as idle,
    ):
        asking = threading.Thread(target=lambda: got.append(slow.get(f"http://{ROOM}:{port}/slow").text))
        asking.start()
        assert house.is_asked.wait(LIMIT_S)
        house.close()
        idle.settimeout(LIMIT_S)
        assert idle.recv(1) == b""  # ended before the reply is: after the grace there would be none
        house.loop.call_soon_threadsafe(house.may_answer.set)
        asking.join(LIMIT_S)
    assert got == ["at last"]


def test_a_stream_without_end_is_cut_and_the_one_opened_since_is_not(house: House) -> None:
    port = house.open(ROOM).port
    url = f"http://{ROOM}:{port}/endless"
    with httpx.Client(trust_env=False, verify=False, timeout=LIMIT_S) as client, client.stream("GET", url) as stream:
        pieces = stream.iter_text()
        assert next(pieces)
        house.close()
        house.open(ROOM)
        with client.stream("GET", url) as later:
            with pytest.raises(httpx.RemoteProtocolError):
                deque(pieces, maxlen=0)
            assert house.is_left.wait(LIMIT_S)
            following = later.iter_text()
            for _ in range(2 * int(GRACE_S / PIECE_EVERY_S)):  # twice what was under way when the other was cut
                assert next(following)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_an_application_may_open_its_room_as_it_starts(loop: Loop) -> None:
    with serving(House(opens=ROOM), loop) as house:
        assert house.at_start == [ROOM]
        assert answers(ROOM, house.door.port)
    assert not answers(ROOM, house.door.port)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_server_on_every_address_is_always_open(loop: Loop) -> None:
    with serving(House(), loop, host="0.0.0.0") as house:
        assert house.door.is_always_open
        assert house.open(ROOM) == Opening(ROOM, house.door.port or 0)
        assert refusal(house, "203.0.113.9") == ("error.door.not_here", "203.0.113.9")
        house.close()
        assert answers(ROOM, house.door.port)
        assert len(house.door.openings) == 1


async def test_without_a_server_of_its_own_it_says_so() -> None:
    door = FrontDoor()
    assert (door.port, door.openings, door.is_always_open) == (None, (), False)
    await door.close()
    with pytest.raises(AddressRefused) as refused:
        await door.open(ROOM)
    assert refused.value.key == "error.door.elsewhere"


def test_an_ipv6_address_is_written_with_brackets() -> None:
    assert Opening("fd00::2", 7860).base_url == "http://[fd00::2]:7860"
