"""What an endpoint does wrong, in our own errors and our own words: a provider's words may echo a key."""

import math
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from arena.errors import (
    AccessDenied,
    ContentFiltered,
    ContextTooLong,
    EndpointError,
    EndpointSilent,
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

# Everything httpx can raise has one of these as its base (a test walks its tree).
HTTPX_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, httpx.CookieConflict)

# Wordings of OpenAI, vLLM, llama.cpp, Ollama, Mistral, Groq, OpenRouter and the Hugging Face router.
_CONTEXT_MARKS = (
    "context_length_exceeded",
    "exceed_context_size_error",
    "maximum context length",
    "context length exceeded",
    "context window",
    "context size",
    "max_model_len",
    "too many tokens",
    "prompt is too long",
    "too large for model",
    "inputs tokens + max_new_tokens",
)
_REFUSAL_MARKS: tuple[tuple[type[EndpointError], tuple[str, ...]], ...] = (
    (ContextTooLong, _CONTEXT_MARKS),
    (ContentFiltered, ("content_filter", "content_policy_violation")),
    (ModelUnknown, ("model_not_found", "invalid_model", "invalid model")),
    (AccessDenied, ("invalid_api_key", "incorrect api key", "api key not valid")),
)
_STATUS_FAULTS: dict[int, type[EndpointError]] = {
    401: AccessDenied,
    403: AccessDenied,
    404: ModelUnknown,
    413: ContextTooLong,
}


def fault_of_exception(error: Exception, *, has_reply: bool) -> EndpointError:
    """Our error for one of HTTPX_ERRORS; ``has_reply`` says whether the reply had begun."""
    name = type(error).__name__
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return EndpointUnreachable(name)
        case httpx.TimeoutException():
            return EndpointSilent(name)
        case httpx.ConnectError():
            return _connect_fault(error)
        case httpx.ProxyError() | httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return EndpointUnreachable(name)
        case httpx.RemoteProtocolError() if not has_reply and "disconnected" not in str(error):
            return MalformedReply(name)
        case httpx.NetworkError() | httpx.RemoteProtocolError() | httpx.StreamError():
            return StreamDropped(name)
    return MalformedReply(name)


def fault_of_status(status: int, body: str, retry_after: str | None = None) -> EndpointError:
    """Our error for a reply that is not a success, from its status, its text and its Retry-After header."""
    message = f"HTTP {status}"
    if status == 429:
        return RateLimited(message, retry_after_s=seconds_to_wait(retry_after, datetime.now(UTC)))
    if status in _STATUS_FAULTS:
        return _STATUS_FAULTS[status](message)
    if 400 <= status < 500:
        return _refusal(body)(message)
    if is_about_context(body):
        return ContextTooLong(message)
    return ServerFault(message) if status >= 500 else MalformedReply(message)


def fault_of_error_object(error: Any) -> EndpointError:
    """Our error for an ``error`` object inside a reply that claimed to be a success."""
    fields = error if isinstance(error, dict) else {"message": error}
    code, kind, message = (str(fields.get(name, "")).lower() for name in ("code", "type", "message"))
    if is_about_context(f"{code} {kind} {message}"):
        return ContextTooLong("error in the reply")
    if code == "429" or "rate_limit" in code or "rate_limit" in kind:
        return RateLimited("error in the reply")
    return ServerFault("error in the reply")


def is_about_context(text: str) -> bool:
    """Whether an error text says that prompt and history do not fit."""
    text = text.lower()
    return any(mark in text for mark in _CONTEXT_MARKS)


def seconds_to_wait(retry_after: str | None, now: datetime) -> float | None:
    """Retry-After in seconds from now (RFC 9110, 10.2.3: seconds or a date), None if absent or unreadable."""
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        seconds = _seconds_until(retry_after, now)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _seconds_until(http_date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(http_date)
    except ValueError:
        return math.nan
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


def _refusal(body: str) -> type[EndpointError]:
    text = body.lower()
    for fault, marks in _REFUSAL_MARKS:
        if any(mark in text for mark in marks):
            return fault
    return RequestRefused


def _connect_fault(error: Exception) -> EndpointError:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return TlsFailed("ConnectError")
    if any(isinstance(cause, socket.gaierror | ValueError) for cause in causes):  # ValueError: not even a host name
        return HostNotFound("ConnectError")
    return EndpointUnreachable("ConnectError")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
