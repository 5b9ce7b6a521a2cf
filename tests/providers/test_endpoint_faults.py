"""Whatever an endpoint does wrong becomes one of our errors, and nothing of httpx or of the key leaks."""

import asyncio
import logging
import socket
import ssl
import time
import traceback
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from arena.errors import (
    AccessDenied,
    ContentFiltered,
    ContextTooLong,
    EmptyAnswer,
    EndpointError,
    EndpointUnreachable,
    HostNotFound,
    MalformedReply,
    ModelUnknown,
    RateLimited,
    RequestRefused,
    ServerFault,
    StreamDropped,
    TlsFailed,
)
from arena.providers.chat import Finished, TextDelta
from arena.providers.endpoint_faults import HTTPX_ERRORS, fault_of_exception, seconds_to_wait
from arena.providers.openai_chat import ERROR_BODY_S
from tests.passing_time import pass_time, settle
from tests.providers.asking import KEY, ask, ask_server, request_to
from tests.providers.fake_server import (
    DONE,
    Connection,
    breaking_after,
    event,
    finish,
    replying,
    serving,
    streaming,
    word,
)

GOOD = streaming((word("Bonjour"), finish(), DONE))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IN_AN_HOUR = format_datetime(datetime.now(UTC) + timedelta(hours=1))


def descendants(base: type[Exception]) -> Iterator[type[Exception]]:
    yield base
    for child in base.__subclasses__():
        yield from descendants(child)


def raised_by_httpx() -> list[type[Exception]]:
    """Every exception class that httpx names in public."""
    public = (getattr(httpx, name) for name in httpx.__all__)
    return [each for each in public if isinstance(each, type) and issubclass(each, Exception)]


def an_instance(kind: type[Exception]) -> Exception:
    """Some constructors of httpx want a request; the message holds the key, as a protocol error's may."""
    error = kind.__new__(kind)
    error.args = (f"Illegal header value b'Bearer {KEY}'",)
    return error


class TestNothingOfHttpxLeaks:
    def test_every_exception_has_a_base_that_is_caught(self) -> None:
        kinds = raised_by_httpx()
        assert len(kinds) > 20
        assert [kind for kind in kinds if not issubclass(kind, HTTPX_ERRORS)] == []

    @pytest.mark.parametrize("has_reply", [True, False])
    def test_every_exception_becomes_an_endpoint_error_without_its_words(self, has_reply: bool) -> None:
        for kind in {each for base in raised_by_httpx() for each in descendants(base)}:
            fault = fault_of_exception(an_instance(kind), has_reply=has_reply)
            assert isinstance(fault, EndpointError)
            assert KEY not in str(fault)

    @pytest.mark.parametrize("kind", raised_by_httpx())
    async def test_every_exception_is_translated_before_and_within_the_reply(self, kind: type[Exception]) -> None:
        class Broken(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                yield word("a")
                raise an_instance(kind)

        def refuse(_request: httpx.Request) -> httpx.Response:
            raise an_instance(kind)

        def break_off(_request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=Broken())

        for handler in (refuse, break_off):
            async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as client:
                fault = (await ask(client, request_to("http://model.test/v1"))).fault
            assert fault is not None
            assert KEY not in "".join(traceback.format_exception(fault))


class TestNoConnection:
    async def test_a_refused_connection_is_unreachable(self, client: httpx.AsyncClient) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            heard = await ask(client, request_to(f"http://127.0.0.1:{port}/v1"))
        assert type(heard.fault) is EndpointUnreachable

    @pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", f"{'x' * 70}.test"])
    async def test_a_name_that_does_not_resolve_is_not_found(self, client: httpx.AsyncClient, host: str) -> None:
        heard = await ask(client, request_to(f"http://{host}/v1"))
        assert type(heard.fault) is HostNotFound

    async def test_a_server_without_tls_fails_the_handshake(self, client: httpx.AsyncClient) -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        heard = await ask(client, request_to(f"https://127.0.0.1:{port}/v1"))
        server.close()
        assert type(heard.fault) is TlsFailed

    async def test_a_handshake_that_is_cut_short_is_unreachable_or_failed(self, client: httpx.AsyncClient) -> None:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        heard = await ask(client, request_to(f"https://127.0.0.1:{port}/v1"))
        server.close()
        assert isinstance(heard.fault, EndpointUnreachable)

    def test_a_certificate_that_does_not_fit_is_a_tls_fault(self) -> None:
        error = httpx.ConnectError("no")
        error.__cause__ = ssl.SSLCertVerificationError("self-signed certificate")
        assert type(fault_of_exception(error, has_reply=False)) is TlsFailed

    @pytest.mark.parametrize("base_url", ["", "ftp://127.0.0.1/v1", "http://", "http://[::1", "http://a:b:c/"])
    async def test_an_impossible_address_is_unreachable(self, client: httpx.AsyncClient, base_url: str) -> None:
        heard = await ask(client, request_to(base_url))
        assert isinstance(heard.fault, EndpointUnreachable)


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "body", "fault"),
        [
            (400, "no", RequestRefused),
            (402, "pay", RequestRefused),
            (418, "teapot", RequestRefused),
            (422, "no", RequestRefused),
            (400, '{"error": {"code": "context_length_exceeded"}}', ContextTooLong),
            (400, "This model's maximum context length is 4096 tokens.", ContextTooLong),
            (400, "'max_completion_tokens' is too large. maximum context length is 9", ContextTooLong),
            (400, "Prompt contains too many tokens", ContextTooLong),
            (400, '{"error": {"type": "exceed_context_size_error"}}', ContextTooLong),
            (422, "input exceeds the context window of this model", ContextTooLong),
            (500, "the request exceeds the available context size", ContextTooLong),
            (413, "", ContextTooLong),
            (400, '{"error": {"code": "model_not_found"}}', ModelUnknown),
            (400, "API key not valid", AccessDenied),
            (400, '{"error": {"code": "content_filter"}}', ContentFiltered),
            (401, "", AccessDenied),
            (403, "<html>", AccessDenied),
            (404, '{"detail": "Not Found"}', ModelUnknown),
            (302, "", MalformedReply),
        ],
    )
    async def test_refusals_are_told_apart_and_never_repeated(
        self, client: httpx.AsyncClient, status: int, body: str, fault: type[EndpointError]
    ) -> None:
        async with serving(replying(status, body.encode())) as server:
            heard = await ask(client, request_to(server.base_url))
        assert type(heard.fault) is fault
        assert len(server.requests) == 1

    async def test_a_message_holds_the_status_and_nothing_of_the_provider(self, client: httpx.AsyncClient) -> None:
        for status in (400, 401, 404, 418):
            fault = (await ask_server(client, replying(status, f"bad key {KEY}".encode()))).fault
            assert str(fault) == f"HTTP {status}"

    @pytest.mark.parametrize("status", [500, 529])
    async def test_a_server_fault_is_forgiven_once_after_half_a_second(
        self, client: httpx.AsyncClient, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        started = time.monotonic()
        heard = await ask_server(client, replying(status, b"oops"), GOOD)
        assert heard.events == [TextDelta("Bonjour"), Finished("stop")]
        assert time.monotonic() - started > 0.4
        assert "one more try in 0.5 s" in caplog.text

    async def test_a_second_server_fault_is_final(self, client: httpx.AsyncClient) -> None:
        async with serving(replying(503, b"oops")) as server:
            heard = await ask(client, request_to(server.base_url))
        assert (type(heard.fault), str(heard.fault), len(server.requests)) == (ServerFault, "HTTP 503", 2)

    @pytest.mark.parametrize("body", [b"x" * 10_000_000, b""])
    async def test_an_error_body_is_read_no_further_than_needed(self, client: httpx.AsyncClient, body: bytes) -> None:
        heard = await ask_server(client, replying(400, body))
        assert type(heard.fault) is RequestRefused

    async def test_an_error_body_that_never_ends_does_not_hold_us(self, client: httpx.AsyncClient) -> None:
        async def half_an_error(connection: Connection) -> None:
            await connection.send(b"HTTP/1.1 401 X\r\nContent-Length: 99\r\n\r\nhm")
            await settle()
            pass_time(ERROR_BODY_S)
            await connection.gone()

        assert type((await ask_server(client, half_an_error)).fault) is AccessDenied


class TestTooManyRequests:
    async def test_it_waits_as_long_as_it_is_told_and_tries_once(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        started = time.monotonic()
        heard = await ask_server(client, replying(429, b"", "Retry-After: 0.3"), GOOD)
        assert heard.text == "Bonjour"
        assert time.monotonic() - started > 0.25
        assert "one more try in 0.3 s" in caplog.text

    async def test_it_waits_a_second_when_it_is_told_nothing(
        self, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        started = time.monotonic()
        assert (await ask_server(client, replying(429), GOOD)).text == "Bonjour"
        assert time.monotonic() - started > 0.9
        assert "one more try in 1.0 s" in caplog.text

    async def test_a_second_refusal_is_final_and_tells_the_wish(self, client: httpx.AsyncClient) -> None:
        async with serving(replying(429, b"", "Retry-After: 0"), replying(429, b"", "Retry-After: 7")) as server:
            heard = await ask(client, request_to(server.base_url))
        assert isinstance(heard.fault, RateLimited)
        assert (heard.fault.retry_after_s, len(server.requests)) == (7.0, 2)

    @pytest.mark.parametrize("wish", ["6", "3600", pytest.param(IN_AN_HOUR, id="a date")])
    async def test_a_long_wish_is_not_waited_for(self, client: httpx.AsyncClient, wish: str) -> None:
        async with serving(replying(429, b"", f"Retry-After: {wish}"), GOOD) as server:
            heard = await ask(client, request_to(server.base_url))
        assert isinstance(heard.fault, RateLimited)
        assert heard.fault.retry_after_s is not None
        assert (heard.fault.retry_after_s > 5, len(server.requests)) == (True, 1)

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            (None, None),
            ("2", 2.0),
            ("0.5", 0.5),
            ("-3", 0.0),
            ("soon", None),
            ("nan", None),
            ("inf", None),
            ("", None),
            ("Sun, 01 Mar 2026 12:00:04 GMT", 4.0),
            ("Sun, 01 Mar 2026 12:00:04 -0000", 4.0),
            ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
            ("Sun, 99 Mar 2026 11:00:00 GMT", None),
        ],
    )
    def test_the_wish_is_seconds_or_a_date(self, header: str | None, seconds: float | None) -> None:
        assert seconds_to_wait(header, NOW) == seconds


class TestBrokenReplies:
    @pytest.mark.parametrize("parts", [(word("a"),), (word("a"), word("b")[:12])])
    async def test_a_connection_that_breaks_after_words_is_dropped(
        self, client: httpx.AsyncClient, parts: tuple[bytes, ...]
    ) -> None:
        heard = await ask_server(client, breaking_after(*parts))
        assert (type(heard.fault), heard.text) == (StreamDropped, "a")

    async def test_a_stream_that_just_stops_after_words_is_dropped(self, client: httpx.AsyncClient) -> None:
        heard = await ask_server(client, streaming((word("a"),)))
        assert (type(heard.fault), heard.text) == (StreamDropped, "a")

    @pytest.mark.parametrize("body", [b"", b": ping\n\n", DONE, finish()])
    async def test_a_reply_without_a_word_is_empty(self, client: httpx.AsyncClient, body: bytes) -> None:
        assert type((await ask_server(client, replying(200, body))).fault) is EmptyAnswer

    async def test_a_server_that_always_hangs_up_is_dropped(self, client: httpx.AsyncClient) -> None:
        async def hang_up(connection: Connection) -> None:
            connection.reset()

        async with serving(hang_up) as server:
            heard = await ask(client, request_to(server.base_url))
        assert (type(heard.fault), len(server.requests)) == (StreamDropped, 2)

    async def test_bytes_that_are_not_http_are_malformed(self, client: httpx.AsyncClient) -> None:
        async def other_protocol(connection: Connection) -> None:
            await connection.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
            await connection.gone()

        assert type((await ask_server(client, other_protocol)).fault) is MalformedReply

    async def test_a_body_that_is_not_what_its_encoding_says_is_malformed(self, client: httpx.AsyncClient) -> None:
        script = replying(200, b"not gzip", "Content-Encoding: gzip")
        assert type((await ask_server(client, script)).fault) is MalformedReply

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("text/html; charset=utf-8", b"<!DOCTYPE html><title>Welcome</title>"),
            ("application/json", b'{"hello": "world"}'),
            ("application/json", b"{"),
            ("text/event-stream", b"data: {oops}\n\n"),
            ("text/plain", b"Hello from a web server"),
            ("text/event-stream", b"data: " + b"x" * 1_100_000),
        ],
    )
    async def test_another_protocol_is_a_malformed_reply(
        self, client: httpx.AsyncClient, content_type: str, body: bytes
    ) -> None:
        heard = await ask_server(client, replying(200, body, content_type=content_type))
        assert (type(heard.fault), heard.events) == (MalformedReply, [])

    @pytest.mark.parametrize(
        ("error", "fault"),
        [
            ({"message": f"bad {KEY}", "code": 502}, ServerFault),
            ({"message": "slow down", "code": "rate_limit_exceeded"}, RateLimited),
            ({"message": "maximum context length is 10"}, ContextTooLong),
        ],
    )
    async def test_an_error_in_the_stream_ends_it(
        self, client: httpx.AsyncClient, error: object, fault: type[EndpointError]
    ) -> None:
        heard = await ask_server(client, streaming((word("a"), event({"error": error}), word("b"))))
        assert (type(heard.fault), heard.text) == (fault, "a")
        assert KEY not in str(heard.fault)

    async def test_a_filter_before_the_first_word_is_a_fault(self, client: httpx.AsyncClient) -> None:
        heard = await ask_server(client, streaming((finish("content_filter"), DONE)))
        assert type(heard.fault) is ContentFiltered
        heard = await ask_server(client, streaming((word("a"), finish("content_filter"), DONE)))
        assert heard.events == [TextDelta("a"), Finished("content_filter")]
