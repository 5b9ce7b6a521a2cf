"""The page for the projector: no chrome, large letters, nothing that the step does not show."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.services.arena import Arena
from arena.services.live_room import Role, RoomView
from arena.services.room_address import address_of
from arena.ui.assets import OwnAssets
from arena.ui.room_document import room_document
from arena.ui.room_following import Parts, follow
from arena.ui.screen_scenes import Scene, Scenes, asked_at, step_of
from arena.ui.screen_votes import live_words
from arena.ui.text import Text

SCREEN = "/screen/{locale}/{code}"
_BODY = Markup(
    '<main data-part="scene"></main>'
    '<aside><p class="lost" data-when="lost" role="img" aria-label="{lost}"></p>'
    '<p class="hint" hidden>{hint}</p></aside>'
)


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
        return room_document(
            self._own,
            text,
            role=Role.SCREEN,
            title=event.settings.title,
            follow=f"/screen/{text.locale}/{event.code}/follow",
            body=_BODY.format(lost=text("screen.lost"), hint=text("screen.hint")),
            assets=("screen.css", "screen.js"),
        )

    async def follow(self, request: Request) -> Response:
        """``GET /screen/{locale}/{code}/follow``."""
        text = self._texts.get(request.path_params["locale"])
        event = await self._arena().events.by_code(request.path_params["code"])
        if text is None or event is None:
            return Response(status_code=404)
        arena = self._arena()
        scenes, asked = Scenes(text, arena.footprints.equivalents_of), str(request.base_url)

        async def render(view: RoomView) -> tuple[Parts, Mapping[str, Any]]:
            scene = scenes.scene(view, address_of(view.state.room, view.event.code, arena.front_door, asked))
            return {"scene": scene.html}, screen_data(view, scene, text)

        return await follow(arena.rooms.views, event.id, Role.SCREEN, render)


def screen_data(view: RoomView, scene: Scene, text: Text) -> Mapping[str, Any]:
    """What the screen's script needs to know. ``fills`` are words that change without the scene; see live_count."""
    one = view.state.round
    return {
        "step": one.step if one else None,
        "scene": scene.key,
        "page": scene.page,
        "pages": scene.pages,
        "is_black": view.state.room.is_black,
        "fills": {} if view.state.room.hides_counts else live_words(text, view.counts, asked_at(step_of(view))),
    }
