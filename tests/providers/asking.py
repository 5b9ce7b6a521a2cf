"""Asking a server for an answer, as the tests do it."""

from contextlib import aclosing
from dataclasses import dataclass, field

import httpx

from arena.errors import EndpointError
from arena.providers.chat import ChatEvent, ChatMessage, ChatRequest, Patience, TextDelta
from arena.providers.openai_chat import stream_chat
from tests.providers.fake_server import Script, serving

HASTY = Patience(connect_s=1.0, first_word_s=2.0, silence_s=0.3, whole_answer_s=3.0)
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


async def ask(client: httpx.AsyncClient, request: ChatRequest, patience: Patience = HASTY) -> Heard:
    """Everything that an endpoint answers. Only our own errors are caught: any other fails the test."""
    heard = Heard()
    try:
        async with aclosing(stream_chat(client, request, patience)) as events:
            async for event in events:
                heard.events.append(event)
    except EndpointError as fault:
        heard.fault = fault
    return heard


async def ask_server(client: httpx.AsyncClient, *scripts: Script, patience: Patience = HASTY) -> Heard:
    """What a server that plays these scripts answers."""
    async with serving(*scripts) as server:
        return await ask(client, request_to(server.base_url), patience)
