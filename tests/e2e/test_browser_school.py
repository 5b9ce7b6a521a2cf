"""A child's phone in an event in school mode: nothing to write, words to read, and an organiser who prints the kit."""

import re

import pytest
from playwright.sync_api import Browser

from arena.ui.text import load_text
from tests.e2e.duel_page import PHONE, visiting
from tests.e2e.organiser_client import DEPLOYER, OrganiserClient
from tests.e2e.organiser_page import organising
from tests.serving import Application

pytestmark = pytest.mark.browser
FRENCH = load_text("fr")


def test_a_child_is_told_to_wait_and_finds_no_box_and_no_suggestion(browser: Browser, demo: Application) -> None:
    with OrganiserClient(demo) as organiser, visiting(browser, demo, **PHONE) as page:
        _, code = organiser.make(moderation="school")
        tab = page.tab
        tab.goto(f"{demo.url}/e/{code}")
        tab.wait_for_selector("[data-moderation=school]")
        assert FRENCH("event.note.school") in tab.inner_text("#event-line .notice")
        assert tab.locator(".school li").count() == 8
        for gone in ("#compose", "#prompt", "#send", "#suggestions", "#modes", "#consent"):
            assert not tab.is_visible(gone), gone
        assert page.faults() == []
        page.is_quiet()


def test_a_duel_from_before_is_finished_without_a_word(browser: Browser, demo: Application) -> None:
    with OrganiserClient(demo) as organiser, visiting(browser, demo) as page:
        event_id, code = organiser.make()
        tab = page.tab
        tab.goto(f"{demo.url}/e/{code}")
        page.ready()
        page.ask_and_wait("Que dit un téléphone à l’école ?")
        organiser.save(event_id, str(organiser.version_of(event_id)), moderation="school")
        page.reload()
        page.reaches("voting")
        tab.wait_for_selector("[data-moderation=school]")
        for gone in ("#comment", "#follow", ".school"):
            assert not tab.is_visible(gone), gone
        page.vote("b")
        page.see_footprints()
        page.see_names()
        assert not tab.is_visible("#rematch-smaller")
        assert page.faults() == []
        tab.click("#new-duel")
        page.reaches("compose")
        tab.wait_for_selector(".school")
        assert not tab.is_visible("#prompt")
        page.is_quiet()


def test_an_organiser_reaches_the_kit_and_prints_it_or_a_part_of_it(browser: Browser, demo: Application) -> None:
    with OrganiserClient(demo) as client, organising(browser, demo) as desk:
        event_id, _ = client.make(title="Rencontre du kit")
        desk.enter(DEPLOYER)
        desk.tab.check(f"#picker input[value='{event_id}']")
        desk.tab.wait_for_selector("#event-summary >> text=Rencontre du kit")
        desk.goes_to("report")
        with desk.context.expect_page() as opening:
            desk.tab.click("#kit-way a")
        kit = opening.value
        kit.wait_for_selector("[data-print]:not([hidden])")
        assert "6" in kit.inner_text("[data-print]")
        kit.evaluate("window.print = () => { window.printed = true; }")
        kit.click("[data-print]")
        assert kit.evaluate("window.printed")
        kit.click("nav >> text=Cartes de vote")
        kit.wait_for_function("document.querySelectorAll('.page').length === 2")
        kit.click("nav >> text=Déroulé")
        kit.click("nav >> text=Stand libre")
        kit.wait_for_url(re.compile("sheet=stand"))
        assert "Stand libre" in kit.inner_text(".sheet h2")
        kit.click("text=English")
        kit.wait_for_url(re.compile("/kit/en/.*part=sheet"))
        assert "Free stand" in kit.inner_text(".sheet h2")
        desk.is_quiet()
