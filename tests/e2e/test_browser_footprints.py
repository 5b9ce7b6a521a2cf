"""The first reveal in a real browser: switch, everyday things and projection, on a phone and a desk, keyboard only."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.duel_page import DESKTOP, PHONE, DuelPage, visiting
from tests.serving import Application

pytestmark = pytest.mark.browser

# What is drawn replaces what was drawn: wait until it holds the words that belong to a choice.
HOLDS = "([selector, words]) => document.querySelector(selector)?.textContent.includes(words)"


def until(page: DuelPage, selector: str, words: str) -> None:
    page.tab.wait_for_function(HOLDS, arg=[selector, words])


def revealed(page: DuelPage) -> None:
    page.ask_and_wait("Pourquoi le ciel est-il bleu ?")
    page.vote("both_good")
    page.see_footprints()


def top_of(page: DuelPage, selector: str) -> float:
    return float(page.tab.evaluate("s => document.querySelector(s).getBoundingClientRect().top + scrollY", selector))


def faults_of(page: DuelPage) -> list[str]:
    faults = page.violations()
    before = page.tab.viewport_size
    page.tab.set_viewport_size({"width": 320, "height": 640})
    if page.overflow() > 0:
        faults.append(f"{page.overflow()}px too wide: {page.wide_elements()}")
    page.tab.set_viewport_size(before or {"width": 1280, "height": 800})
    return faults


@pytest.mark.parametrize(
    ("locale", "device", "usa"),
    [("fr", PHONE, "États-Unis."), ("en", DESKTOP, "United States.")],
    ids=["fr-phone", "en-desktop"],
)
def test_the_reveal_is_accessible_and_does_not_jump_when_the_mix_changes(
    browser: Browser, demo: Application, locale: str, device: dict[str, Any], usa: str
) -> None:
    with visiting(browser, demo, locale, **device) as page:
        revealed(page)
        before = top_of(page, "#nature")
        page.tab.check("#mix input[value=usa]")
        until(page, "#charts .mix", usa)
        assert abs(top_of(page, "#nature") - before) <= 2
        page.tab.check("#nature input[value=water]")
        page.tab.wait_for_selector("#equivalents .thing")
        for details in page.tab.locator("#footprints details > summary").all():
            details.click()
        page.tab.click("#everybody > button")
        page.tab.wait_for_selector("#projection table", state="visible")
        assert page.tab.locator("#charts .quantity svg.axis").count() == 5
        assert faults_of(page) == []
        page.tab.fill("#people textarea, #people input", "beaucoup")
        page.tab.click("#project")
        page.tab.wait_for_selector("#projection-problem [role=alert]", state="visible")
        assert page.tab.locator("#projection table").count() == 3, "nothing else changes"
        assert faults_of(page) == []
        page.see_names()
        assert page.tab.is_checked("#mix input[value=usa]"), "what was chosen stays"
        assert faults_of(page) == []
        page.is_quiet()


def test_switch_and_projection_work_with_the_keyboard_only(browser: Browser, demo: Application) -> None:
    with visiting(browser, demo, "en") as page:
        revealed(page)
        keys = page.tab.keyboard
        page.tab_to("#mix input")
        keys.press("ArrowRight")
        until(page, "#charts .mix", "France.")
        page.tab_to("#nature input")
        keys.press("ArrowRight")
        page.tab.wait_for_selector("#equivalents .thing")
        page.tab_to("#everybody > button")
        keys.press("Enter")
        page.tab_to("#crowd input")
        keys.press("ArrowRight")
        until(page, "#projection .assumptions", "People: 10,000.")
        assert page.tab.input_value("#people textarea, #people input") == "10\u202f000"
        until(page, "#projection .assumptions", "Electricity mix: France.")
        page.tab_to("#times :is(input, textarea)")
        keys.press("Control+a")
        keys.type("3")
        keys.press("Enter")
        until(page, "#projection .assumptions", "Times a day: 3.")
        page.tab_to("#mix input", backwards=True)
        keys.press("ArrowRight")
        until(page, "#projection .assumptions", "Electricity mix: world average.")
        until(page, "#charts .mix", "world average.")
        page.is_quiet()
