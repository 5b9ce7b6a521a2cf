"""The dashboard and the list of prompts in a real browser: widths, schemes, axe, live figures, second taps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from arena.domain.vote import Outcome, Vote
from tests.e2e.duel_page import PATIENCE_MS
from tests.e2e.panel_server import PanelServer
from tests.storage.making import at

pytestmark = pytest.mark.browser
PEOPLE = 60
VOTES = ".tiles > div:nth-child(3) dd"


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelServer]:
    with PanelServer(tmp_path_factory.mktemp("panel"), PEOPLE).running() as server:
        yield server


@contextmanager
def looking(browser: Browser, panel: PanelServer, locale: str = "fr", **options: Any) -> Iterator[Page]:
    """A tab with the figures in it, that asks nobody else and breaks nothing."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options})
    heard: list[str] = []
    try:
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: heard.append(str(error)))
        tab.on("request", lambda request: None if request.url.startswith(panel.url) else heard.append(request.url))
        tab.goto(f"{panel.url}/{locale}/")
        tab.wait_for_selector(".tiles")
        yield tab
        assert heard == []
    finally:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_serious(browser: Browser, panel: PanelServer, scheme: str, width: int) -> None:
    viewport = {"width": width, "height": 900}
    with looking(browser, panel, color_scheme=scheme, viewport=viewport) as tab:
        tab.wait_for_selector("#dashboard-chart svg, #dashboard-chart canvas")
        faults = [
            f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for fault in Axe().run(tab).response["violations"]
            for node in fault["nodes"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert faults == []


@pytest.mark.parametrize(("width", "locale"), [(320, "fr"), (320, "en"), (768, "fr")])
def test_nothing_sticks_out_of_the_window(browser: Browser, panel: PanelServer, locale: str, width: int) -> None:
    with looking(browser, panel, locale, viewport={"width": width, "height": 800}) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_vote_appears_without_a_reload_and_a_page_unseen_asks_nothing(browser: Browser, panel: PanelServer) -> None:
    with looking(browser, panel) as tab:
        before = int(tab.inner_text(VOTES))
        panel.stores.battles.cast_vote(Vote(f"{2:032x}", "somebody else", Outcome.A), at(9))
        expect(tab.locator(VOTES)).to_have_text(str(before + 1), timeout=PATIENCE_MS)
        tab.evaluate("document.getElementById('dashboard').style.setProperty('display', 'none', 'important')")
        asked = -1
        while asked != panel.calls:  # what was under way arrives
            asked = panel.calls
            tab.wait_for_timeout(1000)
        tab.wait_for_timeout(7000)
        assert panel.calls == asked


def test_hiding_and_deleting_take_a_second_tap(browser: Browser, panel: PanelServer) -> None:
    with looking(browser, panel) as tab:
        battles = panel.stores.censuses
        tab.click("#prompts-hide")
        expect(tab.locator("#prompts-said .notice")).to_be_visible()
        assert not tab.is_visible("#prompts-confirm")
        for number, act in ((PEOPLE - 1, "hide"), (PEOPLE - 2, "delete")):
            option = tab.locator("#prompts-list label", has_text=f"Question {number} ")
            option.locator("input").check()
            tab.click(f"#prompts-{act}")
            tab.click("#prompts-cancel")
            expect(tab.locator("#prompts-confirm")).to_be_hidden()
            expect(option).to_have_count(1)
            tab.click(f"#prompts-{act}")
            tab.click("#prompts-confirm")
            expect(option).to_have_count(0, timeout=PATIENCE_MS)
        expect(tab.locator("#dashboard-counts .small", has_text="Duels masqués")).to_be_visible(timeout=PATIENCE_MS)
        assert battles.total(None).count("hidden") == 1
        assert battles.total(None).count("battles") == PEOPLE - 2


def test_prompts_are_searched_and_turned_by_keyboard(browser: Browser, panel: PanelServer) -> None:
    with looking(browser, panel) as tab:
        expect(tab.locator("#prompts-list label")).to_have_count(20)
        tab.focus("#prompts-older")
        tab.keyboard.press("Enter")
        expect(tab.locator("#prompts-newer")).to_be_visible()
        tab.fill("#prompts-search input, #prompts-search textarea", "question 7 ")
        tab.keyboard.press("Enter")
        expect(tab.locator("#prompts-list label")).to_have_count(1)
        expect(tab.locator("#prompts-newer")).to_be_hidden()
