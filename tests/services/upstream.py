"""A model server for the tests of the duel: each model plays the scripts it was given, over real HTTP."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.providers.fake_server import (
    DONE,
    SSE_HEAD,
    Connection,
    Received,
    Script,
    breaking_after,
    finish,
    replying,
    serving,
    streaming,
    usage,
    word,
)

SOON = 20  # words of an endless answer
DENIED = replying(401, b'{"error": {"message": "no such key"}}')
BROKEN = replying(500, b'{"error": {"message": "Xylofer is down"}}')
LIMITED = replying(429, b'{"error": {"message": "slow down"}}', "Retry-After: 60")


def says(*words: str, tokens: int | None = None) -> Script:
    """A whole answer, with its usage when ``tokens`` is given."""
    counts = () if tokens is None else (usage(prompt_tokens=7, completion_tokens=tokens),)
    return streaming((*map(word, words), finish(), *counts, DONE))


def drops_after(*words: str) -> Script:
    """A connection that breaks after these words."""
    return breaking_after(*map(word, words))


class InTurn:
    """Plays one script for each request, the last one for all that follow; several models may share it."""

    def __init__(self, *scripts: Script) -> None:
        self.played = 0
        self._scripts = scripts

    async def __call__(self, connection: Connection) -> None:
        script = self._scripts[min(self.played, len(self._scripts) - 1)]
        self.played += 1
        await script(connection)


@dataclass
class Held:
    """An answer that pauses after its first words until the test opens it; sees when the client leaves."""

    before: Sequence[str] = ()
    after: Sequence[str] = ("fin.",)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, connection: Connection) -> None:
        self.asked.set()
        await connection.send(SSE_HEAD)
        for text in self.before:
            await connection.chunk(word(text))
        gone = asyncio.create_task(connection.gone())
        opened = asyncio.create_task(self.opened.wait())
        try:
            await asyncio.wait((gone, opened), return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                self.left.set()
                return
        finally:
            gone.cancel()
            opened.cancel()
            await asyncio.gather(gone, opened, return_exceptions=True)
        for text in self.after:
            await connection.chunk(word(text))
        await connection.chunk(finish() + DONE)
        await connection.send(b"0\r\n\r\n")


@dataclass
class Endless:
    """Words until the client leaves: some soon, then a few each second, so that no cap is reached meanwhile."""

    period_s: float = 0.01
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, connection: Connection) -> None:
        gone = asyncio.create_task(connection.gone())
        try:
            await connection.send(SSE_HEAD)
            for number in count():
                if gone.done():
                    break
                await connection.chunk(word("mot "))
                await asyncio.sleep(self.period_s * (1 if number < SOON else 10))
        except ConnectionError:
            pass
        finally:
            self.left.set()
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)


@dataclass
class Upstream:
    """What the models of one test do, and what was asked of them."""

    scripts: dict[str, Script] = field(default_factory=dict)
    requests: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    base_url: str = ""

    async def play(self, connection: Connection) -> None:
        """Answer one request as its model was told to; ``default`` speaks for the others."""
        if connection.request.path.endswith("/models"):
            await connection.reply(200, b'{"data": []}', content_type="application/json")
            return
        model = connection.request.json["model"]
        self.requests[model].append(connection.request)
        await self.scripts.get(model, self.scripts["default"])(connection)

    def count(self, model: str) -> int:
        return len(self.requests[model])

    def messages(self, model: str, number: int = -1) -> list[tuple[str, str]]:
        """The conversation that a model was sent."""
        sent: list[dict[str, Any]] = self.requests[model][number].json["messages"]
        return [(message["role"], message["content"]) for message in sent]


@asynccontextmanager
async def open_upstream(**scripts: Script) -> AsyncIterator[Upstream]:
    """The server on a free port."""
    upstream = Upstream({"default": says("Bonjour ", "à tous."), **scripts})
    async with serving(upstream.play) as server:
        upstream.base_url = server.base_url
        yield upstream
