"""The desk in a real browser: a whole round by keyboard alone, on a laptop and on a phone, and what it keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import scripted_application
from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.room_client import Desk
from tests.serving import Application, ScriptedModels, running

pytestmark = pytest.mark.browser
PROMPT = "Pourquoi le ciel est-il bleu ?"
SIZES = {"laptop": (1280, 800), "phone": (390, 844), "narrow": (320, 640)}
STEPS = ("prompt", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate")


@pytest.fixture
def organiser(scripted: Application) -> Iterator[OrganiserClient]:
    with OrganiserClient(scripted) as organiser:
        yield organiser


@pytest.fixture
def desk(scripted: Application, organiser: OrganiserClient) -> Desk:
    return Desk(scripted, organiser, *organiser.make(title="Café IA"))


@pytest.fixture
def open_desk(desk: Desk) -> Desk:
    """Of an open room that was asked something."""
    desk.does("open", address="https://arene.exemple.org")
    desk.does("ask", prompt=PROMPT)
    return desk


@contextmanager
def sitting(
    browser: Browser, application: Application, organiser: OrganiserClient, desk: Desk, **context: Any
) -> Iterator[Page]:
    """A browser of the organiser on the desk; nothing may go wrong in its script."""
    size = dict(zip(("width", "height"), SIZES[context.pop("size", "laptop")], strict=True))
    place = browser.new_context(viewport=size, **context)  # type: ignore[arg-type]
    faults: list[str] = []
    try:
        place.add_cookies(
            [{"name": name, "value": value, "url": application.url} for name, value in organiser.cookies.items()]
        )
        tab = place.new_page()
        tab.on("pageerror", lambda fault: faults.append(str(fault)))
        tab.goto(f"{application.url}/desk/fr/{desk.event_id}")
        tab.wait_for_selector("body[data-on]")
        yield tab
    finally:
        place.close()
    assert faults == []


def step_of(tab: Page) -> str | None:
    step: str | None = tab.evaluate("arenaRoom.data.step")
    return step


def reaches(tab: Page, step: str) -> None:
    tab.wait_for_function("step => arenaRoom.data.step === step", arg=step)


def is_ready(tab: Page) -> None:
    """Its big button does something."""
    tab.wait_for_selector("#onward:not([aria-disabled])")


def faults_of(tab: Page) -> list[str]:
    """What axe-core finds serious or critical, and what sticks out of the window."""
    found = [
        f"{fault['id']}: {fault['nodes'][0]['html']}"
        for fault in Axe().run(tab).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    over = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{over} px too wide"] if over > 0 else [])


def tab_to(tab: Page, id: str) -> None:
    """Press Tab until that has the focus."""
    for _ in range(80):
        if tab.evaluate("document.activeElement.id") == id:
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"no way to {id} by keyboard")


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_a_whole_round_is_played_with_the_keyboard_alone(
    browser: Browser, scripted: Application, organiser: OrganiserClient, desk: Desk, size: str
) -> None:
    with sitting(browser, scripted, organiser, desk, size=size) as tab:
        press = tab.keyboard.press
        press("ArrowRight")
        assert tab.evaluate("document.activeElement.id") == "address"
        press("Control+A")
        tab.keyboard.type("https://arene.exemple.org")
        press("Enter")
        expect(tab.locator("#now-heading")).to_have_text("La salle est ouverte")
        press("Escape")
        press("ArrowRight")
        assert tab.evaluate("document.activeElement.id") == "prompt"
        tab.keyboard.type("Pourquoi b u ? [plain]")
        tab_to(tab, "ask-now")
        press("Enter")
        reaches(tab, "waiting")
        for step in ("prompt", "answers"):
            is_ready(tab)
            press("ArrowRight")
            reaches(tab, step)
        press("Space")
        reaches(tab, "vote")
        press("Space")
        reaches(tab, "closed")
        press("Enter")
        expect(tab.locator(".hidden-now")).to_have_text("Les résultats sont cachés à la salle.")
        press("Enter")
        expect(tab.locator(".hidden-now")).to_have_count(0)
        press("Space")
        reaches(tab, "vote")
        press("Space")
        reaches(tab, "closed")
        for step in ("footprints", "second_choice", "names", "debate"):
            press("ArrowRight")
            reaches(tab, step)
        press("b")
        expect(tab.locator(".hidden-now")).to_have_text("L’écran est noir.")
        press("u")
        reaches(tab, "names")
        press("ArrowLeft")
        expect(tab.locator("#sure-words")).to_contain_text("a déjà vu les noms")
        tab_to(tab, "sure-yes")
        press("Enter")
        reaches(tab, "second_choice")
    assert scripted.rows("select prompt from turn where prompt = 'Pourquoi b u ? [plain]'")


@pytest.mark.parametrize(("scheme", "size"), [("light", "laptop"), ("dark", "phone"), ("light", "narrow")])
def test_every_step_is_accessible_and_fits(
    browser: Browser, scripted: Application, organiser: OrganiserClient, desk: Desk, size: str, scheme: str
) -> None:
    with sitting(browser, scripted, organiser, desk, size=size, color_scheme=scheme) as tab:
        assert faults_of(tab) == [], "closed"
        desk.does("open", address="192.0.2.77")
        desk.does("sheet", sheet="standard")
        tab.wait_for_selector(".run-sheet")
        tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert faults_of(tab) == [], "open"
        desk.does("ask", prompt=PROMPT, has_bet=True)
        for step in ("waiting", "prompt", "bet", *STEPS[1:]):
            desk.goes(step)
            reaches(tab, step)
            assert faults_of(tab) == [], step


def test_keys_can_be_switched_off_and_stay_off(
    browser: Browser, scripted: Application, organiser: OrganiserClient, open_desk: Desk
) -> None:
    with sitting(browser, scripted, organiser, open_desk) as tab:
        tab.keyboard.press("?")
        tab.locator("#keys-on").uncheck()
        tab.keyboard.press("Escape")
        tab.reload()
        tab.wait_for_selector("body[data-on]")
        tab.keyboard.press("b")
        tab.keyboard.press("ArrowRight")
        open_desk.does("go", step="prompt")  # whatever was pressed before has arrived by now
        reaches(tab, "prompt")
        assert not tab.is_visible(".hidden-now")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement !== document.body"), "Tab is nobody's shortcut"


def test_what_is_typed_stays_while_the_room_moves_and_presses_nothing(
    browser: Browser, scripted: Application, organiser: OrganiserClient, open_desk: Desk
) -> None:
    with sitting(browser, scripted, organiser, open_desk) as tab:
        open_desk.goes("vote")
        reaches(tab, "vote")
        tab.click("#hands > summary")
        tab.fill("#hands-vote-a", "12")
        tab.click("#hands-vote-b-more")
        tab.evaluate("document.querySelector('#ask').open = true")
        tab.click("#prompt")
        tab.keyboard.type("b u ? et la suite")
        open_desk.goes("closed")
        reaches(tab, "closed")
        assert tab.input_value("#prompt") == "b u ? et la suite"
        assert (tab.input_value("#hands-vote-a"), tab.input_value("#hands-vote-b")) == ("12", "1")
        assert not tab.is_visible(".hidden-now")
        tab.click("#hands-note")
        expect(tab.locator("#hands-noted")).to_contain_text("13 mains levées")


def test_what_cannot_be_undone_is_asked_once_in_the_page(
    browser: Browser, scripted: Application, organiser: OrganiserClient, open_desk: Desk
) -> None:
    with sitting(browser, scripted, organiser, open_desk) as tab:
        open_desk.goes("vote", "closed", "footprints")
        reaches(tab, "footprints")
        tab.click("#go-vote")
        expect(tab.locator("#sure-words")).to_contain_text("ne seront plus à l’aveugle")
        assert tab.evaluate("document.activeElement.id") == "sure-no"
        assert faults_of(tab) == []
        tab.keyboard.press("Space")  # presses the button that has the focus: no
        expect(tab.locator("#sure")).not_to_be_visible()
        assert step_of(tab) == "footprints"
        tab.click("#reset")
        expect(tab.locator("#sure-words")).to_contain_text("effacé")
        tab.keyboard.press("Escape")
        expect(tab.locator("#sure")).not_to_be_visible()
        assert step_of(tab) == "footprints"
        tab.click("#reset")
        tab.click("#sure-yes")
        reaches(tab, "waiting")


def test_a_desk_that_comes_second_is_told_calmly_and_sees_where_the_room_is(
    browser: Browser, scripted: Application, organiser: OrganiserClient, open_desk: Desk
) -> None:
    def another_was_faster(route: Route) -> None:
        open_desk.does("go", step="prompt")
        route.continue_()

    with sitting(browser, scripted, organiser, open_desk) as tab:
        tab.route("**/desk/press", another_was_faster, times=1)
        tab.keyboard.press("ArrowRight")
        expect(tab.locator("#said")).to_have_text("L’autre pupitre a déjà avancé. Voici où en est la salle.")
        reaches(tab, "prompt")


def test_a_link_for_a_second_desk_is_shown_once(
    browser: Browser, scripted: Application, organiser: OrganiserClient, open_desk: Desk
) -> None:
    with sitting(browser, scripted, organiser, open_desk) as tab:
        tab.click("#make-link")
        tab.wait_for_selector("#made-link:not([hidden]) svg.qr")
        link = tab.input_value("#made-address")
        assert link.startswith("https://arene.exemple.org/organise/open/")
        tab.click("#copy-link")
        expect(tab.locator("#said")).to_have_text("Lien copié.")
        tab.reload()
        tab.wait_for_selector("body[data-on]")
        assert not tab.is_visible("#made-link")
    assert scripted.rows("select label from organiser_link where event_id=?", open_desk.event_id) == [
        ("Second pupitre",)
    ]


def test_the_light_says_when_the_connection_is_lost_and_found_again(
    browser: Browser, models: ScriptedModels, tmp_path: Path
) -> None:
    with running(scripted_application(models, tmp_path)) as mortal, OrganiserClient(mortal) as organiser:
        desk = Desk(mortal, organiser, *organiser.make(title="Café IA"))
        desk.does("open")
        desk.does("ask", prompt=PROMPT)
        with sitting(browser, mortal, organiser, desk) as tab:
            expect(tab.locator(".light .on")).to_be_visible()
            mortal.kill()
            expect(tab.locator(".light .off")).to_be_visible()
            tab.keyboard.press("ArrowRight")
            expect(tab.locator("#said")).to_contain_text("rien n’a été envoyé")
            mortal.start()
            expect(tab.locator(".light .on")).to_be_visible()
            tab.keyboard.press("ArrowRight")
            reaches(tab, "prompt")


def test_the_organisers_page_leads_to_the_desk_and_back(
    browser: Browser, scripted: Application, organiser: OrganiserClient, desk: Desk
) -> None:
    with sitting(browser, scripted, organiser, desk) as tab:
        tab.get_by_role("link", name="Préparer la rencontre").click()
        tab.wait_for_selector("#picker input")
        tab.check(f"#picker input[value='{desk.event_id}']")
        tab.click("#to-desk")
        tab.wait_for_selector("body[data-on]")
        assert tab.url.endswith(f"/desk/fr/{desk.event_id}")


def test_a_double_click_presses_once_and_quick_keys_come_in_their_order(
    browser: Browser, scripted: Application, organiser: OrganiserClient, open_desk: Desk
) -> None:
    with sitting(browser, scripted, organiser, open_desk) as tab:
        open_desk.goes("answers")
        reaches(tab, "answers")
        tab.dblclick("#onward")
        reaches(tab, "vote")
        tab.keyboard.press("b")
        tab.keyboard.press("ArrowLeft")
        reaches(tab, "answers")
        expect(tab.locator("#said")).to_have_text("Réponses")
    steps = scripted.rows(
        "select round_step.step from round_step join round on round.id = round_id where event_id=?"
        " order by round_step.number",
        open_desk.event_id,
    )
    assert [step for (step,) in steps] == ["waiting", "answers", "vote", "answers"]


def test_a_question_goes_from_a_phone_to_the_queue_and_onto_the_round(
    browser: Browser, scripted: Application, organiser: OrganiserClient, open_desk: Desk
) -> None:
    question = "Pourquoi les chats ronronnent-ils ?"
    with sitting(browser, scripted, organiser, open_desk) as tab:
        phone = browser.new_context(viewport={"width": 320, "height": 640}).new_page()
        phone.goto(f"{scripted.url}/e/{open_desk.code}")
        phone.click("#propose > summary")
        phone.fill("#proposal", question)
        open_desk.goes("prompt")
        phone.wait_for_function("arenaRoom.data.step === 'prompt'")
        assert phone.input_value("#proposal") == question, "what is typed stays"
        phone.click("#propose-now")
        expect(phone.locator("#proposal-form [role=status]")).to_have_text(
            "Merci ! Votre question est arrivée au pupitre."
        )
        assert faults_of(phone) == []
        expect(tab.locator(".queue q")).to_have_text(question)
        tab.locator(".queue").get_by_role("button", name="Accepter", exact=True).click()
        tab.locator(".queue").get_by_role("button", name="Poser cette question").click()
        tab.click("#sure-yes")
        expect(tab.locator(".question q")).to_have_text(question)
        expect(tab.locator(".queue q")).to_have_count(0)
        phone.context.close()
