"""Which calls of a page's functions reach Gradio: those that one of our pages can make, and nothing else.

Gradio fetches any address and opens any path that a script puts into a call as a "file", and passes on
fields that our pages never send. A call is therefore read here and written anew.
"""

import re
from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CALL = re.compile(r"/((?:\w+/)?\w+)/gradio_api/run/predict/?")
_SESSION = re.compile(r"\w{1,64}")
# Gradio keeps the values of every page that it ever showed, 120 kB a visitor, and makes them anew for each
# newcomer. Our handlers read none of that: what a visitor may see comes from the cookie and the database. So
# all pages are one session to Gradio, and what one visitor wrote is not kept with another's address.
ONE_SESSION = "page"
InputCounts = Mapping[str, Mapping[int, int]]


class PlainCalls:
    """Lets through calls of known functions with texts and lists of texts."""

    def __init__(self, app: ASGIApp, *, input_counts: InputCounts) -> None:
        """``input_counts``: for each mounted page (``fr``), how many values each function takes, by its number."""
        self._app = app
        self._input_counts = input_counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite a call, or refuse it with 422."""
        call = _CALL.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if call is None:
            await self._app(scope, receive, send)
            return
        plain = self._plain(call[1], await Request(scope, receive).body())
        if plain is None:
            await PlainTextResponse("not a call of this page\n", 422)(scope, receive, send)
            return
        headers = [
            (name, value) for name, value in scope["headers"] if name not in (b"content-length", b"content-type")
        ]
        headers += [(b"content-length", b"%d" % len(plain)), (b"content-type", b"application/json")]
        unread = [plain]

        async def receive_plain() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            return await receive()

        await self._app({**scope, "headers": headers}, receive_plain, send)

    def _plain(self, page: str, body: bytes) -> bytes | None:
        try:
            call = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        if not isinstance(call, dict):
            return None
        number, values, session = call.get("fn_index"), call.get("data"), call.get("session_hash")
        counts = self._input_counts.get(page, {})
        if type(number) is not int or not isinstance(values, list) or counts.get(number) != len(values):
            return None
        if not isinstance(session, str) or not _SESSION.fullmatch(session) or not all(map(_is_plain, values)):
            return None
        return orjson.dumps({"fn_index": number, "data": values, "session_hash": ONE_SESSION})


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, str)
