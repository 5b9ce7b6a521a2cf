"""Whole battles in a real browser: phone and desktop, both languages, both colour schemes, keyboard only."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.duel_page import DESKTOP, PHONE, visiting
from tests.serving import Application

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("locale", "device"), [("fr", PHONE), ("en", DESKTOP)], ids=["fr-phone", "en-desktop"])
def test_a_whole_battle_is_accessible_in_every_phase(
    browser: Browser, demo: Application, locale: str, device: dict[str, Any]
) -> None:
    with visiting(browser, demo, locale, **device) as page:
        tab = page.tab
        assert tab.get_attribute("html", "lang") == locale
        assert tab.inner_text("#consent")
        faults = page.faults()
        tab.click("#suggestions summary >> nth=0")
        tab.click("#modes button")
        tab.wait_for_selector("#mode input[value=small_vs_big]", state="visible")
        faults += page.faults()
        tab.click("details[open] [data-suggestion] >> nth=0")
        assert len(tab.input_value("#prompt textarea")) > 10
        tab.check("#mode input[value=small_vs_big]")
        tab.click("#send")
        page.focus_is_on("battle-heading")
        page.reaches("voting")
        assert len(page.answer("a")) > 40
        assert len(page.answer("b")) > 40
        tab.check("#liked-a input[value=liked]")
        tab.check("#qualities-a input >> nth=0")
        tab.check("#liked-b input[value=disliked]")
        tab.wait_for_selector("#qualities-b input >> nth=0")
        faults += page.faults()
        page.vote("both_good")
        faults += page.faults()
        page.see_footprints()
        page.focus_is_on("footprints-heading")
        assert tab.locator("#charts .quantity").count() == 5
        faults += page.faults()
        page.see_names()
        page.focus_is_on("names-heading")
        assert tab.locator("#names .model").count() == 2
        faults += page.faults()
        tab.click("#new-duel")
        page.reaches("compose")
        assert not tab.is_visible("#consent")
        assert faults == []
        page.is_quiet()


@pytest.mark.parametrize(("locale", "device"), [("fr", PHONE), ("en", DESKTOP)], ids=["fr-phone", "en-desktop"])
def test_the_page_is_accessible_while_answers_are_written_and_when_one_failed(
    browser: Browser, scripted: Application, locale: str, device: dict[str, Any]
) -> None:
    with visiting(browser, scripted, locale, **device) as page:
        page.ask("Attends [hangs]")
        page.tab.wait_for_selector("#answer-a .block")
        faults = page.faults()
        assert page.phase == "writing"
        page.tab.click("#stop")
        page.reaches("voting")
        faults += page.faults()
        page.tab.click("#new-duel")
        page.reaches("compose")
        page.ask("Échoue [fails]")
        page.reaches("broken")
        faults += page.faults()
        assert faults == []
        page.is_quiet()


def test_a_battle_can_be_played_with_the_keyboard_only(browser: Browser, demo: Application) -> None:
    with visiting(browser, demo) as page:
        keys = page.tab.keyboard
        page.tab_to("#prompt textarea")
        keys.type("Pourquoi la mer est-elle salée ?")
        page.tab_to("#send")
        keys.press("Enter")
        page.reaches("voting")
        page.tab_to("#liked-a input")
        keys.press("Space")
        page.tab_to("#outcome input")
        keys.press("ArrowDown")
        page.tab.wait_for_selector("#vote-state .recorded")
        page.tab_to("#to-footprints")
        keys.press("Enter")
        page.reaches("footprints")
        page.focus_is_on("footprints-heading")
        page.tab_to("#to-names")
        keys.press("Enter")
        page.reaches("names")
        page.focus_is_on("names-heading")
        page.tab_to("#new-duel")
        keys.press("Space")
        page.reaches("compose")
        page.is_quiet()


def test_suggestions_open_and_fill_the_box_with_the_keyboard(browser: Browser, demo: Application) -> None:
    with visiting(browser, demo, "en") as page:
        page.tab_to("#suggestions summary")
        page.tab.keyboard.press("Enter")
        page.tab_to("[data-suggestion]")
        wanted = page.tab.evaluate("document.activeElement.textContent.trim()")
        page.tab.keyboard.press("Enter")
        assert page.tab.input_value("#prompt textarea") == wanted
        assert page.phase == "compose"


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("", "Write a question first."),
        ("Write to mary@example.org", "e-mail"),
    ],
)
def test_a_refused_prompt_says_why_and_is_kept(browser: Browser, demo: Application, prompt: str, words: str) -> None:
    with visiting(browser, demo, "en") as page:
        page.tab.fill("#prompt textarea", prompt)
        page.tab.click("#send")
        alert = page.tab.wait_for_selector("#problem [role=alert]")
        assert alert is not None
        assert words in alert.inner_text()
        assert alert.is_visible()
        assert page.tab.input_value("#prompt textarea") == prompt
        assert page.phase == "compose"


@pytest.mark.parametrize("gap_ms", [0, 80])
def test_a_double_click_makes_one_battle(browser: Browser, demo: Application, gap_ms: int) -> None:
    with visiting(browser, demo) as page:
        page.tab.fill("#prompt textarea", f"Une seule fois, {gap_ms}")
        page.tab.evaluate(
            "gap => { const b = document.querySelector('#send'); b.click(); setTimeout(() => b.click(), gap); }", gap_ms
        )
        page.reaches("voting")
        assert not page.tab.is_visible("#problem")
    assert demo.rows("select count(*) from turn where prompt=?", f"Une seule fois, {gap_ms}") == [(1,)]


def test_the_other_language_shows_the_same_battle(browser: Browser, demo: Application) -> None:
    with visiting(browser, demo) as page:
        page.ask_and_wait("Pourquoi lit-on des romans ?")
        answer = page.answer("a")
        page.tab.click("a.language")
        page.tab.wait_for_url("**/en/")
        page.ready()
        page.reaches("voting")
        assert page.tab.get_attribute("html", "lang") == "en"
        page.tab.wait_for_selector("#answer-a .block")
        assert page.answer("a") == answer
