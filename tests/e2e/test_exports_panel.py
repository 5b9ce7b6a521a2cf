"""The panel of downloads in a real browser: keyboard only, narrow and wide, light and dark, and a file that arrives."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from arena.services.datasets import Datasets
from arena.services.organisers import Access
from arena.storage.datasets import DatasetStore
from arena.storage.engine import open_engine, upgrade
from arena.ui.assets import OwnAssets
from arena.ui.export_route import export_routes
from arena.ui.exports_panel import ExportsPanel
from arena.ui.inputs import word
from arena.ui.layout import html
from arena.ui.organiser_guard import AT_THE_DESK
from arena.ui.own_head import OwnHead
from arena.ui.text import LOCALES, load_text
from arena.ui.theme import make_theme
from tests.e2e.duel_page import PATIENCE_MS
from tests.organising import always, guard_for
from tests.serving import serving_app
from tests.storage.room import EVENT, PEOPLE, add_battle, add_event, add_room, battle_of, hide

pytestmark = pytest.mark.browser


@contextmanager
def organising(folder: Path, locale: str) -> Iterator[str]:
    """A page with nothing but the panel, and the downloads beside it; its address."""
    engine = open_engine(f"sqlite:///{folder}/arena.db")
    upgrade(engine)
    add_event(engine)
    battles = add_room(engine)
    hide(engine, battles[3].id)
    add_battle(engine, battle_of(20, EVENT, PEOPLE[0], "x", is_demo=True), [PEOPLE[0]])
    datasets = Datasets(DatasetStore(engine))

    own = OwnAssets()
    app = FastAPI()
    texts = {name: load_text(name) for name in LOCALES}
    app.router.routes.extend(export_routes(lambda: datasets, always(Access(frozenset({EVENT}))), texts))
    app.add_route("/own/{name}", own.serve)
    app.add_route("/favicon.ico", own.serve_icon)
    gr.mount_gradio_app(app, _page(datasets, locale), path=f"/{locale}", footer_links=[], theme=make_theme())
    app.add_middleware(OwnHead, pages=frozenset({f"/{locale}/"}), head=own.links("icon.svg", "style.css"))
    with serving_app(app) as address:
        yield f"{address}/{locale}/"
    engine.dispose()


def _page(datasets: Datasets, locale: str) -> gr.Blocks:
    panel = ExportsPanel(lambda: datasets, load_text(locale))
    blocks: gr.Blocks = gr.Blocks()
    with blocks:
        html("<h1>Café IA</h1>")
        chosen = gr.Textbox(EVENT, visible="hidden")
        guard = guard_for(html("", elem_id="problem"), EVENT, locale=locale)
        panel.lay_out()
        panel.connect(guard, chosen)
        blocks.load(guard.guarded(panel.render, word), chosen, [*panel.parts, guard.problem], **AT_THE_DESK)
    return blocks


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page, context="#exports").response
    return [
        f"{fault['id']}: {node['target']}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "fr"), ("dark", "en")])
def test_the_panel_is_accessible_and_fits_a_narrow_screen(
    browser: Browser, tmp_path: Path, locale: str, scheme: Any
) -> None:
    with organising(tmp_path, locale) as address:
        page = browser.new_page(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 320, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.wait_for_selector("#exports .files a")
        page.get_by_label(load_text(locale)("exports.option.texts")).check()
        page.wait_for_selector("#exports .notice")
        assert violations(page) == []
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow == 0, width
        page.close()


def test_a_file_with_texts_is_had_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    with organising(tmp_path, "fr") as address:
        page = browser.new_page(accept_downloads=True)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.wait_for_selector("#exports .files a")
        page.get_by_label(load_text("fr")("exports.option.texts")).focus()
        page.keyboard.press("Space")
        page.wait_for_selector("#exports .notice")
        page.keyboard.press("Tab")  # demonstrations
        page.keyboard.press("Tab")  # the first link
        with page.expect_download() as downloading:
            page.keyboard.press("Enter")
        download = downloading.value
        assert download.suggested_filename == "2026-03-14-turns.csv"
        frame = pd.read_csv(download.path(), sep=";")
        assert len(frame) == len(PEOPLE) - 1
        assert frame["prompt"].notna().all()
        page.close()
