"""The organiser's desk: what comes next as one big button, and everything that may be needed in front of a room."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from arena.domain.suggestions import Suggestions
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
from arena.services.desk_views import DeskView, desk_view, modes_of
from arena.services.live_room import Role, RoomView
from arena.services.organisers import Access
from arena.services.room_address import home_of
from arena.ui import desk_steps
from arena.ui.access import ORGANISER_COOKIE, AccessOf
from arena.ui.assets import OwnAssets
from arena.ui.desk_asking import asking, recorded
from arena.ui.desk_door import door
from arena.ui.desk_frame import frame
from arena.ui.desk_hands import hands
from arena.ui.desk_proposals import proposals
from arena.ui.desk_sheet import sheet, sheet_buttons
from arena.ui.desk_writing import writing
from arena.ui.organiser_door import PLACE
from arena.ui.problems import problem_words
from arena.ui.qr import qr_svg
from arena.ui.room_document import room_document
from arena.ui.room_following import Parts, follow
from arena.ui.room_json import json_reply, sent_in
from arena.ui.room_presses import PRESSES, Pressed
from arena.ui.same_origin import comes_from_here
from arena.ui.screen_scenes import Scenes
from arena.ui.text import Text

DESK = "/desk/{locale}/{event_id}"
PRESS = "/desk/press"


class DeskPage:
    """Answers DESK, its stream and PRESS, to who may organise that event; 404 alike for anybody else."""

    def __init__(
        self,
        own: OwnAssets,
        arena: Callable[[], Arena],
        texts: Mapping[str, Text],
        access_of: AccessOf,
        suggestions: Suggestions,
    ) -> None:
        self._own = own
        self._arena = arena
        self._suggestions = suggestions
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
        form = asking(text, self._suggestions, modes_of(self._arena(), event))
        return room_document(
            self._own,
            text,
            role=Role.DESK,
            title=f"{text('desk.title')} · {event.settings.title}",
            follow=f"/desk/{text.locale}/{event.id}/follow",
            body=frame(event, text, form),
            assets=("run_sheet.css", "desk.css", "desk.js"),
        )

    async def follow(self, request: Request) -> Response:
        """``GET /desk/{locale}/{event_id}/follow``; ends by itself when the access is revoked."""
        text, event_id = self._texts.get(request.path_params["locale"]), request.path_params["event_id"]
        access = await self._access(request)
        if text is None or not access.may_see(event_id):
            return Response(status_code=404)
        arena, here = self._arena(), str(request.base_url).rstrip("/")
        scenes = Scenes(text, arena.footprints.equivalents_of)

        async def render(view: RoomView) -> tuple[Parts, Mapping[str, Any]]:
            desk = await desk_view(arena, await self._access(request), view)
            scene = scenes.scene(view, here)
            home = home_of(view.state.room, arena.front_door, here)
            parts = {**desk_parts(desk, text, home), "pages": desk_steps.pages(scene, text)}
            parts |= {"sheet-buttons": sheet_buttons(desk, text, arena.rooms.sheets.all)}
            return parts, desk_data(view, text)

        return await follow(arena.rooms.views, event_id, Role.DESK, render)

    async def press(self, request: Request) -> Response:
        """``POST /desk/press`` with JSON ``event``, ``press`` (see PRESSES), ``seen``, ``locale`` and its arguments.

        Replies with the version that the room is at, or with ``problem`` in words; ``problem`` beside a version is
        something that did not work and stopped nothing. ``link`` with its ``qr`` is told once.
        """
        sent = await sent_in(request)
        text = self._texts.get(str(sent.get("locale")), self._texts["fr"])
        try:
            if not comes_from_here(request.headers):
                raise AccessRefused
            press = PRESSES.get(str(sent.get("press")))
            if press is None or not isinstance(sent.get("event"), str):
                raise InvalidChoice(f"{sent.get('press')!r} is not a button of the desk")
            done = await press(self._arena(), await self._access(request), sent)
        except (RequestError, PairingError, StorageError) as error:
            return json_reply({"problem": problem_words(text, error)}, _status(error))
        return json_reply(_reply(done if isinstance(done, Pressed) else Pressed(done), text, str(request.base_url)))

    async def _access(self, request: Request) -> Access:
        return await self._access_of(request.cookies.get(ORGANISER_COOKIE))


def desk_parts(desk: DeskView, text: Text, home: str) -> Parts:
    """What the desk shows, by the name of the part; ``home`` is where phones find the arena."""
    view = desk.view
    return {
        "status": desk_steps.status(view, text),
        "now": desk_steps.now(desk, text),
        "next": desk_steps.next_step(desk, text),
        "ways": desk_steps.ways_back(desk, text),
        "switches": desk_steps.switches(view, text),
        "read": desk_steps.read(view, text),
        "writing": writing(desk, text),
        "door": door(desk, text, home),
        "hands": hands(desk, text),
        "proposals": proposals(desk, text),
        "sheet": sheet(desk, text),
        "recorded": recorded(desk.recorded, text),
    }


def desk_data(view: RoomView, text: Text) -> Mapping[str, Any]:
    """What the desk's script needs to know; ``said`` is the step in words, for who does not see the page."""
    room, one = view.state.room, view.state.round
    return {
        "event": view.event.id,
        "version": room.version,
        "is_open": room.is_open,
        "round": one.id if one else None,
        "step": one.step if one else None,
        "said": text(f"desk.step.{one.step}") if one else "",
    }


def _reply(done: Pressed, text: Text, here: str) -> Mapping[str, Any]:
    room = done.view.state.room
    body: dict[str, Any] = {"version": room.version}
    if done.refusal is not None:
        body["problem"] = problem_words(text, done.refusal)
    if done.note is not None:
        body["note"] = text(done.note)
    if done.secret is not None:
        body["link"] = f"{(room.base_url or here).rstrip('/')}/{PLACE}/open/{done.secret}"
        body["qr"] = qr_svg(body["link"], title=text("desk.second"))
    return body


def _status(error: ArenaError) -> int:
    kinds = ((AccessRefused, 403), (EventNotFound, 404), (RoomChanged, 409), (StorageError, 503))
    return next((status for kind, status in kinds if isinstance(error, kind)), 400)
