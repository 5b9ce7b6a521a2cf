"""Rehearsals over HTTP, and ways into the arena that are slow or break."""

import asyncio
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import httpx

from tests.e2e.organiser_client import OrganiserClient
from tests.serving import Application

LIMIT_S = 180.0
OF_STREAMS = b"text/event-stream"
_FINDING = re.compile(r'<li class="(fine|to-do)">.*?<h4>(.*?) <span.*?<p>(.*?)</p>(.*?)</div></li>', re.DOTALL)


class Rehearsing(Application):
    """The application with handles on its door (see ``tests.door_program``) and on its rows."""

    program = ("-m", "tests.door_program", "--loop", "uvloop")

    def open_door(self, ip: str) -> str:
        """Open it to an address of this machine, which is what phones open from then on."""
        return (
            httpx.get(f"{self.url}/test/open?ip={ip}", timeout=LIMIT_S, trust_env=False, verify=False)
            .raise_for_status()
            .text
        )

    def close_door(self) -> None:
        httpx.get(f"{self.url}/test/close", timeout=LIMIT_S, trust_env=False, verify=False).raise_for_status()

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        names = [str(name) for (name,) in self.rows("select name from sqlite_master where type = 'table'")]
        return {name: int(self.rows(f'select count(*) from "{name}"')[0][0]) for name in sorted(names)}

    def write(self, statement: str, *values: object) -> None:
        """Change a row past the application."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement, values)


def page_of(organiser: OrganiserClient, event_id: str, locale: str = "fr") -> httpx.Response:
    return organiser.get(f"/organise/rehearsal/{locale}/{event_id}")


def press(organiser: OrganiserClient, event_id: str, *, width: str = "", locale: str = "fr") -> httpx.Response:
    """Press the button."""
    return organiser.post("/organise/rehearse", data={"event": event_id, "locale": locale, "width": width})


def rehearse(organiser: OrganiserClient, event_id: str, *, width: str = "2,4") -> dict[str, tuple[bool, str]]:
    """A whole rehearsal: by the name of each check, whether it is fine and what is said of it."""
    reply = press(organiser, event_id, width=width)
    assert reply.status_code == 303, reply.text
    limit = time.monotonic() + LIMIT_S
    while 'role="log"' in (page := page_of(organiser, event_id).text):
        assert time.monotonic() < limit, "the rehearsal does not end"
    return {name: (kind == "fine", f"{words} {rest}") for kind, name, words, rest in _FINDING.findall(page)}


class WayIn:
    """A way to the application through another port. It may be slow, and it breaks when told, or after some streams."""

    def __init__(self, application: Application, *, delay_s: float = 0.0, streams: int | None = None) -> None:
        self.url = ""
        self._target = application.port
        self._delay_s = delay_s
        self._streams_left = streams
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        ready.set()
        await over.wait()
        self._break()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, back}
        await asyncio.gather(self._pipe(reader, back, 0.0), self._pipe(there, writer, self._delay_s))

    async def _pipe(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, delay_s: float) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await asyncio.sleep(delay_s)
                target.write(data)
                await target.drain()
                if OF_STREAMS in data:
                    self._count_stream()
        target.close()

    def _count_stream(self) -> None:
        if self._streams_left is not None:
            self._streams_left -= 1
            if self._streams_left == 0:
                self._break()

    def _break(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()


@contextmanager
def way_into(application: Application, *, delay_s: float = 0.0, streams: int | None = None) -> Iterator[str]:
    """The address of such a path, in a thread with a loop of its own."""
    path, ready, over = WayIn(application, delay_s=delay_s, streams=streams), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(path.serve(ready, over),), daemon=True)
    thread.start()
    assert ready.wait(LIMIT_S), "the path did not start"
    try:
        yield path.url
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(LIMIT_S)
