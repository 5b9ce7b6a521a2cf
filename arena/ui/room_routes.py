"""Puts the pages of rooms onto the application: phones, the screen, the desk."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI

from arena.domain.suggestions import Suggestions
from arena.services.arena import Arena
from arena.ui.access import access_in
from arena.ui.assets import OwnAssets
from arena.ui.phone_shell import LEAVE
from arena.ui.room_desk import DESK, PRESS, DeskPage
from arena.ui.room_phone import BALLOT, PHONE, PhonePage
from arena.ui.room_proposals import PROPOSAL, propose_route
from arena.ui.room_screen import SCREEN, ScreenPage
from arena.ui.text import Text

ROOM_FORMS = (BALLOT, LEAVE, PRESS, PROPOSAL)  # what pages of rooms post to


def add_rooms(
    app: FastAPI,
    own: OwnAssets,
    arena: Callable[[], Arena],
    texts: Mapping[str, Text],
    suggestions: Suggestions,
) -> None:
    """The three pages, each with its stream at ``…/follow``, and what they post."""
    phone = PhonePage(own, arena, texts)
    screen = ScreenPage(own, arena, texts)
    desk = DeskPage(own, arena, texts, access_in(arena), suggestions)
    for path, page in ((PHONE, phone), (SCREEN, screen), (DESK, desk)):
        app.add_route(path, page.show)
        app.add_route(f"{path}/follow", page.follow)
    app.add_route(LEAVE, phone.leave, methods=["POST"])
    app.add_route(BALLOT, phone.cast, methods=["POST"])
    app.add_route(PRESS, desk.press, methods=["POST"])
    app.add_route(PROPOSAL, propose_route(arena, texts), methods=["POST"])
