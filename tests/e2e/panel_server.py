"""A page on loopback that holds nothing but the dashboard and the prompts of one event, in a thread of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request

from arena.services.dashboards import Dashboards
from arena.services.organisers import Access
from arena.storage.engine import open_engine, upgrade
from arena.storage.stores import Stores
from arena.ui.assets import OwnAssets
from arena.ui.dashboard_panel import DashboardPanel
from arena.ui.guard import Updates
from arena.ui.layout import html
from arena.ui.organiser_guard import AT_THE_DESK
from arena.ui.own_head import OwnHead
from arena.ui.prompts_panel import PromptsPanel
from arena.ui.shield import Shield
from arena.ui.text import LOCALES, load_text
from arena.ui.theme import make_theme
from tests.organising import guard_for
from tests.services.rooms import ROOM, open_room
from tests.serving import free_port

LIMIT_S = 120.0


class PanelServer:
    """One page a language, behind the same headers as the real ones; ``calls`` counts what the pages ask."""

    def __init__(self, folder: Path, people: int) -> None:
        engine = open_engine(f"sqlite:///{folder}/arena.db")
        upgrade(engine)
        self.stores: Stores
        self.dashboards: Dashboards
        self.stores, self.dashboards = open_room(engine, people)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.calls = 0
        self._server = uvicorn.Server(uvicorn.Config(self._app(), port=self.port, log_level="warning"))

    def _app(self) -> FastAPI:
        app, own = FastAPI(), OwnAssets()
        app.add_route("/own/{name}", own.serve)
        for locale in LOCALES:
            blocks = self._blocks(locale)
            gr.mount_gradio_app(
                app, blocks, path=f"/{locale}", theme=make_theme(), footer_links=[], ssr_mode=False, run_history=False
            )
        pages = frozenset(f"/{locale}/" for locale in LOCALES)
        app.add_middleware(OwnHead, pages=pages, head=own.head() + own.links("dashboard.css", "dashboard.js"))
        app.add_middleware(Shield, mounts=LOCALES, reading=frozenset(), forms=frozenset())
        app.middleware("http")(self._count)
        return app

    async def _count(self, request: Request, following):  # type: ignore[no-untyped-def]  # Starlette's own shape
        self.calls += "predict" in request.url.path
        return await following(request)

    def _blocks(self, locale: str) -> gr.Blocks:
        text = load_text(locale)
        panels = DashboardPanel(lambda: self.dashboards, text), PromptsPanel(lambda: self.dashboards, text)
        blocks: gr.Blocks
        with gr.Blocks(title="Essai", analytics_enabled=False) as blocks:
            html(f"<h1>{text('page.heading')}</h1>")
            problem, chosen = html("", elem_id="problem"), gr.Textbox(ROOM, visible="hidden", show_label=False)
            on = guard_for(problem, ROOM, locale=locale)
            for panel in panels:
                panel.lay_out()
                panel.connect(on, chosen)

            async def load() -> Updates:
                looker = Access(frozenset({ROOM}))
                return {**await panels[0].render(looker, ROOM), **await panels[1].render(looker, ROOM)}

            blocks.load(load, None, [part for panel in panels for part in panel.parts], **AT_THE_DESK)
        return blocks

    @contextmanager
    def running(self) -> Iterator["PanelServer"]:
        """Serve for as long as the block lasts."""
        thread = threading.Thread(target=self._server.run, daemon=True)
        thread.start()
        limit = time.monotonic() + LIMIT_S
        while not self._server.started:
            assert time.monotonic() < limit, "the panel was not served"
            time.sleep(0.05)
        try:
            yield self
        finally:
            self._server.should_exit = True
            thread.join(LIMIT_S)
