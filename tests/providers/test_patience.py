"""How long the chat client waits for the first word, the next byte and the whole answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from arena.errors import EndpointSilent
from arena.providers.chat import Patience
from tests.passing_time import pass_time, settle
from tests.providers.asking import LIMIT_S, ask, ask_server, listening, request_to
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


GIVEN_UP_S = 60.0
LONG = Patience(connect_s=600.0, first_word_s=600.0, silence_s=600.0, whole_answer_s=600.0)
FOR_THE_FIRST_WORD = replace(LONG, first_word_s=GIVEN_UP_S)
FOR_THE_NEXT_BYTE = replace(LONG, silence_s=GIVEN_UP_S)
FOR_ALL = replace(LONG, whole_answer_s=GIVEN_UP_S)


@pytest.mark.parametrize(
    ("script", "patience", "said"),
    [
        (nothing, FOR_THE_FIRST_WORD, ""),
        (hanging_after(), FOR_THE_NEXT_BYTE, ""),
        (hanging_after(b": ping\n\n"), FOR_THE_NEXT_BYTE, ""),
        (hanging_after(word("a"), word("b")), FOR_THE_NEXT_BYTE, "ab"),
        (hanging_after(word("a")[:-9]), FOR_THE_NEXT_BYTE, ""),
        (pings, replace(FOR_THE_FIRST_WORD, silence_s=GIVEN_UP_S), ""),
        (nothing, FOR_ALL, ""),
    ],
)
async def test_a_silent_endpoint_is_given_up_in_time(
    client: httpx.AsyncClient, script: Script, patience: Patience, said: str
) -> None:
    async with listening(client, script, said, patience) as (heard, hearing):
        pass_time(GIVEN_UP_S / 2)
        await settle()
        assert not hearing.done()
        pass_time(GIVEN_UP_S / 2)
        await settle()
        assert hearing.done()
    assert (type(heard.fault), heard.text) == (EndpointSilent, said)


async def test_an_answer_that_takes_too_long_is_given_up_while_it_flows(client: httpx.AsyncClient) -> None:
    async with listening(client, words, "aaa", FOR_ALL) as (heard, hearing):
        assert not hearing.done()
        pass_time(GIVEN_UP_S)
        await asyncio.wait_for(hearing, LIMIT_S)
    assert type(heard.fault) is EndpointSilent
    assert set(heard.text) == {"a"}


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
        for _ in range(3):
            await connection.chunk(b": ping\n\n")
            await settle()
            pass_time(0.6 * GIVEN_UP_S)
        await connection.chunk(word("a") + finish())
        await connection.send(b"0\r\n\r\n")

    assert (await ask_server(client, thinking_hard, patience=FOR_THE_NEXT_BYTE)).text == "a"


async def test_a_slow_first_word_is_no_silence_before_the_reply_begins(client: httpx.AsyncClient) -> None:
    async def loading(connection: Connection) -> None:
        await settle()
        pass_time(2 * GIVEN_UP_S)
        await GOOD(connection)

    assert (await ask_server(client, loading, patience=FOR_THE_NEXT_BYTE)).text == "Bonjour"
