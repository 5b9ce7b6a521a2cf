"""The organiser's desk: what comes next as one big button, and everything that may be needed in front of a room."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from arena.domain.round import Step
from arena.errors import (
    AccessRefused,
    ArenaError,
    EventNotFound,
    InvalidChoice,
    PairingError,
    RequestError,
    RoomChanged,
    StorageError,
)
from arena.services.arena import Arena
from arena.services.live_room import Role, RoomView
from arena.services.organisers import Access
from arena.ui.access import ORGANISER_COOKIE, AccessOf
from arena.ui.assets import OwnAssets
from arena.ui.problems import problem_words
from arena.ui.room_document import room_document
from arena.ui.room_following import Parts, follow
from arena.ui.room_presses import PRESSES
from arena.ui.same_origin import comes_from_here
from arena.ui.text import Text

DESK = "/desk/{locale}/{event_id}"
PRESS = "/desk/press"


class DeskPage:
    """Answers DESK, its stream and PRESS, to who may organise that event; 404 alike for anybody else."""

    def __init__(
        self, own: OwnAssets, arena: Callable[[], Arena], texts: Mapping[str, Text], access_of: AccessOf
    ) -> None:
        self._own = own
        self._arena = arena
        self._texts = texts
        self._access_of = access_of

    async def show(self, request: Request) -> Response:
        """``GET /desk/{locale}/{event_id}``."""
        text, event_id = self._texts.get(request.path_params["locale"]), request.path_params["event_id"]
        access = await self._access(request)
        if text is None:
            return Response(status_code=404)
        try:
            event = await self._arena().events.get(access, event_id)
        except EventNotFound:
            return RedirectResponse("/organise", status_code=303, headers={"Cache-Control": "no-store"})
        body = Markup('<main data-part="desk" data-event="{}"></main>').format(event.id)
        return room_document(
            self._own,
            text,
            role=Role.DESK,
            title=event.settings.title,
            follow=f"/desk/{text.locale}/{event.id}/follow",
            body=body,
            assets=("desk.css", "desk.js"),
        )

    async def follow(self, request: Request) -> Response:
        """``GET /desk/{locale}/{event_id}/follow``; ends by itself when the access is revoked."""
        text, event_id = self._texts.get(request.path_params["locale"]), request.path_params["event_id"]
        access = await self._access(request)
        if text is None or not access.may_see(event_id):
            return Response(status_code=404)

        async def render(view: RoomView) -> tuple[Parts, Mapping[str, Any]]:
            return desk_parts(view, text), desk_data(view)

        return await follow(self._arena().rooms.views, event_id, Role.DESK, render)

    async def press(self, request: Request) -> Response:
        """``POST /desk/press`` with JSON ``event``, ``press`` (see PRESSES), ``seen``, ``locale`` and its arguments.

        Replies with the version that the room is at, or with ``problem`` in words.
        """
        sent = await _read(request)
        text = self._texts.get(str(sent.get("locale")), self._texts["fr"])
        try:
            if not comes_from_here(request.headers):
                raise AccessRefused
            press = PRESSES.get(str(sent.get("press")))
            if press is None or not isinstance(sent.get("event"), str):
                raise InvalidChoice(f"{sent.get('press')!r} is not a button of the desk")
            view = await press(self._arena(), await self._access(request), sent)
        except (RequestError, PairingError, StorageError) as error:
            return _json({"problem": problem_words(text, error)}, _status(error))
        return _json({"version": view.state.room.version})

    async def _access(self, request: Request) -> Access:
        return await self._access_of(request.cookies.get(ORGANISER_COOKIE))


def desk_parts(view: RoomView, text: Text) -> Parts:
    """What the desk shows of a view."""
    one = view.state.round
    step = one.step if one is not None else Step.WAITING
    return {"desk": Markup("<h1>{}</h1>").format(text(f"room.step.{step}"))}


def desk_data(view: RoomView) -> Mapping[str, Any]:
    """What the desk's script needs to know."""
    one = view.state.round
    return {
        "event": view.event.id,
        "version": view.state.room.version,
        "round": one.id if one else None,
        "step": one.step if one else None,
    }


async def _read(request: Request) -> dict[str, Any]:
    try:
        sent = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _status(error: ArenaError) -> int:
    kinds = ((AccessRefused, 403), (EventNotFound, 404), (RoomChanged, 409), (StorageError, 503))
    return next((status for kind, status in kinds if isinstance(error, kind)), 400)


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json", headers={"Cache-Control": "no-store"})
