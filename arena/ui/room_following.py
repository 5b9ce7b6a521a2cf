"""The stream that pages of a room follow: server-sent events with the parts of the page that changed."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

from arena.errors import EventNotFound, StorageError
from arena.services.live_room import Role, RoomView
from arena.services.room_views import RoomViews
from arena.ui.growing import kept_and_added

STILL_HERE = b":\n\n"  # a comment: tells a page that the server is there, and keeps proxies from closing
GONE = b'data: {"gone":true}\n\n'  # there is no such event any more
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Parts = Mapping[str, str]  # HTML by the name of the part of the page that it fills
Render = Callable[[RoomView], Awaitable[tuple[Parts, Mapping[str, Any]]]]  # the parts, and plain data for the script


class RoomStream:
    """Turns views of a room into the smallest messages that bring one page up to date."""

    def __init__(self) -> None:
        self._sent: dict[str, str] = {}
        self._data: Mapping[str, Any] = {}

    def message(self, parts: Parts, data: Mapping[str, Any]) -> bytes | None:
        """One server-sent event, None when nothing changed.

        JSON: ``parts`` HTML by name, only those that changed, "" for one that is gone; ``grown`` [UTF-16 units to
        keep, HTML to add] by name, for parts of which most stays; ``data`` whole if it changed.
        """
        body: dict[str, Any] = {}
        changed = {name: html for name, html in parts.items() if self._sent.get(name, "") != html}
        changed |= {name: "" for name, html in self._sent.items() if html and name not in parts}
        for name, html in changed.items():
            kept, added = kept_and_added(self._sent.get(name, ""), html)
            if kept > len(added):
                body.setdefault("grown", {})[name] = (kept, added)
            else:
                body.setdefault("parts", {})[name] = html
        self._sent |= changed
        if data != self._data:
            body["data"] = self._data = dict(data)
        return b"data: " + orjson.dumps(body) + b"\n\n" if body else None


async def follow(
    views: RoomViews, event_id: str, role: Role, render: Render, *, visitor_id: str | None = None
) -> Response:
    """The reply that a page follows a room by, until it goes away or the event does.

    404 for an unknown event, 503 while the database is away: the page comes back.
    """
    events = _events(views, event_id, role, render, visitor_id)
    try:
        first = await anext(events)
    except EventNotFound:
        return Response(status_code=404)
    except StorageError:
        return Response(status_code=503)
    return StreamingResponse(_after(first, events), media_type="text/event-stream", headers=_HEADERS)


async def _after(first: bytes, events: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(events):
        yield first
        try:
            async for message in events:
                yield message
        except EventNotFound:
            yield GONE
        except StorageError:
            return  # the page comes back and finds out


async def _events(
    views: RoomViews, event_id: str, role: Role, render: Render, visitor_id: str | None
) -> AsyncGenerator[bytes]:
    stream = RoomStream()
    async with views.following(event_id, role, visitor_id) as follower:
        while True:
            await follower.next_change()
            parts, data = await render(await views.view(event_id))
            yield stream.message(parts, data) or STILL_HERE
