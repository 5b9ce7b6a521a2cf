"""The pages to read, in a real browser: fit for phones, both schemes and a printer, and nobody else is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.duel_page import DESKTOP, PATIENCE_MS
from tests.serving import LIMIT_S, Application

browser_test = pytest.mark.browser
PLACES = ("method", "figures", "privacy", "privacy/register")
every_page = pytest.mark.parametrize(
    ("locale", "place"), [(locale, place) for locale in ("fr", "en") for place in PLACES]
)


@contextmanager
def reading(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A tab on a page that asks nobody else and has nothing to complain of."""
    context = browser.new_context(**{"reduced_motion": "reduce", **DESKTOP, **options})
    heard: list[str] = []
    try:
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: heard.append(str(error)))
        tab.on(
            "request", lambda request: heard.append(request.url) if not request.url.startswith(_home(address)) else None
        )
        tab.on("response", lambda reply: heard.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None)
        tab.goto(address)
        yield tab
        assert heard == []
        assert context.cookies() == []
    finally:
        context.close()


def _home(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def overflow(tab: Page) -> int:
    return int(tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def axe_faults(tab: Page) -> list[str]:
    """Everything that axe-core complains of."""
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for fault in Axe().run(tab).response["violations"]
        for node in fault["nodes"]
    ]


@browser_test
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(390, "light", "fr"), (1280, "dark", "fr"), (390, "dark", "en")]
)
def test_axe_finds_nothing_serious(
    browser: Browser, demo: Application, locale: str, place: str, width: int, scheme: str
) -> None:
    viewport = {"width": width, "height": 800}
    with reading(browser, f"{demo.url}/{locale}/{place}", color_scheme=scheme, viewport=viewport) as tab:
        assert axe_faults(tab) == []


@browser_test
@every_page
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_sticks_out_of_the_window(
    browser: Browser, demo: Application, locale: str, place: str, width: int
) -> None:
    with reading(browser, f"{demo.url}/{locale}/{place}", viewport={"width": width, "height": 700}) as tab:
        assert overflow(tab) <= 0
        assert (
            tab.evaluate(
                "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1"
                " && getComputedStyle(e).overflowX === 'auto').length"
            )
            == 0
        )


@browser_test
def test_a_dark_page_is_dark_and_a_printed_one_is_not(browser: Browser, demo: Application) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    with reading(browser, f"{demo.url}/fr/figures", color_scheme="dark") as tab:
        assert tab.evaluate(background) == "rgb(21, 24, 31)"
        assert tab.is_visible("nav[aria-label='Pages']")
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate(background) == "rgb(255, 255, 255)"
        assert not tab.is_visible("nav[aria-label='Pages']")
        assert tab.evaluate("getComputedStyle(document.querySelector('h2')).color") == "rgb(31, 37, 51)"


@browser_test
def test_the_keyboard_reaches_the_content_first(browser: Browser, demo: Application) -> None:
    with reading(browser, f"{demo.url}/fr/method") as tab:
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "content"


@browser_test
def test_a_page_leads_to_the_others_and_to_itself_in_the_other_language(browser: Browser, demo: Application) -> None:
    with reading(browser, f"{demo.url}/fr/method") as tab:
        tab.click("nav >> text=Vérifier un chiffre")
        tab.wait_for_url("**/fr/figures")
        tab.click("nav >> text=English")
        tab.wait_for_url("**/en/figures")
        assert tab.get_attribute("html", "lang") == "en"
        assert tab.inner_text("h1") == "Check a figure that goes around"


@browser_test
def test_a_page_can_be_read_without_scripts(browser: Browser, demo: Application) -> None:
    with reading(browser, f"{demo.url}/fr/figures", java_script_enabled=False) as tab:
        assert tab.locator("article.claim").count() >= 7


@browser_test
def test_the_duel_page_leads_here(browser: Browser, demo: Application) -> None:
    context = browser.new_context(**DESKTOP)
    try:
        tab = context.new_page()
        tab.goto(f"{demo.url}/fr/")
        tab.click(".colophon >> text=Méthode")
        tab.wait_for_url("**/fr/method")
    finally:
        context.close()


@every_page
def test_a_page_is_light_kept_for_a_while_and_sets_no_cookie(demo: Application, locale: str, place: str) -> None:
    with httpx.Client(base_url=demo.url, timeout=LIMIT_S, trust_env=False, verify=False) as http:
        reply = http.get(f"/{locale}/{place}", headers={"accept-encoding": "br"})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-encoding"] == "br"
    assert reply.headers["cache-control"] == ("no-store" if place == "privacy" else "public, max-age=300")
    assert reply.num_bytes_downloaded < 15_000
    assert "set-cookie" not in reply.headers
    assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_only_these_addresses_are_open_and_only_to_be_read(demo: Application) -> None:
    closed = ["/fr/method/", "/fr/method/x", "/fr/methods", "/FR/method", "/de/method", "/method", "/fr/summary/erase"]
    with httpx.Client(base_url=demo.url, timeout=LIMIT_S, trust_env=False, verify=False) as http:
        assert {path: http.get(path).status_code for path in closed} == dict.fromkeys(closed, 404)
        for place in PLACES:
            assert http.head(f"/fr/{place}").status_code == 200
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                assert http.request(method, f"/fr/{place}").status_code == 404
