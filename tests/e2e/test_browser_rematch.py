"""Again with less, with a real browser: what is offered, played blind, and what it showed."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.duel_page import PHONE, DuelPage, visiting
from tests.serving import Application

pytestmark = pytest.mark.browser


def play_to_names(page: DuelPage) -> None:
    page.vote()
    page.see_footprints()
    page.see_names()


def test_a_rematch_is_offered_with_the_names_and_says_what_it_showed(browser: Browser, demo: Application) -> None:
    with visiting(browser, demo, **PHONE) as page:
        tab = page.tab
        page.ask_and_wait("Pourquoi le ciel est-il bleu ?")
        assert not tab.is_visible("#rematch-shorter")
        page.vote()
        assert tab.is_visible("#bet")
        page.see_footprints()
        assert not tab.is_visible("#rematch-shorter")
        page.see_names()
        assert tab.is_visible("#rematch-shorter")
        offered = tab.locator("#rematch-smaller-reason [data-offered]").count() == 1
        assert tab.is_visible("#rematch-smaller") is offered, "the button follows its line"
        assert page.violations() == []
        tab.click("#rematch-shorter")
        page.reaches("voting")
        assert not tab.is_visible("#rematch"), "a rematch is as blind as any battle"
        play_to_names(page)
        tab.wait_for_selector("#rematch-result-heading")
        assert not tab.is_visible("#rematch-shorter"), "a rematch is not played again"
        assert page.overflow() == 0, page.wide_elements()
        assert page.violations() == []
        page.is_quiet()
    assert demo.rows("select count(*) from rematch")[0][0] >= 1


def test_what_was_looked_at_in_the_footprints_stays_when_the_names_come(browser: Browser, demo: Application) -> None:
    with visiting(browser, demo, "en") as page:
        tab = page.tab
        page.ask_and_wait("Why is the sky blue?")
        page.vote()
        page.see_footprints()
        tab.check("#mix input[value=usa]")
        tab.wait_for_function("document.querySelector('#charts .mix').textContent.includes('United States')")
        page.see_names()
        assert tab.is_checked("#mix input[value=usa]")
        assert "United States" in tab.inner_text("#charts .mix")
        page.is_quiet()
