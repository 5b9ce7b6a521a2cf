"""The chat client against real servers on this machine: what it asks, what it forgives, when it leaves."""

import asyncio
import gzip
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import httpx
import pytest

from arena.domain.battle import Usage
from arena.errors import AccessDenied, RequestRefused
from arena.providers.chat import (
    ChatMessage,
    ChatRequest,
    Finished,
    ReasoningDelta,
    TextDelta,
    UsageReport,
)
from arena.providers.openai_chat import DRAIN_S, USAGE_GRACE_S, stream_chat
from tests.passing_time import pass_time, settle
from tests.providers.asking import KEY, LIMIT_S, PATIENCE, Heard, ask, ask_server, listen, listening, request_to
from tests.providers.fake_server import (
    DONE,
    SSE_HEAD,
    Connection,
    breaking_after,
    delta,
    finish,
    hanging_after,
    replying,
    serving,
    streaming,
    usage,
    word,
)

ANSWER = (word("Bon"), word("jour"), finish(), usage(prompt_tokens=3, completion_tokens=2), DONE)
GOOD = streaming(ANSWER)


class TestTheRequest:
    async def test_it_asks_for_a_stream_with_usage(self, client: httpx.AsyncClient) -> None:
        async with serving(GOOD) as server:
            await ask(client, request_to(f"{server.base_url}/"))
        (received,) = server.requests
        assert (received.method, received.path) == ("POST", "/v1/chat/completions")
        assert received.headers["authorization"] == f"Bearer {KEY}"
        assert received.headers["content-type"] == "application/json"
        assert received.json == {
            "model": "small-model",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Ça va ?"},
            ],
            "stream": True,
            "max_tokens": 100,
            "stream_options": {"include_usage": True},
        }

    async def test_without_a_key_no_authorization_is_sent(self, client: httpx.AsyncClient) -> None:
        async with serving(GOOD) as server:
            await ask(client, request_to(server.base_url, api_key=None))
        assert "authorization" not in server.requests[0].headers

    async def test_a_prompt_with_half_a_surrogate_pair_can_be_sent(self, client: httpx.AsyncClient) -> None:
        async with serving(GOOD) as server:
            request = ChatRequest(server.base_url, "m", (ChatMessage("user", "a\ud83d"),), 10)
            assert (await ask(client, request)).text == "Bonjour"
        assert server.requests[0].json["messages"][0]["content"] == "a?"

    @pytest.mark.parametrize("key", ["sk-\nx", "clé", "a\x00b"])
    async def test_a_key_that_no_header_can_carry_is_refused(self, client: httpx.AsyncClient, key: str) -> None:
        async with serving(GOOD) as server:
            heard = await ask(client, request_to(server.base_url, api_key=key))
        assert type(heard.fault) is AccessDenied
        assert key not in str(heard.fault)
        assert server.requests == []

    @pytest.mark.parametrize("status", [400, 422])
    @pytest.mark.parametrize(
        "body",
        [
            b'{"error": {"message": "Unknown field: stream_options"}}',
            b'{"detail": [{"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}]}',
        ],
    )
    async def test_a_server_without_stream_options_is_asked_without_them(
        self, client: httpx.AsyncClient, status: int, body: bytes
    ) -> None:
        async with serving(replying(status, body), GOOD) as server:
            assert (await ask(client, request_to(server.base_url))).text == "Bonjour"
        first, second = (received.json for received in server.requests)
        assert first.pop("stream_options")
        assert first == second

    async def test_a_server_that_renamed_max_tokens_is_asked_its_way(self, client: httpx.AsyncClient) -> None:
        body = b'{"error": {"message": "Unsupported: \'max_tokens\'. Use \'max_completion_tokens\'."}}'
        async with serving(replying(400, body), GOOD) as server:
            assert (await ask(client, request_to(server.base_url))).text == "Bonjour"
        second = server.requests[1].json
        assert (second["max_completion_tokens"], "max_tokens" in second) == (100, False)
        assert second["stream_options"] == {"include_usage": True}

    async def test_a_server_that_refuses_everything_is_asked_three_times(self, client: httpx.AsyncClient) -> None:
        body = b"no max_completion_tokens, no stream_options, no nothing"
        async with serving(replying(400, body)) as server:
            heard = await ask(client, request_to(server.base_url))
        assert type(heard.fault) is RequestRefused
        assert len(server.requests) == 3

    async def test_redirects_are_not_followed(self, client: httpx.AsyncClient) -> None:
        async with serving(GOOD) as elsewhere:
            location = f"Location: {elsewhere.base_url}/chat/completions"
            for status in (301, 302, 307, 308):
                heard = await ask_server(client, replying(status, b"", location))
                assert heard.fault is not None
        assert elsewhere.requests == []


class TestTheAnswer:
    async def test_words_then_usage_then_the_end(self, client: httpx.AsyncClient) -> None:
        heard = await ask_server(client, GOOD)
        assert heard.events == [
            TextDelta("Bon"),
            TextDelta("jour"),
            UsageReport(Usage(3, 2)),
            Finished("stop"),
        ]
        assert heard.fault is None

    async def test_bytes_cut_anywhere_on_the_wire_give_the_same_words(self, client: httpx.AsyncClient) -> None:
        stream = b": ping\r\n\r\n" + word("été \u2028\x85🌱").replace(b"\n", b"\r\n") + finish()
        heard = await ask_server(client, streaming(stream[i : i + 1] for i in range(len(stream))))
        assert heard.events == [TextDelta("été \u2028\x85🌱"), Finished("stop")]

    async def test_reasoning_is_kept_apart(self, client: httpx.AsyncClient) -> None:
        parts = delta(reasoning="hm"), word("<think>"), word("again</think>"), word("yes"), finish()
        heard = await ask_server(client, streaming(parts))
        thoughts = [event.text for event in heard.events if isinstance(event, ReasoningDelta)]
        assert (thoughts, heard.text) == (["hm", "again"], "yes")

    async def test_a_whole_json_reply_is_an_answer(self, client: httpx.AsyncClient) -> None:
        body = b'{"choices": [{"message": {"content": "Bonjour"}, "finish_reason": "stop"}]}'
        assert (await ask_server(client, replying(200, body))).events == [
            TextDelta("Bonjour"),
            Finished("stop"),
        ]

    async def test_a_compressed_reply_is_read(self, client: httpx.AsyncClient) -> None:
        script = replying(200, gzip.compress(b"".join(ANSWER)), "Content-Encoding: gzip")
        assert (await ask_server(client, script)).text == "Bonjour"

    async def test_words_come_as_they_are_written(self, client: httpx.AsyncClient) -> None:
        heard_first = asyncio.Event()

        async def script(connection: Connection) -> None:
            await connection.send(SSE_HEAD)
            await connection.chunk(word("first"))
            await asyncio.wait_for(heard_first.wait(), LIMIT_S)
            await connection.chunk(word("second") + finish() + DONE)
            await connection.send(b"0\r\n\r\n")

        async with serving(script) as server:
            events = []
            async for event in stream_chat(client, request_to(server.base_url), PATIENCE):
                events.append(event)
                heard_first.set()
        assert events == [TextDelta("first"), TextDelta("second"), Finished("stop")]

    async def test_a_connection_serves_several_answers(self, client: httpx.AsyncClient) -> None:
        ports = set()

        async def script(connection: Connection) -> None:
            ports.add(connection.writer.get_extra_info("peername"))
            await GOOD(connection)

        async with serving(script) as server:
            for _ in range(3):
                await ask(client, request_to(server.base_url))
        assert len(ports) == 1

    async def test_a_kept_connection_that_was_just_closed_is_replaced(self, client: httpx.AsyncClient) -> None:
        async def close(connection: Connection) -> None:
            connection.reset()

        assert (await ask_server(client, close, GOOD)).text == "Bonjour"


class TestTheEndOfTheStream:
    async def test_done_is_the_end_even_if_the_server_breaks(self, client: httpx.AsyncClient) -> None:
        heard = await ask_server(client, breaking_after(*ANSWER))
        assert heard.events[-2:] == [UsageReport(Usage(3, 2)), Finished("stop")]

    async def test_done_is_the_end_even_if_the_server_stays(self, client: httpx.AsyncClient) -> None:
        async with listening(client, hanging_after(*ANSWER), "Bonjour") as (heard, hearing):
            pass_time(DRAIN_S)
            await settle()
            assert hearing.done()
        assert heard.events[-2:] == [UsageReport(Usage(3, 2)), Finished("stop")]

    async def test_usage_is_waited_for_and_then_given_up(self, client: httpx.AsyncClient) -> None:
        async with listening(client, hanging_after(word("a") + finish("length")), "a") as (heard, hearing):
            assert not hearing.done()
            pass_time(USAGE_GRACE_S)
            await settle()
            assert hearing.done()
        assert heard.events == [TextDelta("a"), Finished("length")]

    async def test_usage_may_come_late(self, client: httpx.AsyncClient) -> None:
        async def script(connection: Connection) -> None:
            await connection.send(SSE_HEAD)
            await connection.chunk(word("a") + finish())
            await asyncio.sleep(0.15)
            await connection.chunk(usage(completion_tokens=1))
            await connection.send(b"0\r\n\r\n")

        heard = await ask_server(client, script)
        assert heard.events[-2:] == [UsageReport(Usage(None, 1)), Finished("stop")]


class TestLeaving:
    async def test_an_endless_answer_is_stopped_and_its_connection_closed(self, client: httpx.AsyncClient) -> None:
        left = asyncio.Event()

        async def endless(connection: Connection) -> None:
            await connection.send(SSE_HEAD)
            try:
                while True:
                    await connection.chunk(word("again "))
            finally:
                left.set()

        async with serving(endless) as server:
            events = []
            async for event in stream_chat(client, request_to(server.base_url, max_tokens=10), PATIENCE):
                events.append(event)
                if isinstance(event, Finished):
                    await asyncio.wait_for(left.wait(), LIMIT_S)  # closed before the end is told
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
        assert (text, events[-1]) == (("again " * 14)[:80], Finished("length"))

    async def test_closing_early_closes_a_stalled_connection(self, client: httpx.AsyncClient) -> None:
        async def leave(base_url: str) -> None:
            async with aclosing(stream_chat(client, request_to(base_url), PATIENCE)) as events:
                assert await anext(events) == TextDelta("a")

        await self.expect_to_be_left(leave)

    async def test_cancelling_closes_a_stalled_connection(self, client: httpx.AsyncClient) -> None:
        async def leave(base_url: str) -> None:
            heard = Heard()
            task = asyncio.create_task(listen(heard, client, request_to(base_url), PATIENCE))
            while not heard.text:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        await self.expect_to_be_left(leave)

    async def expect_to_be_left(self, leave: Callable[[str], Awaitable[None]]) -> None:
        gone = asyncio.Event()

        async def stalled(connection: Connection) -> None:
            await connection.send(SSE_HEAD)
            await connection.chunk(word("a"))
            await connection.gone()
            gone.set()

        async with serving(stalled) as server:
            await leave(server.base_url)
            await asyncio.wait_for(gone.wait(), PATIENCE.silence_s / 2)

    async def test_cancelling_before_the_reply_closes_the_connection(self, client: httpx.AsyncClient) -> None:
        asked, gone = asyncio.Event(), asyncio.Event()

        async def silent(connection: Connection) -> None:
            asked.set()
            await connection.gone()
            gone.set()

        async with serving(silent) as server:
            task = asyncio.create_task(ask(client, request_to(server.base_url), PATIENCE))
            await asyncio.wait_for(asked.wait(), LIMIT_S)
            task.cancel()
            await asyncio.wait_for(gone.wait(), PATIENCE.first_word_s / 2)
        assert task.cancelled()

    async def test_a_slow_answer_does_not_delay_another(self, client: httpx.AsyncClient) -> None:
        async with listening(client, hanging_after(word("a")), "a") as (_, hearing):
            assert (await ask_server(client, GOOD)).text == "Bonjour"
            assert not hearing.done()


class TestSecrets:
    async def test_no_log_holds_the_key_or_the_prompt(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.DEBUG, logger="httpx")  # which `arena serve` makes quieter
        echo = f"Incorrect API key provided: {KEY}".encode()
        scripts = replying(500, echo), GOOD, replying(401, echo), breaking_after(word("a"))
        async with serving(*scripts) as server:
            for _ in range(3):
                await ask(client, request_to(server.base_url))
        assert {"httpx", "arena.providers.openai_chat"} <= {record.name for record in caplog.records}
        assert KEY not in caplog.text
        assert "Ça va" not in caplog.text

    def test_a_request_shows_no_key(self) -> None:
        request = request_to("http://127.0.0.1:1/v1")
        assert KEY not in f"{request!r} {request}"
