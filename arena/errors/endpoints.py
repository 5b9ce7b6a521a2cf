"""What a model endpoint can do wrong."""

from arena.errors.tree import ArenaError


class EndpointError(ArenaError):
    """Base of what a model endpoint can do wrong. Never carries a key or a provider's own text to a page."""

    key = "error.endpoint"


class EndpointUnreachable(EndpointError):
    """Nothing listens there."""

    key = "error.endpoint.unreachable"


class HostNotFound(EndpointUnreachable):
    """The host name does not resolve."""

    key = "error.endpoint.host_not_found"


class TlsFailed(EndpointUnreachable):
    """The secure connection could not be made."""

    key = "error.endpoint.tls"


class RequestRefused(EndpointError):
    """The endpoint refused the request (4xx)."""

    key = "error.endpoint.refused"


class ContextTooLong(RequestRefused):
    """Prompt and history exceed what the model can read."""

    key = "error.endpoint.context_too_long"


class AccessDenied(RequestRefused):
    """The key is missing, wrong or not allowed to use the model."""

    key = "error.endpoint.access_denied"


class ModelUnknown(RequestRefused):
    """The endpoint does not know the model or the address."""

    key = "error.endpoint.model_unknown"


class RateLimited(RequestRefused):
    """Too many requests; ``retry_after_s`` is the endpoint's own wish, in seconds, or None."""

    key = "error.endpoint.rate_limited"

    def __init__(self, message: str = "", retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class ServerFault(EndpointError):
    """The endpoint failed on its own side (5xx or an error object in the stream)."""

    key = "error.endpoint.server_fault"


class EndpointSilent(EndpointError):
    """No byte for longer than allowed, or an answer longer than allowed."""

    key = "error.endpoint.silent"


class StreamDropped(EndpointError):
    """The connection broke before the answer ended."""

    key = "error.endpoint.dropped"


class MalformedReply(EndpointError):
    """The reply is not the chat completions protocol."""

    key = "error.endpoint.malformed"


class EmptyAnswer(EndpointError):
    """A well-formed reply without any text."""

    key = "error.endpoint.empty"


class ContentFiltered(EndpointError):
    """The endpoint's filter stopped the answer."""

    key = "error.endpoint.filtered"
