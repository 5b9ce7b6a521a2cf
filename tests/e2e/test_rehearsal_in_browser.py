"""A rehearsal as an organiser sees it: one press, lines that come, and one page with what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from arena.ui.access import ORGANISER_COOKIE
from arena.ui.text import load_text
from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.rehearsing import LIMIT_S, page_of, press
from tests.e2e.test_reading_pages import axe_faults, overflow
from tests.serving import Application

pytestmark = pytest.mark.browser
VERDICT = "#report h2"


@contextmanager
def opened(browser: Browser, organiser: OrganiserClient, address: str, **options: Any) -> Iterator[Page]:
    """A tab of the organiser; it may ask nobody but the application for anything."""
    context = browser.new_context(**options)
    asked: list[str] = []
    home = address.split("/organise")[0]
    cookie = {"name": ORGANISER_COOKIE, "value": organiser.cookies[ORGANISER_COOKIE], "url": home}
    context.add_cookies([cookie])  # type: ignore[list-item]
    try:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(address)
        yield tab
        assert [url for url in asked if not url.startswith(home)] == []
    finally:
        context.close()


@pytest.fixture
def organiser(demo: Application) -> Iterator[OrganiserClient]:
    with OrganiserClient(demo) as organiser:
        yield organiser


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_one_press_leads_to_what_is_to_do_by_itself(
    browser: Browser, demo: Application, organiser: OrganiserClient, locale: str
) -> None:
    event_id, _ = organiser.make(title="Café IA « d’hiver »")
    text = load_text(locale)
    with opened(browser, organiser, f"{demo.url}/organise/rehearsal/{locale}/{event_id}") as tab:
        assert not tab.query_selector(VERDICT)
        tab.fill("#width", "0,6")
        tab.focus("form button")
        tab.keyboard.press("Enter")  # no pointer is needed
        tab.wait_for_selector(VERDICT, timeout=LIMIT_S * 1000)
        names = tab.eval_on_selector_all(".findings h4", "all => all.map(e => e.firstChild.textContent.trim())")
        assert len(names) == 10
        assert names[0] == text("rehearsal.check.models"), "the demonstration is no meeting"
        todo = tab.inner_text(".findings >> nth=0")
        assert text("rehearsal.check.screen") in todo
        assert tab.get_attribute("html", "lang") == locale
        assert text("rehearsal.again") in tab.inner_text("form button")


def test_lines_come_while_the_rehearsal_runs(demo: Application, organiser: OrganiserClient) -> None:
    event_id, _ = organiser.make(title="Café IA")
    press(organiser, event_id)
    address = f"{demo.url}/organise/rehearsal/fr/{event_id}"
    headers = {"Accept-Encoding": "gzip"}  # as browsers ask: compressed, nothing would come before the end
    with httpx.stream(
        "GET", address, cookies=organiser.cookies, headers=headers, timeout=LIMIT_S, trust_env=False, verify=False
    ) as reply:
        pieces = reply.iter_text()
        first = next(pieces)
        assert "</html>" not in first
        assert "</html>" in "".join(pieces)
    assert "data-print" in page_of(organiser, event_id).text


@pytest.fixture(scope="module")
def tried(demo: Application) -> Iterator[tuple[OrganiserClient, str]]:
    """An organiser, and an event whose room was tried out."""
    with OrganiserClient(demo) as organiser:
        event_id, _ = organiser.make(title="Bibliothèque intercommunale de la vallée du Haut-Gier, un samedi d’hiver")
        press(organiser, event_id, width="0,5")
        page_of(organiser, event_id)
        yield organiser, event_id


@pytest.mark.parametrize(("scheme", "locale"), [("light", "fr"), ("dark", "en")])
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, demo: Application, tried: tuple[OrganiserClient, str], locale: str, scheme: str
) -> None:
    organiser, event_id = tried
    address = f"{demo.url}/organise/rehearsal/{locale}/{event_id}"
    for width in (320, 390, 1280):
        viewport = {"width": width, "height": 900}
        with opened(browser, organiser, address, color_scheme=scheme, viewport=viewport) as tab:
            assert tab.is_visible(VERDICT)
            assert axe_faults(tab) == []
            assert overflow(tab) <= 0


def test_at_twice_the_size_of_letters_nothing_sticks_out(
    browser: Browser, demo: Application, tried: tuple[OrganiserClient, str]
) -> None:
    organiser, event_id = tried
    address = f"{demo.url}/organise/rehearsal/fr/{event_id}"
    with opened(browser, organiser, address, viewport={"width": 640, "height": 800}) as tab:
        tab.add_style_tag(content="html { font-size: 200%; }")
        assert overflow(tab) <= 0
        assert Axe().run(tab).response["violations"] == []


def test_paper_shows_the_findings_and_no_button(
    browser: Browser, demo: Application, tried: tuple[OrganiserClient, str]
) -> None:
    organiser, event_id = tried
    with opened(browser, organiser, f"{demo.url}/organise/rehearsal/fr/{event_id}", color_scheme="dark") as tab:
        assert tab.is_visible("[data-print]")
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.is_visible(VERDICT)
        assert not tab.is_visible("form")
        assert not tab.is_visible("[data-print]")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        drawn = tab.eval_on_selector_all(".mark", "all => all.map(e => e.innerHTML)")
        assert len(set(drawn)) == 2, "told apart without a colour"
