"""The print kit in a real browser: as many sheets of A4 as designed, nothing cut, large enough, fit for phones."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from arena.domain.event import Event
from arena.ui.kit_cards import Kit, Part
from arena.ui.text import load_text
from tests.e2e.test_reading_pages import axe_faults, overflow
from tests.ui.kits import EVENT, PAGE, SHEETS, in_school, kit, lengthy

pytestmark = pytest.mark.browser
PX_PER_MM = 96 / 25.4
MARGIN_MM, PAPER_MM = 12, (210, 297)
LONG_HOME = "http://bibliotheque-intercommunale-de-la-vallee-du-haut-gier.example.fr:17860"
EVENTS = {"plain": EVENT, "school": in_school(), "lengthy": lengthy(), "lengthy school": in_school(lengthy())}
EVERY_EVENT = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)


@contextmanager
def opened(browser: Browser, made: Kit, locale: str = "fr", part: Part | None = None, **options: Any) -> Iterator[Page]:
    """A tab that shows a kit as a file does, and asks nobody for anything."""
    context = browser.new_context(**options)
    asked: list[str] = []
    try:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.set_content(PAGE.document(load_text(locale), made, part))
        yield tab
        assert asked == []
    finally:
        context.close()


@contextmanager
def on_paper(browser: Browser, made: Kit, locale: str = "fr") -> Iterator[Page]:
    """The same as wide as what is printed of a sheet, in the styles of print."""
    width = int((PAPER_MM[0] - 2 * MARGIN_MM) * PX_PER_MM)
    with opened(browser, made, locale, viewport={"width": width, "height": 900}, color_scheme="dark") as tab:
        tab.emulate_media(media="print", color_scheme="dark")
        yield tab


def printed(tab: Page) -> tuple[int, set[tuple[int, int]]]:
    """How many sheets come out of the printer, and their sizes in points."""
    paper = tab.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    return len(re.findall(rb"/Type\s*/Page\b", paper)), {(round(float(w)), round(float(h))) for w, h in boxes}


def size_mm(tab: Page, selector: str) -> list[tuple[float, float]]:
    """Width and height of everything that a selector finds."""
    script = "all => all.map(e => e.getBoundingClientRect()).map(box => [box.width, box.height])"
    return [(w / PX_PER_MM, h / PX_PER_MM) for w, h in tab.eval_on_selector_all(selector, script)]


def sheets_for(event: Event) -> Iterable[str]:
    """Every run sheet with a plain event, the one with most to say with the others: the other pages are the same."""
    return SHEETS if event is EVENTS["plain"] else [max(SHEETS, key=lambda sheet: len(SHEETS[sheet].steps))]


@EVERY_EVENT
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_kit_takes_one_sheet_of_a4_for_each_of_its_pages(browser: Browser, event: Event, locale: str) -> None:
    for sheet in sheets_for(event):
        with opened(browser, kit(event, sheet, LONG_HOME), locale) as tab:
            assert printed(tab) == (7 if event.is_school else 6, {(595, 842)}), sheet


@pytest.mark.parametrize("part", Part)
def test_one_part_alone_takes_its_own_pages_only(browser: Browser, part: Part) -> None:
    with opened(browser, kit(), part=part) as tab:
        assert printed(tab)[0] == (2 if part is Part.CARDS else 1)


@EVERY_EVENT
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_nothing_is_cut_on_paper(browser: Browser, event: Event, locale: str) -> None:
    room = [side - 2 * MARGIN_MM for side in PAPER_MM]
    for sheet in sheets_for(event):
        with on_paper(browser, kit(event, sheet, LONG_HOME), locale) as tab:
            assert all(height <= room[1] for _, height in size_mm(tab, ".page")), sheet
            cut = tab.evaluate("""() => [...document.querySelectorAll(".page, .page *:not(svg *)")]
                .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline"
                    || e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .map(e => `${e.tagName}.${e.className} ${e.textContent.slice(0, 40)}`)""")
            assert cut == [], sheet


def test_signs_and_code_are_large_enough_to_be_read_from_eight_metres(browser: Browser) -> None:
    """A letter as high as a 200th of the distance can be read by most: 40 mm. Cards are held up: twice that."""
    with on_paper(browser, kit()) as tab:
        signs = size_mm(tab, ".card svg")
        assert len(signs) == 4
        assert all(height >= 90 for _, height in signs)
        letters = tab.eval_on_selector(
            ".code text",
            """text => {
                const style = getComputedStyle(text), canvas = document.createElement("canvas").getContext("2d");
                canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
                const scale = text.ownerSVGElement.getBoundingClientRect().width / 186;
                return [...text.textContent].map(one => canvas.measureText(one).actualBoundingBoxAscent * scale);
            }""",
        )
        assert min(letters) / PX_PER_MM >= 40
        assert max(letters) / PX_PER_MM <= 46, "or their heads would be cut"
        (code,) = size_mm(tab, ".poster .qr")
        assert min(code) >= 90


def test_paper_is_white_and_its_ink_black_whatever_the_screen_is(browser: Browser) -> None:
    with on_paper(browser, kit()) as tab:
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert tab.evaluate("getComputedStyle(document.querySelector('.card path')).stroke") == "rgb(0, 0, 0)"
        assert not tab.is_visible(".how")


@pytest.mark.parametrize(("scheme", "locale"), [("light", "fr"), ("dark", "en")])
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, scheme: str, locale: str) -> None:
    for width in (320, 390, 1280):
        viewport = {"width": width, "height": 900}
        with opened(browser, kit(in_school()), locale, color_scheme=scheme, viewport=viewport) as tab:
            assert axe_faults(tab) == []
            assert overflow(tab) <= 0


def test_at_twice_the_size_of_letters_nothing_sticks_out(browser: Browser) -> None:
    with opened(browser, kit(lengthy()), viewport={"width": 640, "height": 800}) as tab:
        tab.add_style_tag(content="html { font-size: 200%; }")
        assert overflow(tab) <= 0
        assert Axe().run(tab).response["violations"] == []
