"""Says in each page's HTML which language it is written in."""

import re

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LANG = re.compile(rb"<html([^>]*?)\slang=\"[^\"]*\"")


class PageLanguage:
    """Gradio writes ``lang="en"`` on every page; ``/fr`` is French. It also sends pages uncompressed."""

    def __init__(self, app: ASGIApp, *, pages: frozenset[str]) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Collect a page (about 55 kB, 10 when packed) and send it with the right language."""
        if scope["type"] != "http" or scope["path"] not in self._pages:
            await self._app(scope, receive, send)
            return
        locale = scope["path"].strip("/").encode()
        accepts_brotli = "br" in Headers(scope=scope).get("accept-encoding", "")
        start: Message | None = None
        body = b""

        async def send_page(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body") or start is None:
                return
            page = _LANG.sub(b'<html\\1 lang="' + locale + b'"', body, count=1)
            headers = MutableHeaders(scope=start)
            headers.add_vary_header("Accept-Encoding")
            if accepts_brotli:
                page = brotli.compress(page, quality=4)
                headers["content-encoding"] = "br"
            headers["content-length"] = str(len(page))
            headers["cache-control"] = "no-store"
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self._app(scope, receive, send_page)
