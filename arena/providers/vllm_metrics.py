"""How many answers a vLLM server writes at once, from the metrics that it offers in Prometheus' text format."""

import asyncio
import re

import httpx

from arena.providers.endpoint_faults import HTTPX_ERRORS

MAX_BODY_BYTES = 4_000_000
TIMEOUT_S = 1.0

# vllm:num_requests_running{engine="0",model_name="x"} 3.0 [timestamp]; some collectors write _ for the colon.
_RUNNING = re.compile(
    rb"""^[ \t]*vllm[:_]num_requests_running          # the name, and nothing longer
         [ \t]*(?:\{(?:[^"}\n]|"(?:\\.|[^"\\\n])*")*\})?  # labels, whose values may hold anything quoted
         [ \t]+([0-9.eE+-]+)(?:[ \t]|\r?$)""",
    re.MULTILINE | re.VERBOSE,
)


def metrics_url_of(base_url: str) -> str:
    """Where a server with this chat address offers its metrics: beside ``/v1``, not below it."""
    return f"{base_url.rstrip('/').removesuffix('/v1')}/metrics"


def running_of(metrics: bytes) -> float | None:
    """The number of requests that run now; the mean of several engines, which share them. None when not said."""
    values = [number for text in _RUNNING.findall(metrics) if (number := _number(text)) is not None]
    return sum(values) / len(values) if values else None


def _number(text: bytes) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1e6 else None


async def ask_running(client: httpx.AsyncClient, metrics_url: str, timeout_s: float = TIMEOUT_S) -> float | None:
    """Ask a server how many requests run now; None when it does not say so in time. Never raises for what it does."""
    try:
        async with asyncio.timeout(timeout_s):
            return running_of(await _body_at(client, metrics_url))
    except (TimeoutError, *HTTPX_ERRORS):
        return None


async def _body_at(client: httpx.AsyncClient, url: str) -> bytes:
    body = b""
    async with client.stream("GET", url, follow_redirects=False) as response:
        if response.status_code != 200:
            return b""
        async for data in response.aiter_bytes():
            body += data
            if len(body) > MAX_BODY_BYTES:
                return b""
    return body
