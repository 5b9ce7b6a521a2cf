"""The printed report in a real browser: two sheets at most, one more for rounds, fit for phones, readable."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.test_reading_pages import overflow
from tests.serving import LIMIT_S, Application
from tests.ui.synthetic_events import EVENTS
from tests.ui.test_report_page import document

browser_test = pytest.mark.browser
EVERY_EVENT = pytest.mark.parametrize("name", EVENTS)


@contextmanager
def opened(browser: Browser, name: str, locale: str = "fr", **options: Any) -> Iterator[Page]:
    """A tab that shows the report as a file does, and asks nobody for anything."""
    context = browser.new_context(**options)
    asked: list[str] = []
    try:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.set_content(document(name, locale))
        yield tab
        assert asked == []
    finally:
        context.close()


@browser_test
@EVERY_EVENT
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_report_prints_on_two_sheets_at_most(browser: Browser, name: str, locale: str) -> None:
    with opened(browser, name, locale) as tab:
        printed = tab.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}  # A4, in points
    most = 3 if any(battle.round_number for battle in EVENTS[name].battles) else 2
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= most


@browser_test
@pytest.mark.parametrize("name", ["thirty_people", "hundred_people", "four_people"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_serious(browser: Browser, name: str, width: int, scheme: str) -> None:
    with opened(browser, name, color_scheme=scheme, viewport={"width": width, "height": 900}) as tab:
        faults = [f"{fault['id']}: {fault['help']}" for fault in Axe().run(tab).response["violations"]]
        assert faults == []


@browser_test
@EVERY_EVENT
def test_nothing_sticks_out_of_a_phone(browser: Browser, name: str) -> None:
    for width in (320, 390):
        with opened(browser, name, viewport={"width": width, "height": 700}) as tab:
            assert overflow(tab) <= 0


@browser_test
def test_paper_is_white_and_its_bars_are_printed(browser: Browser) -> None:
    with opened(browser, "thirty_people", color_scheme="dark") as tab:
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert tab.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(31, 37, 51)"
        assert tab.evaluate("getComputedStyle(document.querySelector('.filled')).fill") == "rgb(44, 57, 99)"
        assert not tab.is_visible(".how")


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_without_an_organiser_no_report_is_there(demo: Application, locale: str) -> None:
    with httpx.Client(base_url=demo.url, timeout=LIMIT_S, trust_env=False, verify=False) as http:
        reply = http.get(f"/organise/report/{locale}/{'e' * 32}")
        assert (reply.status_code, reply.headers["cache-control"]) == (404, "no-store")
        assert http.post(f"/organise/report/{locale}/{'e' * 32}").status_code == 404
