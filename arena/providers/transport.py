"""How bytes come from the endpoints: aiohttp under httpx, and small chunks read together.

A stream of 300 small chunks takes 35 ms of CPU with httpx's own transport and 11 ms with this one
(tests/bench/bench_upstream.py).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

_MAX_CONNECTIONS = 2000
_KEEP_ALIVE_S = 30

_PROMPT_READS = 6  # headers, role and first words pass at once
_PAUSE_S = 0.15  # a screen is brought up to date every 0.2 s: nobody sees the difference
_SMALL_BYTES = 4096


class EndpointTransport(AiohttpTransport):
    """aiohttp with every one of its errors turned into httpx's."""

    def __init__(self, *, trust_env: bool = True) -> None:
        limits = httpx.Limits(max_connections=_MAX_CONNECTIONS, keepalive_expiry=_KEEP_ALIVE_S)
        super().__init__(limits=limits, trust_env=trust_env)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx errors only."""
        with _as_httpx_errors(request):
            response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _TranslatedStream(response.stream, request)
        return response


class _TranslatedStream(httpx.AsyncByteStream):
    """A reply whose errors are httpx's, and whose trickle is taken up a few times a second after the first words."""

    def __init__(self, inner: httpx.AsyncByteStream, request: httpx.Request) -> None:
        self._inner = inner
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        prompt_reads = _PROMPT_READS
        with _as_httpx_errors(self._request):
            async for part in self._inner:
                yield part
                prompt_reads -= 1
                if prompt_reads < 0 and len(part) < _SMALL_BYTES:
                    await asyncio.sleep(_PAUSE_S)

    async def aclose(self) -> None:
        with _as_httpx_errors(self._request):
            await self._inner.aclose()


@contextmanager
def _as_httpx_errors(request: httpx.Request) -> Iterator[None]:
    """Translate what aiohttp raises, most telling class first; httpx's own errors pass."""
    try:
        yield
    except httpx.HTTPError as error:
        raise _translated(error.__cause__ or error, error, request) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _translated(error, None, request) from error


def _translated(cause: BaseException, mapped: httpx.HTTPError | None, request: httpx.Request) -> httpx.HTTPError:
    for kinds, httpx_kind in _KINDS:
        if isinstance(cause, kinds):
            return httpx_kind(type(cause).__name__, request=request)
    return mapped or httpx.ReadError(type(cause).__name__, request=request)


_Kinds = tuple[tuple[type[BaseException], ...], type[httpx.RequestError]]
_KINDS: tuple[_Kinds, ...] = (
    ((aiohttp.ClientConnectorError, aiohttp.ClientSSLError), httpx.ConnectError),
    ((aiohttp.ConnectionTimeoutError,), httpx.ConnectTimeout),
    ((aiohttp.SocketTimeoutError,), httpx.ReadTimeout),
    ((TimeoutError,), httpx.ReadTimeout),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError), httpx.ReadError),
    ((aiohttp.ClientResponseError,), httpx.RemoteProtocolError),
    ((aiohttp.InvalidURL, UnicodeError), httpx.ConnectError),  # a host name that cannot be one
)
