"""Asking a server for an answer, as the tests do it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import httpx

from arena.errors import EndpointError
from arena.providers.chat import ChatEvent, ChatMessage, ChatRequest, Patience, TextDelta
from arena.providers.openai_chat import stream_chat
from tests.passing_time import settle
from tests.providers.fake_server import Script, serving

PATIENCE = Patience(connect_s=10.0, first_word_s=60.0, silence_s=60.0, whole_answer_s=120.0)
LIMIT_S = 60.0  # ends a test that is broken
KEY = "sk-very-secret-0123456789"


@dataclass(slots=True)
class Heard:
    """The events of an answer, and the fault that ended it."""

    events: list[ChatEvent] = field(default_factory=list)
    fault: EndpointError | None = None

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))


def request_to(base_url: str, *, max_tokens: int = 100, api_key: str | None = KEY) -> ChatRequest:
    messages = (ChatMessage("system", "Be brief."), ChatMessage("user", "Ça va ?"))
    return ChatRequest(base_url, "small-model", messages, max_tokens, api_key)


async def ask(client: httpx.AsyncClient, request: ChatRequest, patience: Patience = PATIENCE) -> Heard:
    """Everything that an endpoint answers."""
    heard = Heard()
    await listen(heard, client, request, patience)
    return heard


async def listen(heard: Heard, client: httpx.AsyncClient, request: ChatRequest, patience: Patience = PATIENCE) -> None:
    """Note what an endpoint answers as it comes. Only our own errors are caught: any other fails the test."""
    try:
        async with aclosing(stream_chat(client, request, patience)) as events:
            async for event in events:
                heard.events.append(event)
    except EndpointError as fault:
        heard.fault = fault


@asynccontextmanager
async def listening(
    client: httpx.AsyncClient, script: Script, said: str, patience: Patience = PATIENCE
) -> AsyncIterator[tuple[Heard, asyncio.Task[None]]]:
    """What is heard of a server that hangs or goes on, once it has said this; then it takes as long as it takes."""
    heard = Heard()
    async with serving(script) as server:
        hearing = asyncio.create_task(listen(heard, client, request_to(server.base_url), patience))
        async with asyncio.timeout(LIMIT_S):
            while not server.requests or not heard.text.startswith(said):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        await settle()
        try:
            yield heard, hearing
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


async def ask_server(client: httpx.AsyncClient, *scripts: Script, patience: Patience = PATIENCE) -> Heard:
    """What a server that plays these scripts answers."""
    async with serving(*scripts) as server:
        return await ask(client, request_to(server.base_url), patience)
