"""What of Gradio is reachable, how large a request may be, and the headers of every reply."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio needs inline scripts and, for the templates of gr.HTML, eval; everything else stays at home:
# no other host for scripts, pictures, forms, frames or connections.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Gradio allows any page of the web to read replies with the visitor's cookie; nobody needs that.
_CROSS_ORIGIN = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers")
MAX_BODY_BYTES = 64 * 1024


class Shield:
    """Lets through what the pages use and answers 404 to the rest of Gradio's routes.

    Uploads, queues, API descriptions, monitoring and file routes are open by default in Gradio.
    """

    def __init__(
        self, app: ASGIApp, *, mounts: tuple[str, ...], reading: frozenset[str], forms: frozenset[str]
    ) -> None:
        """``mounts`` are Gradio's pages (``fr``), ``reading`` our paths below them, ``forms`` what may be posted."""
        self._app = app
        pages = "|".join(mounts)
        self._gradio = re.compile(rf"/(?:{pages})(?:/|$)")
        self._read = re.compile(
            rf"/(?:{pages})(?:/?|/config|/theme\.css|/manifest\.json|/favicon\.ico|/(?:static|assets)/[\w./-]+"
            r"|/gradio_api/(?:startup-events|heartbeat/\w+|theme\.css))"
        )
        self._called = re.compile(rf"/(?:{pages})/gradio_api/run/predict/?")
        self._reading = reading
        self._forms = forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a body limit and headers, or refuse it."""
        if scope["type"] == "websocket":  # no page uses one
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in _CROSS_ORIGIN:
                    del headers[name]
                headers.update(_HEADERS)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        method, path = scope["method"], scope["path"]
        if method in ("GET", "HEAD"):
            is_closed = self._gradio.match(path) and path not in self._reading and not self._read.fullmatch(path)
            if is_closed:
                return PlainTextResponse("not found\n", 404)
            return None
        if method != "POST" or not (path in self._forms or self._called.fullmatch(path)):
            return PlainTextResponse("not found\n", 404)
        length = Headers(scope=scope).get("content-length", "")
        if not length.isdigit():
            return PlainTextResponse("length required\n", 411)
        if int(length) > MAX_BODY_BYTES:
            return PlainTextResponse("too large\n", 413)
        return None
