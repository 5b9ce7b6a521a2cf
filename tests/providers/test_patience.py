"""How long the chat client waits for the first word, the next byte and the whole answer."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from arena.errors import EndpointSilent
from arena.providers.chat import Patience
from tests.providers.asking import HASTY, ask, ask_server, request_to
from tests.providers.fake_server import (
    DONE,
    SSE_HEAD,
    Connection,
    Script,
    finish,
    hanging_after,
    streaming,
    word,
)

GOOD = streaming((word("Bonjour"), finish(), DONE))


async def drip(connection: Connection, part: bytes) -> None:
    await connection.send(SSE_HEAD)
    while True:
        await connection.chunk(part)
        await asyncio.sleep(0.05)


async def pings(connection: Connection) -> None:
    await drip(connection, b": ping\n\n")


async def words(connection: Connection) -> None:
    await drip(connection, word("a"))


async def nothing(connection: Connection) -> None:
    await connection.gone()


@pytest.mark.parametrize(
    ("script", "patience", "said"),
    [
        (nothing, Patience(first_word_s=0.3), ""),
        (hanging_after(), Patience(silence_s=0.3), ""),
        (hanging_after(b": ping\n\n"), Patience(silence_s=0.3), ""),
        (hanging_after(word("a"), word("b")), Patience(silence_s=0.3), "ab"),
        (hanging_after(word("a")[:-9]), Patience(silence_s=0.3), ""),
        (pings, Patience(first_word_s=0.4, silence_s=0.3), ""),
        (nothing, Patience(whole_answer_s=0.3), ""),
    ],
)
async def test_a_silent_endpoint_is_given_up_in_time(
    client: httpx.AsyncClient, script: Script, patience: Patience, said: str
) -> None:
    started = time.monotonic()
    heard = await ask_server(client, script, patience=patience)
    assert (type(heard.fault), heard.text) == (EndpointSilent, said)
    assert 0.25 < time.monotonic() - started < 1.5


async def test_an_answer_that_takes_too_long_is_given_up_while_it_flows(client: httpx.AsyncClient) -> None:
    heard = await ask_server(client, words, patience=Patience(whole_answer_s=0.4))
    assert type(heard.fault) is EndpointSilent
    assert 3 <= len(heard.text) <= 9


async def test_a_flood_of_keep_alives_is_given_up() -> None:
    class Flood(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:  # never waits, so that no timer gets its turn
                yield b": ping\n\n"

    transport = httpx.MockTransport(lambda _request: httpx.Response(200, stream=Flood()))
    async with httpx.AsyncClient(transport=transport) as client:
        heard = await ask(client, request_to("http://model.test/v1"), Patience(first_word_s=0.2))
    assert type(heard.fault) is EndpointSilent


async def test_keep_alives_count_as_life(client: httpx.AsyncClient) -> None:
    async def thinking_hard(connection: Connection) -> None:
        await connection.send(SSE_HEAD)
        for _ in range(6):
            await connection.chunk(b": ping\n\n")
            await asyncio.sleep(0.1)
        await connection.chunk(word("a") + finish())
        await connection.send(b"0\r\n\r\n")

    assert (await ask_server(client, thinking_hard)).text == "a"


async def test_a_slow_first_word_is_no_silence_before_the_reply_begins(client: httpx.AsyncClient) -> None:
    async def loading(connection: Connection) -> None:
        await asyncio.sleep(2 * HASTY.silence_s)
        await GOOD(connection)

    assert (await ask_server(client, loading)).text == "Bonjour"
