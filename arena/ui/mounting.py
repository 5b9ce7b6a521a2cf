"""Puts the pages, their assets and the stream they watch onto the application."""

from collections.abc import Callable

import gradio as gr
from fastapi import FastAPI

from arena.domain.suggestions import Suggestions
from arena.services.arena import Arena
from arena.services.footprint_data import load_circulated, load_crowds
from arena.services.method import open_method
from arena.services.privacy import Practice
from arena.ui.assets import GradioAssets, OwnAssets
from arena.ui.calls import PlainCalls
from arena.ui.figures_page import figures_route
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
from arena.ui.theme import make_theme
from arena.ui.visitor import VisitorCookie
from arena.ui.watching import watch_route


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
    input_counts: dict[str, dict[int, int]] = {}
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
        blocks = DuelPage(arena, suggestions, load_crowds(), text, need_question, places).build()
        _quiet_queue(blocks)
        input_counts[locale] = {number: len(function.inputs) for number, function in blocks.fns.items()}
        gr.mount_gradio_app(
            app,
            blocks,
            path=f"/{locale}",
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            enable_monitoring=False,
            show_error=False,
            theme=make_theme(),
        )
    pages = frozenset(path for locale in LOCALES for path in (f"/{locale}", f"/{locale}/"))
    app.add_middleware(PlainCalls, input_counts=input_counts)
    app.add_middleware(OwnHead, pages=pages, head=own.head())
    app.add_middleware(VisitorCookie, pages=pages, secure=secure_cookie)
    app.add_middleware(Shield, locales=LOCALES, reading=(*places, SUMMARY_FILE, PRIVACY_REGISTER))


def _quiet_queue(blocks: gr.Blocks) -> None:
    """No listener of ours is queued, yet the queue's two loops would poll a thousand times a second.

    At Gradio's defaults that is 5 % of a core when nobody is there; both are private attributes.
    """
    blocks.queue(default_concurrency_limit=None)
    blocks._queue.sleep_when_free = 1.0
    blocks._queue.progress_update_sleep_when_free = 1.0
    blocks.state_session_capacity = 1  # see ONE_SESSION
