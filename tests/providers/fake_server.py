"""Model servers that misbehave on purpose: real HTTP on a loopback port, byte for byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

SSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def event(value: object) -> bytes:
    """One server-sent event."""
    return b"data: " + orjson.dumps(value) + b"\n\n"


def delta(**fields: object) -> bytes:
    """The event of one delta."""
    return event({"choices": [{"index": 0, "delta": fields, "finish_reason": None}]})


def word(text: str) -> bytes:
    return delta(content=text)


def finish(reason: str = "stop") -> bytes:
    return event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})


def usage(**counts: object) -> bytes:
    return event({"choices": [], "usage": counts})


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(slots=True)
class Connection:
    """One exchange, seen from the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request: Received

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        """Send a piece of a chunked body."""
        await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    async def reply(self, status: int, body: bytes, *headers: str, content_type: str = "text/plain") -> None:
        """Send a whole reply."""
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
        await self.send("\r\n".join([*lines, *headers, "", ""]).encode() + body)

    def reset(self) -> None:
        """Break the connection without a goodbye."""
        self.writer.transport.abort()

    async def gone(self) -> None:
        """Wait until the client has hung up."""
        try:
            while await self.reader.read(1024):
                pass
        except ConnectionError:
            pass


Script: TypeAlias = Callable[[Connection], Awaitable[None]]


@dataclass(slots=True)
class FakeServer:
    """Plays its scripts in order, one for each request; the last one for all that follow."""

    scripts: list[Script]
    url: str = ""
    requests: list[Received] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                script = self.scripts[min(len(self.requests), len(self.scripts)) - 1]
                await script(Connection(reader, writer, request))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(*scripts: Script) -> AsyncIterator[FakeServer]:
    """A server on a free loopback port."""
    fake = FakeServer(list(scripts))
    handlers: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(fake.handle(reader, writer))
        handlers.add(task)
        task.add_done_callback(handlers.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.close()
        for task in list(handlers):
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


def streaming(parts: Iterable[bytes]) -> Script:
    """A well-formed stream of these parts."""

    async def script(connection: Connection) -> None:
        await connection.send(SSE_HEAD)
        for part in parts:
            await connection.chunk(part)
        await connection.send(b"0\r\n\r\n")

    return script


def replying(status: int, body: bytes = b"", *headers: str, content_type: str = "application/json") -> Script:
    """A whole reply."""

    async def script(connection: Connection) -> None:
        await connection.reply(status, body, *headers, content_type=content_type)

    return script


def hanging_after(*parts: bytes) -> Script:
    """A stream that says this and then nothing, for as long as the client stays."""

    async def script(connection: Connection) -> None:
        await connection.send(SSE_HEAD)
        for part in parts:
            await connection.chunk(part)
        await connection.gone()

    return script


def breaking_after(*parts: bytes) -> Script:
    """A stream that breaks off after this."""

    async def script(connection: Connection) -> None:
        await connection.send(SSE_HEAD)
        for part in parts:
            await connection.chunk(part)
            await asyncio.sleep(0.02)  # a reset would overtake what is still under way
        connection.reset()

    return script


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path, headers, body)
