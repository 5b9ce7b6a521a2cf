"""Puts the pages, their assets and the stream they watch onto the application."""

from collections.abc import Callable, Iterator, Mapping

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from arena.domain.suggestions import Suggestions
from arena.services.arena import Arena
from arena.services.footprint_data import load_circulated, load_crowds
from arena.services.method import open_method
from arena.services.privacy import Practice
from arena.ui.access import access_in
from arena.ui.assets import GradioAssets, OwnAssets
from arena.ui.export_route import export_routes
from arena.ui.figures_page import figures_route
from arena.ui.join_page import JoinPage
from arena.ui.kit_page import KIT_PATH, kit_route
from arena.ui.late_page import LatePage
from arena.ui.leaderboard_page import leaderboard_route
from arena.ui.method_page import method_route
from arena.ui.need_section import NeedQuestion
from arena.ui.organiser_door import ENTER, LEAVE, PLACE, OrganiserDoor
from arena.ui.organiser_page import OrganiserPage
from arena.ui.own_head import OwnHead
from arena.ui.page import DuelPage
from arena.ui.privacy_page import privacy_routes
from arena.ui.reading import JOIN, LEADERBOARD, PRIVACY_REGISTER, READING_PLACES, ReadingRoute
from arena.ui.rehearsal_cards import REHEARSE
from arena.ui.rehearsal_page import RehearsalPage
from arena.ui.report_page import REPORT_PATH, report_route
from arena.ui.room_routes import ROOM_FORMS, add_rooms
from arena.ui.shield import Shield
from arena.ui.summary_page import SUMMARY_ERASE, SUMMARY_FILE, summary_routes
from arena.ui.text import LOCALES, Text, load_text
from arena.ui.visitor import VisitorCookie
from arena.ui.watching import watch_route

DESK_ASSETS = ("organiser.css", "dashboard.css", "organiser.js", "dashboard.js")  # of the organisers' pages only
MIN_BYTES_TO_COMPRESS = 2000  # below that a reply fits into two packets anyway
Pages = Mapping[str, DuelPage | OrganiserPage]  # by place


def add_pages(
    app: FastAPI,
    arena: Callable[[], Arena],
    suggestions: Suggestions,
    *,
    locale: str,
    secure_cookie: bool,
    need_question: NeedQuestion,
    practice: Practice,
    public_leaderboard: bool,
) -> None:
    """One Gradio page a language at ``/fr`` and ``/en``, pages to read below, ``/watch`` for streams, ``/own``.

    Organisers have theirs at ``/organise/fr`` and ``/organise/en``; ``/e/CODE`` joins an event. ``locale`` is for
    browsers that ask for no language of ours. Without ``public_leaderboard`` there is no such page and no link to it.
    """
    texts = {one: load_text(one) for one in LOCALES}
    own = OwnAssets()
    app.add_route("/own/{name}", own.serve)
    app.add_route("/favicon.ico", own.serve_icon)
    app.add_route("/watch/{locale}/{battle_id}", watch_route(arena, texts))
    places = (*READING_PLACES, *((LEADERBOARD,) if public_leaderboard else ()))
    public = (leaderboard_route(own, arena, suggestions),) if public_leaderboard else ()
    _add_reading(app, own, arena, texts, practice, JoinPage(own, arena, texts, locale), public)
    _add_door(app, OrganiserDoor(own, arena, texts, locale=locale, secure=secure_cookie))
    _add_files(app, own, arena, suggestions, texts, practice)
    add_rooms(app, own, arena, texts, suggestions)
    crowds = load_crowds()
    duels: Pages = {
        one: DuelPage(arena, suggestions, crowds, text, need_question, places) for one, text in texts.items()
    }
    desks: Pages = {f"{PLACE}/{one}": OrganiserPage(arena, text) for one, text in texts.items()}
    for place, page in _mount(app, {**duels, **desks}):
        if place == locale:
            page.made()  # the one that most people open is there before they come
    _protect(app, own, tuple(duels), tuple(desks), places, secure_cookie=secure_cookie)


def _add_reading(
    app: FastAPI,
    own: OwnAssets,
    arena: Callable[[], Arena],
    texts: Mapping[str, Text],
    practice: Practice,
    join: JoinPage,
    public: tuple[ReadingRoute, ...],
) -> None:
    app.add_route("/e/", join.ask)
    app.add_route("/e/{code:path}", join.join)
    reading = (method_route(own, arena, open_method()), figures_route(own, arena, load_circulated()), join.route())
    for route in (*reading, *public, *summary_routes(own, arena), *privacy_routes(own, arena, practice)):
        for locale, text in texts.items():
            app.add_route(f"/{locale}/{route.path}", route.endpoint(text), methods=[route.method])


def _add_door(app: FastAPI, door: OrganiserDoor) -> None:
    app.add_route(f"/{PLACE}", door.home)
    app.add_route(f"/{PLACE}/", door.home)
    app.add_route(f"/{PLACE}/open/{{secret}}", door.show)
    app.add_route(ENTER, door.enter, methods=["POST"])
    app.add_route(LEAVE, door.leave, methods=["POST"])


def _add_files(
    app: FastAPI,
    own: OwnAssets,
    arena: Callable[[], Arena],
    suggestions: Suggestions,
    texts: Mapping[str, Text],
    practice: Practice,
) -> None:
    """What organisers print and take home: kit, rehearsal, report and exports, each behind the cookie."""
    access_of = access_in(arena)
    app.add_route(KIT_PATH, kit_route(own, arena, texts, access_of, practice))
    RehearsalPage(own, arena, texts, access_of).add_to(app)
    app.add_route(REPORT_PATH, report_route(arena, suggestions, texts, access_of))
    app.router.routes.extend(export_routes(lambda: arena().datasets, access_of, texts))


def _mount(app: FastAPI, pages: Pages) -> Iterator[tuple[str, LatePage]]:
    """Below every other route: a page answers whatever no route before it took."""
    gradio_assets = GradioAssets()
    for place, page in pages.items():
        app.add_route(f"/{place}/assets/{{name}}", gradio_assets.serve)
        late = LatePage(place, page.build)
        app.router.routes.append(late)
        yield place, late


def _protect(
    app: FastAPI,
    own: OwnAssets,
    duels: tuple[str, ...],
    desks: tuple[str, ...],
    reading: tuple[str, ...],
    *,
    secure_cookie: bool,
) -> None:
    """What stands before every route; the last one added comes first."""
    places = (*reading, SUMMARY_FILE, PRIVACY_REGISTER, JOIN)
    below = frozenset(f"/{locale}/{place}" for locale in LOCALES for place in places)
    forms = frozenset((*(f"/{locale}/{SUMMARY_ERASE}" for locale in LOCALES), ENTER, LEAVE, REHEARSE, *ROOM_FORMS))
    visited = _addresses(duels) | frozenset(f"/{locale}/{JOIN}" for locale in LOCALES)
    app.add_middleware(OwnHead, pages=_addresses(duels), head=own.head())
    app.add_middleware(OwnHead, pages=_addresses(desks), head=own.head(*DESK_ASSETS))
    app.add_middleware(VisitorCookie, pages=visited, secure=secure_cookie)
    app.add_middleware(GZipMiddleware, minimum_size=MIN_BYTES_TO_COMPRESS, compresslevel=5)
    app.add_middleware(Shield, mounts=(*duels, *desks), reading=below, forms=forms)


def _addresses(pages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(address for place in pages for address in (f"/{place}", f"/{place}/"))
