"""The page for the projector: no chrome, large letters, nothing that the step does not show."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.domain.round import BallotKind, Step
from arena.services.arena import Arena
from arena.services.live_room import Role, RoomView
from arena.ui.assets import OwnAssets
from arena.ui.room_document import room_document
from arena.ui.room_following import Parts, follow
from arena.ui.text import Text

SCREEN = "/screen/{locale}/{code}"


class ScreenPage:
    """Answers SCREEN and its stream, to anybody with the code: it shows what is on the wall anyway."""

    def __init__(self, own: OwnAssets, arena: Callable[[], Arena], texts: Mapping[str, Text]) -> None:
        self._own = own
        self._arena = arena
        self._texts = texts

    async def show(self, request: Request) -> Response:
        """``GET /screen/{locale}/{code}``."""
        text = self._texts.get(request.path_params["locale"])
        event = await self._arena().events.by_code(request.path_params["code"])
        if text is None or event is None:
            return Response(status_code=404)
        body = Markup('<main data-part="scene"></main>')
        return room_document(
            self._own,
            text,
            role=Role.SCREEN,
            title=event.settings.title,
            follow=f"/screen/{text.locale}/{event.code}/follow",
            body=body,
            assets=("screen.css", "screen.js"),
        )

    async def follow(self, request: Request) -> Response:
        """``GET /screen/{locale}/{code}/follow``."""
        text = self._texts.get(request.path_params["locale"])
        event = await self._arena().events.by_code(request.path_params["code"])
        if text is None or event is None:
            return Response(status_code=404)

        async def render(view: RoomView) -> tuple[Parts, Mapping[str, Any]]:
            return screen_parts(view, text), screen_data(view)

        return await follow(self._arena().rooms.views, event.id, Role.SCREEN, render)


def screen_parts(view: RoomView, text: Text) -> Parts:
    """What the screen shows of a view."""
    one = view.state.round
    step = one.step if one is not None else Step.WAITING
    return {"scene": Markup("<h1>{}</h1>").format(text(f"room.step.{step}"))}


def screen_data(view: RoomView) -> Mapping[str, Any]:
    """What the screen's script needs to know."""
    one = view.state.round
    return {
        "step": one.step if one else None,
        "page": view.state.room.page,
        "is_black": view.state.room.is_black,
        "connected": view.counts.connected,
        "votes": view.counts.ballots.get(BallotKind.VOTE, 0),
    }
