"""A meeting in real browsers: an organiser prepares it on a laptop, a phone joins it by its code."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from arena.ui.text import load_text
from tests.e2e.duel_page import DESKTOP, PHONE, visiting
from tests.e2e.organiser_client import DEPLOYER, OrganiserClient
from tests.e2e.organiser_page import organising
from tests.serving import Application

pytestmark = pytest.mark.browser
FRENCH = load_text("fr")
EVIL = "<img src=x onerror=window.hacked=1>{{constructor}}${1}<b>Soirée</b>"


def plain_violations(tab: Page) -> list[str]:
    """What axe-core finds serious or critical on a page without Gradio, in both schemes."""
    found = []
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        results: dict[str, Any] = Axe().run(tab).response
        found += [f"{scheme} {one['id']}" for one in results["violations"] if one["impact"] in ("serious", "critical")]
    return found


@pytest.mark.parametrize(("locale", "device"), [("fr", DESKTOP), ("en", PHONE)], ids=["fr-desktop", "en-phone"])
def test_an_organiser_prepares_opens_and_hands_on_a_meeting(
    browser: Browser, demo: Application, locale: str, device: dict[str, Any]
) -> None:
    text = load_text(locale)
    with organising(browser, demo, locale, **device) as desk:
        tab = desk.tab
        assert tab.get_attribute("html", "lang") == locale
        faults = desk.faults()
        desk.enter(DEPLOYER)
        tab.wait_for_selector("#event-settings")
        faults += desk.faults()
        desk.fill(title=EVIL, held_on="30/02/2026")
        desk.save()
        desk.says(text("error.event.date"))
        desk.fill(held_on="2026-03-14", place="Médiathèque", max_answer_tokens="200")
        tab.check("#field-mode input[value=small_vs_big]")
        desk.save()
        tab.wait_for_selector("#event-heading")
        assert tab.inner_text("#event-heading") == EVIL
        faults += desk.faults()
        desk.fill(title="Soirée à la médiathèque")
        desk.save()
        tab.wait_for_function("document.querySelector('#event-heading').innerText.startsWith('Soirée à')")
        code = desk.opens_the_event()
        tab.fill("#link-label :is(input, textarea)", "Pour Léa")
        tab.click("#make-link")
        tab.wait_for_selector(".made a")
        link = tab.inner_text(".made a")
        assert link.startswith(f"{demo.url}/organise/open/")
        tab.click("#event-delete button >> nth=0")
        faults += desk.faults()
        assert tab.evaluate("window.hacked") is None
        assert faults == []
        desk.is_quiet()
    settings = demo.rows("select title, mode, max_answer_tokens, state from event where code=?", code)
    assert settings == [("Soirée à la médiathèque", "small_vs_big", 200, "open")]
    with organising(browser, demo, locale, **device) as other:
        other.tab.goto(link)
        assert plain_violations(other.tab) == []
        other.tab.click("form.ask button")
        other.tab.wait_for_selector("#event-heading")
        assert other.tab.url == f"{demo.url}/organise/fr/" if locale == "fr" else True
        assert other.tab.inner_text("#event-summary .code") == code
        assert other.tab.locator("#picker input").count() == 1, "the only event chooses itself"


def test_a_phone_joins_by_code_and_sees_the_event_until_it_leaves(browser: Browser, demo: Application) -> None:
    with OrganiserClient(demo) as organiser:
        event_id, code = organiser.make(title=EVIL)
        with visiting(browser, demo, **PHONE) as page:
            tab = page.tab
            tab.click("#event-line a")
            tab.wait_for_selector("#code")
            assert plain_violations(tab) == []
            tab.set_viewport_size({"width": 320, "height": 600})
            assert page.overflow() == 0
            tab.fill("#code", f"{code[:3]} {code[3:].lower()}")
            tab.keyboard.press("Enter")
            tab.wait_for_selector("#event-line strong")
            assert tab.inner_text("#event-line strong") == EVIL
            assert not tab.is_visible("#modes")
            faults = page.faults()
            page.ask_and_wait("Que voit un téléphone ?")
            assert not tab.is_visible("#leave-event")
            organiser.move(event_id, "closed")
            tab.check("#outcome input[value=a]")
            tab.wait_for_selector("#problem .problem")
            assert tab.inner_text("#problem") == FRENCH("error.event.closed")
            tab.click("#new-duel")
            page.reaches("compose")
            tab.wait_for_selector("[data-event=closed]")
            assert not tab.is_visible("#prompt")
            faults += page.faults()
            tab.click("#leave-event")
            tab.wait_for_selector("#event-line a")
            assert tab.is_visible("#prompt")
            assert tab.is_visible("#modes")
            assert tab.evaluate("window.hacked") is None
            assert faults == []
            page.is_quiet()


def test_where_only_suggestions_are_taken_the_box_is_filled_by_them(browser: Browser, demo: Application) -> None:
    with OrganiserClient(demo) as organiser, visiting(browser, demo) as page:
        _, code = organiser.make(moderation="suggestions")
        tab = page.tab
        tab.goto(f"{demo.url}/e/{code}")
        tab.wait_for_selector("[data-moderation=suggestions]")
        tab.wait_for_function("document.querySelector('#prompt textarea').readOnly")
        tab.focus("#prompt textarea")
        tab.keyboard.type("du texte libre")
        assert tab.input_value("#prompt textarea") == ""
        assert page.faults() == []
        tab.click("#suggestions summary >> nth=0")
        tab.click("details[open] [data-suggestion] >> nth=0")
        tab.click("#send")
        page.reaches("voting")
        assert not tab.is_visible("#follow-up")
        page.is_quiet()


def test_in_an_event_of_chosen_models_they_are_offered_at_once(browser: Browser, demo: Application) -> None:
    with OrganiserClient(demo) as organiser, visiting(browser, demo) as page:
        _, code = organiser.make(mode="choose", models=["demo/alpage", "demo/brise", "demo/dune"])
        tab = page.tab
        tab.goto(f"{demo.url}/e/{code}")
        tab.wait_for_selector("#chosen input")
        assert tab.locator("#chosen input").count() == 3
        tab.check("#chosen input >> nth=0")
        page.ask_and_wait("Qui répond ?")
        page.is_quiet()
