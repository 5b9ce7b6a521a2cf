"""Puts the pages, their assets and the stream they watch onto the application."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from arena.domain.suggestions import Suggestions
from arena.services.arena import Arena
from arena.services.footprint_data import load_circulated, load_crowds
from arena.services.method import open_method
from arena.services.privacy import Practice
from arena.ui.assets import GradioAssets, OwnAssets
from arena.ui.figures_page import figures_route
from arena.ui.late_page import LatePage
from arena.ui.leaderboard_page import leaderboard_route
from arena.ui.method_page import method_route
from arena.ui.need_section import NeedQuestion
from arena.ui.own_head import OwnHead
from arena.ui.page import DuelPage
from arena.ui.privacy_page import privacy_routes
from arena.ui.reading import PRIVACY_REGISTER, READING_PLACES
from arena.ui.report_page import REPORT_PATH, AccessOf, report_route
from arena.ui.shield import Shield
from arena.ui.summary_page import SUMMARY_FILE, summary_routes
from arena.ui.text import LOCALES, load_text
from arena.ui.visitor import VisitorCookie
from arena.ui.watching import watch_route

MIN_BYTES_TO_COMPRESS = 2000  # below that a reply fits into two packets anyway


def add_pages(
    app: FastAPI,
    arena: Callable[[], Arena],
    suggestions: Suggestions,
    *,
    secure_cookie: bool,
    need_question: NeedQuestion,
    practice: Practice,
    public_leaderboard: bool,
    access_of: AccessOf,
) -> None:
    """One Gradio page a language at ``/fr`` and ``/en``, pages to read below, ``/watch`` for streams, ``/own``.

    ``access_of`` tells by an organiser's cookie which events may be seen; without ``public_leaderboard`` there is
    no such page and no link to it.
    """
    texts = {locale: load_text(locale) for locale in LOCALES}
    own, gradio_assets = OwnAssets(), GradioAssets()
    app.add_route("/own/{name}", own.serve)
    app.add_route("/favicon.ico", own.serve_icon)
    app.add_route("/watch/{locale}/{battle_id}", watch_route(arena, texts))
    app.add_route(REPORT_PATH, report_route(arena, suggestions, texts, access_of))
    reading = (method_route(own, arena, open_method()), figures_route(own, arena, load_circulated()))
    public = (leaderboard_route(own, arena, suggestions),) if public_leaderboard else ()
    places = (*READING_PLACES, *(route.path for route in public))
    for route in (*reading, *public, *summary_routes(own, arena), *privacy_routes(own, arena, practice)):
        for locale, text in texts.items():
            app.add_route(f"/{locale}/{route.path}", route.endpoint(text), methods=[route.method])
    for locale, text in texts.items():
        app.add_route(f"/{locale}/assets/{{name}}", gradio_assets.serve)
        duel = DuelPage(arena, suggestions, load_crowds(), text, need_question, places)
        app.router.routes.append(LatePage(locale, duel.build))
    pages = frozenset(path for locale in LOCALES for path in (f"/{locale}", f"/{locale}/"))
    app.add_middleware(OwnHead, pages=pages, head=own.head())
    app.add_middleware(VisitorCookie, pages=pages, secure=secure_cookie)
    app.add_middleware(GZipMiddleware, minimum_size=MIN_BYTES_TO_COMPRESS, compresslevel=5)
    app.add_middleware(Shield, locales=LOCALES, reading=(*places, SUMMARY_FILE, PRIVACY_REGISTER))
