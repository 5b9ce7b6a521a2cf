"""Chat completions over HTTP: one request, a stream of events, and faults in our own words."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace

import httpx
import orjson

from arena.errors import (
    AccessDenied,
    EndpointError,
    EndpointSilent,
    RateLimited,
    ServerFault,
    StreamDropped,
)
from arena.providers.chat import ChatEvent, ChatRequest, Patience
from arena.providers.endpoint_faults import (
    HTTPX_ERRORS,
    fault_of_exception,
    fault_of_status,
    is_about_context,
)
from arena.providers.reply import ReplyReader

MAX_ERROR_BODY_BYTES = 64_000
ERROR_BODY_S = 1.0
LONGEST_RETRY_PAUSE_S = 5.0
RATE_LIMIT_PAUSE_S = 1.0
SERVER_FAULT_PAUSE_S = 0.5
USAGE_GRACE_S = 5.0  # after the finish reason: usage usually follows within a second
DRAIN_S = 0.25  # after [DONE]: reading the end of the body keeps the connection for the next request

_STREAM_OPTIONS_MARKS = (
    "stream_options",
    "include_usage",
    "extra_forbidden",
    "extra inputs",
    "extra fields",
    "unknown field",
)

logger = logging.getLogger(__name__)


async def stream_chat(
    client: httpx.AsyncClient, request: ChatRequest, patience: Patience
) -> AsyncGenerator[ChatEvent, None]:
    """Ask for one answer and yield it as it comes.

    Text and reasoning first, then at most one UsageReport, then Finished. Raises EndpointError, never an
    error of httpx. Before the reply begins only ``first_word_s`` counts (a local server may be loading the
    model), afterwards ``silence_s`` too. Leaving early closes the connection, provided that the generator is
    closed: use ``contextlib.aclosing``.
    """
    clock = _Clock(patience, asyncio.get_running_loop())
    reader = ReplyReader(request.max_tokens)
    response = await _open(client, request, clock)
    try:
        chunks = response.aiter_bytes()
        while (data := await _next_bytes(chunks, clock.deadline(reader))) is not None:
            for event in reader.feed(data):
                yield event
            if reader.is_cut:
                break
    except (EndpointSilent, StreamDropped):
        if not reader.has_ended:
            raise
    finally:
        await response.aclose()
    for event in reader.finish():
        yield event


class _Clock:
    """How long to wait for the next bytes; all times are those of the event loop."""

    def __init__(self, patience: Patience, loop: asyncio.AbstractEventLoop) -> None:
        self.patience = patience
        self.now = loop.time
        started = loop.time()
        self.whole_answer_at = started + patience.whole_answer_s
        self.first_word_at = min(started + patience.first_word_s, self.whole_answer_at)
        self._end_at: float | None = None
        self._done_at: float | None = None

    def deadline(self, reader: ReplyReader) -> float:
        """When to stop waiting for the next bytes. Raises EndpointSilent when that time is already past."""
        now = self.now()
        limit = self.whole_answer_at if reader.has_words else self.first_word_at
        if reader.has_ended:
            limit = min(limit, self._after_the_end(now, reader))
        if limit <= now:
            raise EndpointSilent("took too long")
        return min(limit, now + self.patience.silence_s)

    def _after_the_end(self, now: float, reader: ReplyReader) -> float:
        if self._end_at is None:
            self._end_at = now + USAGE_GRACE_S
        if reader.is_done and self._done_at is None:
            self._done_at = now + DRAIN_S
        return self._done_at or self._end_at


async def _next_bytes(chunks: AsyncIterator[bytes], deadline: float) -> bytes | None:
    """The next bytes of the body, None at its end."""
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(chunks, None)
    except TimeoutError:
        raise EndpointSilent("no byte for too long") from None
    except HTTPX_ERRORS as error:
        raise fault_of_exception(error, has_reply=True) from None


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What differs between servers in the request itself."""

    with_stream_options: bool = True
    limit_field: str = "max_tokens"

    def adapted_to(self, refusal: httpx.Response, body: str) -> "_Dialect | None":
        """Another dialect to try after this refusal, or None."""
        text = body.lower()
        if refusal.status_code not in (400, 422) or is_about_context(text):
            return None
        if self.limit_field == "max_tokens" and "max_completion_tokens" in text:
            return replace(self, limit_field="max_completion_tokens")
        if self.with_stream_options and any(mark in text for mark in _STREAM_OPTIONS_MARKS):
            return replace(self, with_stream_options=False)
        return None


async def _open(client: httpx.AsyncClient, request: ChatRequest, clock: _Clock) -> httpx.Response:
    """The response of a server that accepted the request; its body is still to be read."""
    _check_key(request.api_key)
    try:
        async with asyncio.timeout_at(clock.first_word_at):
            return await _open_with_retries(client, request, clock)
    except TimeoutError:
        raise EndpointSilent("no reply") from None


async def _open_with_retries(client: httpx.AsyncClient, request: ChatRequest, clock: _Clock) -> httpx.Response:
    """Each dialect is tried once, and a passing fault is forgiven once."""
    dialect = _Dialect()
    may_retry = True
    while True:
        try:
            reply = await _send(client, request, dialect, clock.patience)
        except EndpointError as fault:
            error = fault
        else:
            if reply.is_success:
                return reply
            body = await _error_text(reply)
            if (adapted := dialect.adapted_to(reply, body)) is not None:
                dialect = adapted
                continue
            error = fault_of_status(reply.status_code, body, reply.headers.get("retry-after"))
        pause_s = _pause_before_retry(error) if may_retry else None
        if pause_s is None or clock.now() + pause_s >= clock.first_word_at:
            raise error
        logger.info("%s from %s, one more try in %.1f s", type(error).__name__, request.wire_name, pause_s)
        may_retry = False
        await asyncio.sleep(pause_s)


async def _send(
    client: httpx.AsyncClient, request: ChatRequest, dialect: _Dialect, patience: Patience
) -> httpx.Response:
    try:
        return await client.send(
            client.build_request(
                "POST",
                f"{request.base_url.rstrip('/')}/chat/completions",
                content=_body(request, dialect),
                headers=_headers(request.api_key),
                timeout=httpx.Timeout(patience.silence_s, connect=patience.connect_s, read=None),
            ),
            stream=True,
            follow_redirects=False,
        )
    except HTTPX_ERRORS as error:
        # from None: a protocol error quotes the header it does not like, which may be the key.
        raise fault_of_exception(error, has_reply=False) from None


def _body(request: ChatRequest, dialect: _Dialect) -> bytes:
    body: dict[str, object] = {
        "model": request.wire_name,
        "messages": [{"role": message.role, "content": _encodable(message.content)} for message in request.messages],
        "stream": True,
        dialect.limit_field: request.max_tokens,
    }
    if dialect.with_stream_options:
        body["stream_options"] = {"include_usage": True}
    return orjson.dumps(body)


def _encodable(text: str) -> str:
    """The text without half surrogate pairs, which a browser may send and JSON cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _headers(api_key: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity",  # a compressor may hold tokens back
    }
    return headers | {"Authorization": f"Bearer {api_key}"} if api_key else headers


def _check_key(api_key: str | None) -> None:
    """A key with a line end or an accent cannot be sent at all."""
    if api_key and not (api_key.isascii() and api_key.isprintable()):
        raise AccessDenied("the key holds characters that a header cannot carry")


async def _error_text(reply: httpx.Response) -> str:
    """The beginning of an error's body; what cannot be read changes nothing about the status."""
    body = b""
    try:
        async with asyncio.timeout(ERROR_BODY_S):
            async for data in reply.aiter_bytes():
                body += data
                if len(body) >= MAX_ERROR_BODY_BYTES:
                    break
    except (TimeoutError, *HTTPX_ERRORS):
        pass
    finally:
        await reply.aclose()
    return body[:MAX_ERROR_BODY_BYTES].decode("utf-8", "replace")


def _pause_before_retry(fault: EndpointError) -> float | None:
    """Seconds before the one retry, None where a retry is of no use or would take too long."""
    match fault:
        case RateLimited(retry_after_s=None):
            return RATE_LIMIT_PAUSE_S
        case RateLimited(retry_after_s=float(wish_s)):
            return wish_s if wish_s <= LONGEST_RETRY_PAUSE_S else None
        case ServerFault():
            return SERVER_FAULT_PAUSE_S
        case StreamDropped():
            return 0.0  # before any reply: a kept connection that the server had just closed
    return None
