"""The screen of a real room in a real browser: it follows, counts without a jump, goes black, and keeps its scene."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.duel_page import PATIENCE_MS
from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.room_client import Desk, Phone
from tests.e2e.scripts import NAMES
from tests.serving import Application

pytestmark = pytest.mark.browser
PROMPT = "Pourquoi le ciel est-il bleu ?"
BLIND_STEPS = ("prompt", "bet", "answers", "vote", "closed", "footprints", "second_choice")


@pytest.fixture
def desk(scripted: Application) -> Iterator[Desk]:
    with OrganiserClient(scripted) as organiser:
        event_id, code = organiser.make(title="Café IA")
        yield Desk(scripted, organiser, event_id, code)


@contextmanager
def screen(browser: Browser, application: Application, code: str, **options: Any) -> Iterator[Page]:
    """The projector's tab, which asks nobody else and breaks nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, **options)
    heard: list[str] = []
    try:
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("pageerror", lambda error: heard.append(str(error)))
        tab.on("request", lambda asked: None if asked.url.startswith(application.url) else heard.append(asked.url))
        tab.goto(f"{application.url}/screen/fr/{code}")
        tab.wait_for_selector("main > *")
        yield tab
        assert heard == []
    finally:
        context.close()


def scene_at(tab: Page, step: str) -> None:
    expect(tab.locator(f".at-{step}")).to_be_visible(timeout=PATIENCE_MS)


def test_it_follows_a_round_and_names_nobody_too_early(browser: Browser, desk: Desk, scripted: Application) -> None:
    with screen(browser, scripted, desk.code) as tab:
        expect(tab.get_by_text("pas ouverte")).to_be_visible()
        desk.does("open")
        expect(tab.locator(".spelled")).to_have_text(re.compile(rf"{desk.code[:3]}\s{desk.code[3:]}"))
        desk.does("ask", prompt=PROMPT, has_bet=True)
        for step in BLIND_STEPS:
            desk.goes(step)
            scene_at(tab, step)
            assert [name for name in NAMES if name.lower() in tab.content().lower()] == []
        desk.goes("names")
        expect(tab.locator(".models")).to_contain_text("Zorblax 9")
        desk.does("set", name="page", value=1)
        expect(tab.locator("h1")).to_have_text("Du vote au second choix")
        desk.goes("debate")
        expect(tab.locator(".question")).to_contain_text("?")


def test_counts_change_in_their_places(browser: Browser, desk: Desk, scripted: Application) -> None:
    desk.does("open")
    desk.does("ask", prompt=PROMPT)
    desk.goes("vote")
    with screen(browser, scripted, desk.code) as tab, ExitStack() as stack:
        count = tab.locator('[data-fill="count"]')
        expect(count).to_have_text("0")
        expect(tab.locator('[data-fill="said"]')).to_have_text("vote")
        tab.evaluate("document.querySelector('.scene').dataset.same = 'yes'")
        before = [count.bounding_box(), tab.locator(".late").bounding_box()]
        for phone in [stack.enter_context(Phone(scripted, desk.code)) for _ in range(12)]:
            assert phone.says("vote", "a").status_code == 200
        expect(count).to_have_text("12", timeout=PATIENCE_MS)
        expect(tab.locator('[data-fill="said"]')).to_have_text("votes")
        assert [count.bounding_box(), tab.locator(".late").bounding_box()] == before
        assert tab.get_attribute(".scene", "data-same") == "yes"  # it was not drawn again
        desk.does("set", name="hides_counts", value=True)
        expect(count).to_have_count(0)


def test_black_is_black_at_once_and_the_scene_comes_back(browser: Browser, desk: Desk, scripted: Application) -> None:
    desk.does("open")
    desk.does("ask", prompt=PROMPT)
    desk.goes("prompt")
    with screen(browser, scripted, desk.code) as tab:
        scene_at(tab, "prompt")
        desk.does("set", name="is_black", value=True)
        expect(tab.get_by_role("img", name="Écran noir")).to_be_visible()
        assert tab.inner_text("main") == ""
        desk.does("set", name="is_black", value=False)
        scene_at(tab, "prompt")


def test_a_lost_connection_leaves_the_scene_and_a_mark(browser: Browser, desk: Desk, scripted: Application) -> None:
    desk.does("open")
    desk.does("ask", prompt=PROMPT)
    desk.goes("prompt")
    with screen(browser, scripted, desk.code) as tab:
        scene_at(tab, "prompt")
        mark = tab.locator(".lost")
        expect(mark).to_be_hidden()
        tab.context.set_offline(True)
        tab.evaluate("window.dispatchEvent(new Event('online'))")  # the stream that is open ends, none can be begun
        expect(mark).to_be_visible(timeout=PATIENCE_MS)
        scene_at(tab, "prompt")
        desk.goes("answers")
        tab.context.set_offline(False)
        scene_at(tab, "answers")
        expect(mark).to_be_hidden(timeout=PATIENCE_MS)


def test_the_hint_of_the_full_screen_goes_and_so_does_the_pointer(
    browser: Browser, desk: Desk, scripted: Application
) -> None:
    with screen(browser, scripted, desk.code) as tab:
        hint = tab.locator(".hint")
        expect(hint).to_be_visible()
        tab.keyboard.press("f")
        tab.wait_for_function("document.fullscreenElement !== null")
        expect(hint).to_be_hidden()
        tab.mouse.dblclick(200, 200)
        tab.wait_for_function("document.fullscreenElement === null")
        tab.wait_for_function("document.body.classList.contains('idle')")
        assert tab.evaluate("getComputedStyle(document.body).cursor") == "none"
        tab.mouse.move(10, 10)
        tab.wait_for_function("!document.body.classList.contains('idle')")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_scenes_fade_unless_motion_is_unwanted(
    browser: Browser, desk: Desk, scripted: Application, motion: Any
) -> None:
    desk.does("open")
    desk.does("ask", prompt=PROMPT)
    with screen(browser, scripted, desk.code, reduced_motion=motion) as tab:
        scene_at(tab, "waiting")
        tab.evaluate(
            """() => {
              window.fades = [];
              const own = Element.prototype.animate;
              Element.prototype.animate = function (...how) { window.fades.push(how[1]); return own.apply(this, how); };
            }"""
        )
        desk.goes("prompt")
        scene_at(tab, "prompt")
        fades = tab.evaluate("window.fades")
    assert fades == ([] if motion == "reduce" else [180])
