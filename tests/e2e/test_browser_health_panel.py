"""The organiser's panel of health and money in a real browser: every width and scheme, keyboard, axe."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import gradio as gr
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from arena import errors
from arena.domain.health import HealthRules
from arena.storage.engine import open_engine, upgrade
from arena.storage.stores import stores_of
from arena.ui.assets import OwnAssets
from arena.ui.health_panel import HealthPanel
from arena.ui.layout import html
from arena.ui.own_head import OwnHead
from arena.ui.text import load_text
from arena.ui.theme import make_theme
from tests.organising import guard_for
from tests.services.house import BIG1, BIG2, RULES, SMALL1, House, line_up_of, open_house
from tests.services.upstream import Upstream
from tests.serving import free_port
from tests.storage.test_budgets import EVENT, battle_in, make_event

pytestmark = pytest.mark.browser
LIMIT_S = 120.0


@dataclass
class PanelServer:
    """A page that holds nothing but the panel, of one event."""

    folder: Path
    house: House | None = None
    url: str = ""

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        line_up = line_up_of((SMALL1, BIG1, BIG2), "http://127.0.0.1:9/v1")
        rules = replace(RULES, health=HealthRules(failures_to_pause=3, first_pause_s=3600, longest_pause_s=3600))
        async with open_house(self.folder, Upstream(), line_up, rules) as house:
            self.house = house
            for _ in range(3):
                house.arena.health.answered("small1", 7.5)
                house.arena.health.failed("big1", errors.RateLimited("HTTP 429"))
            house.arena.health.answered("big2", 0.4)
            port = free_port()
            server = uvicorn.Server(uvicorn.Config(self.page(), port=port, log_level="warning"))
            serving = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.05)
            self.url = f"http://127.0.0.1:{port}/fr/"
            ready.set()
            await over.wait()
            server.should_exit = True
            await serving
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()  # Gradio leaves its queue running

    def page(self) -> FastAPI:
        assert self.house is not None
        arena, own = self.house.arena, OwnAssets()
        panel = HealthPanel(lambda: arena, load_text("fr"))
        with gr.Blocks(title="Essai", analytics_enabled=False) as blocks:
            html("<h1>Essai</h1>")
            problem, chosen = html("", elem_id="problem"), gr.Textbox(EVENT, visible="hidden")
            panel.lay_out()
            panel.connect(guard_for(problem, EVENT), chosen)
        app = FastAPI()
        app.add_route("/own/{name}", own.serve)
        gr.mount_gradio_app(app, blocks, path="/fr", theme=make_theme(), footer_links=[], ssr_mode=False)
        app.add_middleware(OwnHead, pages=frozenset({"/fr/"}), head=own.head())
        return app


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelServer]:
    server = PanelServer(tmp_path_factory.mktemp("panel"))
    engine = open_engine(f"sqlite:///{server.folder}/arena.db")
    upgrade(engine)
    make_event(engine, max_answers=40, max_cost_eur=2.0)
    stores_of(engine, catalogue_version="cafe").battles.create_battle(battle_in(EVENT, cost_eur=0.15))
    engine.dispose()
    ready, over, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(ready, over),), daemon=True)
    thread.start()
    assert ready.wait(LIMIT_S), "the panel was not served"
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(LIMIT_S)
        loop.close()


@contextmanager
def shown(browser: Browser, panel: PanelServer, *, width: int, scheme: str) -> Iterator[Page]:
    """A tab on the panel, looked at once, by the keyboard alone."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    try:
        tab = context.new_page()
        tab.goto(panel.url)
        tab.wait_for_selector("#health-refresh")
        tab.focus("#health-refresh")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#health-tables tbody")
        yield tab
    finally:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (1280, "light")])
def test_the_panel_fits_and_axe_finds_nothing_serious(
    browser: Browser, panel: PanelServer, width: int, scheme: str
) -> None:
    with shown(browser, panel, width=width, scheme=scheme) as tab:
        overflow = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults = [
            (fault["id"], node["target"])
            for fault in Axe().run(tab, context="#health").response["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]
        assert (overflow, faults) == (0, [])


def test_the_panel_says_the_state_of_each_model_and_what_is_left(browser: Browser, panel: PanelServer) -> None:
    with shown(browser, panel, width=1280, scheme="light") as tab:
        rows = {row.split("\n")[0].split("\t")[0]: row for row in tab.locator("#health tbody tr").all_inner_texts()}
        budget = tab.inner_text("#budget")
    assert "lent" in rows["Xylofer Small1"]
    assert "en pause" in rows["Xylofer Big1"]
    assert "trop de demandes" in rows["Xylofer Big1"]
    assert "répond" in rows["Xylofer Big2"]
    assert "Il en reste 38" in budget
    assert "Il reste 1,70" in budget
