"""A chat completions server on this machine, with scripted models: a demo needs no key and no network.

Besides the demo models it serves ``bench/N/R`` for load tests: N tokens at R tokens per second.
"""

import asyncio
import contextlib
import re
import socket
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from types import TracebackType
from typing import Any, cast

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from arena.providers.chat import ChatMessage
from arena.providers.demo_script import DEMO_MODELS, DemoModel, Pace, Script, load_script_book

BENCH_NAME = re.compile(r"bench/(\d{1,6})/(\d{1,6})")
BENCH_FIRST_TOKEN_S = 0.2
TICK_S = 0.01  # fast streams write at most 100 times a second: several tokens, still one event each
ROLES = ("system", "developer", "user", "assistant", "tool")


class Refusal(Exception):
    """A request the endpoint answers with an error object, as the protocol has it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Order:
    """What a request asks for."""

    model: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int | None
    stream: bool
    include_usage: bool


@dataclass(frozen=True, slots=True)
class Performance:
    """An answer ready to be sent: its pieces, its pace, how it ends and what it counts."""

    model: str
    script: Script
    pace: Pace
    finish_reason: str
    prompt_tokens: int

    @property
    def usage(self) -> dict[str, object]:
        output = self.script.length
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": output,
            "total_tokens": self.prompt_tokens + output,
            "completion_tokens_details": {"reasoning_tokens": len(self.script.reasoning)},
        }


def create_demo_app(models: Sequence[DemoModel] = DEMO_MODELS, speed: float = 1.0) -> Starlette:
    """The endpoint as an application.

    ``speed`` divides every delay. ``state.open_streams`` is the number of answers being streamed.
    """
    book = load_script_book()
    by_name = {model.wire_name: model for model in models}

    def perform(order: Order) -> Performance:
        model = by_name.get(order.model)
        if model is None:
            return _bench(order, speed)
        return _performance(order, book.script(model.style, order.messages), model.pace.times(speed))

    async def list_models(_request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [_model_card(name) for name in by_name]})

    async def complete(request: Request) -> Response:
        order = read_order(await request.body())
        performance = perform(order)
        if order.stream:
            events = _events(performance, include_usage=order.include_usage)
            body = _counted(request.app, paced(events, performance.pace))
            return StreamingResponse(body, media_type="text/event-stream")
        await asyncio.sleep(_duration_s(performance))
        return JSONResponse(_completion(performance))

    app = Starlette(
        routes=[
            Route("/v1/models", list_models),
            Route("/v1/chat/completions", complete, methods=["POST"]),
        ],
        exception_handlers={Refusal: _refuse},
    )
    app.state.open_streams = 0
    return app


async def _refuse(_request: Request, error: Exception) -> Response:
    refusal = cast(Refusal, error)
    content = {"message": str(refusal), "type": "invalid_request_error", "param": None, "code": refusal.code}
    return JSONResponse({"error": content}, status_code=refusal.status)


def _model_card(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "demo"}


# Reading a request


def read_order(body: bytes) -> Order:
    """Check the body of a chat completion request. Raises Refusal."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, "invalid_json", "The body is not JSON.") from error
    if not isinstance(data, dict) or not isinstance(data.get("model"), str):
        raise Refusal(400, "invalid_request", "'model' must be a string.")
    return Order(
        model=data["model"],
        messages=_read_messages(data.get("messages")),
        max_tokens=_read_max_tokens(data),
        stream=data.get("stream") is True,
        include_usage=_wants_usage(data.get("stream_options")),
    )


def _read_messages(value: object) -> tuple[ChatMessage, ...]:
    if not isinstance(value, list) or not value:
        raise Refusal(400, "invalid_request", "'messages' must be a list with at least one message.")
    return tuple(_read_message(item) for item in value)


def _read_message(item: object) -> ChatMessage:
    if not isinstance(item, dict) or item.get("role") not in ROLES:
        raise Refusal(400, "invalid_request", "A message needs a known 'role'.")
    return ChatMessage(item["role"], _read_content(item.get("content")))


def _read_content(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return "".join(str(part.get("text", "")) for part in content)
    raise Refusal(400, "invalid_request", "'content' must be a string or a list of parts.")


def _read_max_tokens(data: Mapping[str, Any]) -> int | None:
    value = data.get("max_completion_tokens") or data.get("max_tokens")
    if value is None and data.get("max_tokens") is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Refusal(400, "invalid_request", "'max_tokens' must be a positive integer.")
    return value


def _wants_usage(options: object) -> bool:
    return isinstance(options, dict) and options.get("include_usage") is True


# Preparing an answer


def _performance(order: Order, script: Script, pace: Pace) -> Performance:
    cap = order.max_tokens
    is_cut = cap is not None and cap < script.length
    return Performance(
        model=order.model,
        script=script.cut(cap) if cap is not None else script,
        pace=pace,
        finish_reason="length" if is_cut else "stop",
        prompt_tokens=sum(len(message.content.split()) for message in order.messages),
    )


def _bench(order: Order, speed: float) -> Performance:
    named = BENCH_NAME.fullmatch(order.model)
    if named is None or int(named[2]) == 0:
        raise Refusal(404, "model_not_found", f"The model '{order.model}' does not exist.")
    words = tuple(f"mot{number} " for number in range(1, int(named[1]) + 1))
    pace = Pace(BENCH_FIRST_TOKEN_S, int(named[2])).times(speed)
    return _performance(order, Script((), words), pace)


# Sending an answer


def _completion(performance: Performance) -> dict[str, object]:
    message = {"role": "assistant", "content": "".join(performance.script.answer)}
    if performance.script.reasoning:
        message["reasoning_content"] = "".join(performance.script.reasoning)
    choice = {"index": 0, "message": message, "finish_reason": performance.finish_reason}
    return {**_envelope(performance, "chat.completion"), "choices": [choice], "usage": performance.usage}


def _envelope(performance: Performance, kind: str) -> dict[str, object]:
    identity = f"chatcmpl-{uuid.uuid4().hex}"
    return {"id": identity, "object": kind, "created": int(time.time()), "model": performance.model}


def _events(performance: Performance, *, include_usage: bool) -> Iterator[bytes]:
    """One server-sent event per token; the parts that never change are encoded once."""
    head = b"data: " + orjson.dumps(_envelope(performance, "chat.completion.chunk"))[:-1]

    def event(rest: dict[str, object]) -> bytes:
        return head + b"," + orjson.dumps(rest)[1:] + b"\n\n"

    def choice(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
        return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]})

    tokens = chain(
        _tokens(choice({"reasoning_content": "\0"}), performance.script.reasoning),
        _tokens(choice({"content": "\0"}), performance.script.answer),
    )
    last = choice({}, performance.finish_reason)
    if include_usage:
        last += event({"choices": [], "usage": performance.usage})
    # What comes with no token of its own travels with the token beside it.
    yield choice({"role": "assistant", "content": ""}) + next(tokens, b"")
    yield from tokens
    yield last + b"data: [DONE]\n\n"


def _tokens(template: bytes, pieces: Iterable[str]) -> Iterator[bytes]:
    before, _, after = template.partition(orjson.dumps("\0"))
    return (before + orjson.dumps(piece) + after for piece in pieces)


async def paced(events: Iterator[bytes], pace: Pace) -> AsyncIterator[bytes]:
    """Send events on an absolute schedule: after a late wake-up, everything that is due goes out at once."""
    clock = asyncio.get_running_loop().time
    start = clock() + pace.first_token_s
    sent = 0
    await asyncio.sleep(pace.first_token_s)
    while True:
        due = max(sent + 1, int((clock() - start) * pace.tokens_per_s) + 1)
        batch = b"".join(islice(events, due - sent))
        if not batch:
            return
        yield batch
        sent = due
        await asyncio.sleep(max(start + sent / pace.tokens_per_s - clock(), TICK_S))


async def _counted(app: Starlette, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    app.state.open_streams += 1
    try:
        async for chunk in body:
            yield chunk
    finally:
        app.state.open_streams -= 1


def _duration_s(performance: Performance) -> float:
    return performance.pace.first_token_s + performance.script.length / performance.pace.tokens_per_s


# Serving


class _QuietServer(uvicorn.Server):
    """A server beside another one: signals belong to the main server. Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets=sockets)
        finally:
            self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class DemoServer:
    """Serves an application from the running event loop, on a loopback port; 0 takes a free one.

    ``base_url`` is what clients call, with the ``/v1`` of the protocol.
    """

    def __init__(self, app: Starlette, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = app
        self._socket = _bind(host, port)
        self.base_url = _base_url(self._socket)
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        self._server = _QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "DemoServer":
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="demo endpoint")
        await self._server.ready.wait()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        for connection in list(self._server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        if self._task is not None:
            await self._task


@contextlib.asynccontextmanager
async def run_demo_endpoint(host: str = "127.0.0.1", port: int = 0, speed: float = 1.0) -> AsyncIterator[str]:
    """Serve the demo models while the block runs; gives the base URL. Raises OSError for a port in use."""
    async with DemoServer(create_demo_app(speed=speed), host, port) as server:
        yield server.base_url


def serve_demo_endpoint(host: str, port: int, speed: float, announce: Callable[[str], None]) -> None:
    """Serve the demo models until Ctrl-C; ``announce`` gets the base URL. Blocks. Raises OSError for a port in use."""
    listening = _bind(host, port)
    listening.listen()  # whoever is told of the address may connect: it waits in the queue until the server is up
    announce(_base_url(listening))
    config = uvicorn.Config(
        create_demo_app(speed=speed), lifespan="off", ws="none", access_log=False, timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[listening])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def _base_url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"
