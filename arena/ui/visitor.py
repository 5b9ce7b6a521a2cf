"""Who is asking: an anonymous visitor, known by one strictly necessary cookie."""

import hashlib
import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "arena_visitor"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_ONE_YEAR_S = 365 * 24 * 3600


def visitor_id_of(token: str | None) -> str | None:
    """The stored id of a visitor: a digest, so that a copy of the database opens no battle."""
    if token is None or not _TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode()).hexdigest()[:32]


class VisitorCookie:
    """Gives every page visit the cookie: random, HttpOnly, SameSite=Lax, nothing else in it.

    ``codes`` is where the addresses of events begin: there too a visit is one of a participant's page.
    """

    def __init__(self, app: ASGIApp, *, pages: frozenset[str], secure: bool, codes: str = "/e/") -> None:
        self._app = app
        self._pages = pages
        self._codes = codes
        self._attributes = f"; Path=/; HttpOnly; SameSite=Lax; Max-Age={_ONE_YEAR_S}"
        if secure:
            self._attributes += "; Secure"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the cookie on a page that was asked for without a usable one."""
        is_page = scope["type"] == "http" and (scope["path"] in self._pages or scope["path"].startswith(self._codes))
        if not is_page or visitor_id_of(_token(Headers(scope=scope))) is not None:
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("set-cookie", f"{COOKIE}={secrets.token_hex(16)}{self._attributes}")
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _token(headers: Headers) -> str | None:
    """The token as the handlers will read it, whatever other cookies stand beside it."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE)
