"""The participant's page of a room in a browser: every step, and what a bad network does to a choice."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from arena.ui.text import load_text
from tests.e2e.conftest import scripted_application
from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.phone_page import PhonePage, in_room
from tests.e2e.room_client import Desk, Phone
from tests.serving import Application, ScriptedModels, running

pytestmark = pytest.mark.browser
FRENCH = load_text("fr")
PROMPT = "Pourquoi le ciel est-il bleu ?"
VOTES = "select outcome from vote join battle on battle.id = battle_id where event_id = ? order by vote.created_at"


@contextmanager
def open_room(application: Application) -> Iterator[Desk]:
    with OrganiserClient(application) as organiser:
        event_id, code = organiser.make(title="Café IA à la médiathèque")
        desk = Desk(application, organiser, event_id, code)
        desk.does("open")
        yield desk


@pytest.fixture
def desk(scripted: Application) -> Iterator[Desk]:
    with open_room(scripted) as desk:
        yield desk


@pytest.fixture
def voting(desk: Desk) -> Desk:
    desk.does("ask", prompt=PROMPT)
    desk.goes("vote")
    return desk


def votes(application: Application, desk: Desk) -> list[str]:
    return [outcome for (outcome,) in application.rows(VOTES, desk.event_id)]


def test_a_whole_round_on_a_phone(demo: Application, browser: Browser) -> None:
    faults = []
    with open_room(demo) as desk, in_room(browser, demo, desk.code) as page, ExitStack() as stack:
        others = [stack.enter_context(Phone(demo, desk.code)) for _ in range(5)]
        faults += page.faults()
        desk.does("ask", prompt=PROMPT, has_bet=True)
        for step in ("prompt", "bet", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate"):
            desk.goes(step)
            page.reaches(step)
            expect(page.tab.locator("#step")).to_have_text(FRENCH(f"room.step.{step}"))
            if step in ("bet", "vote", "second_choice"):
                for other in others:
                    assert other.says(step, "10" if step == "bet" else "both_good").status_code == 200
                page.chooses("3" if step == "bet" else "b")
                page.is_told(FRENCH("phone.counted"))
                page.has_chosen("3" if step == "bet" else "b")
            faults += page.faults()
        text = re.sub(r"\s", " ", page.tab.inner_text("#main"))  # no-break spaces too
        for words in ("« B est meilleure »", "« 3 fois plus »", "Le vote de la salle", "Le second choix de la salle"):
            assert words in text
        assert re.search(r"83.%, entre \d+.% et \d+.%", text)
        page.is_quiet()
    assert faults == []
    assert sorted(votes(demo, desk)) == ["b", *["both_good"] * 5]


def test_a_choice_without_a_connection_is_kept_and_sent_when_it_is_back(
    scripted: Application, browser: Browser, voting: Desk
) -> None:
    with in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        page.context.set_offline(True)
        page.is_warned(FRENCH("phone.lost"))
        page.chooses("a")
        page.is_warned(FRENCH("room.lost"))
        page.is_told(FRENCH("phone.kept"))
        page.has_chosen("a")
        assert len(page.kept()) == 1
        assert votes(scripted, voting) == []
        page.context.set_offline(False)
        page.is_told(FRENCH("phone.counted"))
        page.is_warned("")
        assert votes(scripted, voting) == ["a"]
        assert page.kept() == []


def test_a_choice_that_a_closed_tab_left_behind_is_sent_by_the_next_one(
    scripted: Application, browser: Browser, voting: Desk
) -> None:
    with in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        page.context.route("**/room/ballot", lambda route: route.abort())
        page.chooses("both_bad")
        page.is_told(FRENCH("phone.kept"))
        page.context.unroute("**/room/ballot")
        page.closes_and_comes_back()
        page.is_told(FRENCH("phone.counted"))
        page.has_chosen("both_bad")
    assert votes(scripted, voting) == ["both_bad"]


def test_a_choice_that_comes_too_late_is_told_why_and_the_earlier_one_stands(
    scripted: Application, browser: Browser, voting: Desk
) -> None:
    with in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        page.chooses("a")
        page.is_told(FRENCH("phone.counted"))
        page.context.set_offline(True)
        page.chooses("b")
        page.is_told(FRENCH("phone.kept"))
        voting.goes("closed")
        page.context.set_offline(False)
        page.is_told(FRENCH("error.room.ballot.late"))
        page.reaches("closed")
        expect(page.tab.locator("[data-part=own]")).to_contain_text("A est meilleure")
        assert page.kept() == []
    assert votes(scripted, voting) == ["a"]


def test_of_two_quick_taps_the_last_one_wins(scripted: Application, browser: Browser, voting: Desk) -> None:
    sent: list[str] = []

    def hold(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "")["value"])
        if len(sent) == 1:
            page.chooses("b")  # while the first one is under way
            page.chooses("both_good")
        route.continue_()

    with in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        page.context.route("**/room/ballot", hold)
        page.chooses("a")
        page.is_told(FRENCH("phone.counted"))
        page.has_chosen("both_good")
    assert sent == ["a", "both_good"]
    assert votes(scripted, voting) == ["both_good"]


def test_a_browser_that_keeps_nothing_votes_all_the_same(scripted: Application, browser: Browser, voting: Desk) -> None:
    context = browser.new_context(locale="fr-FR")
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})")
    page = PhonePage(context, scripted, voting.code)
    page.reaches("vote")
    context.set_offline(True)
    page.chooses("b")
    page.is_told(FRENCH("phone.kept"))
    context.set_offline(False)
    page.is_told(FRENCH("phone.counted"))
    context.close()
    assert votes(scripted, voting) == ["b"]


def test_a_server_that_is_killed_in_a_vote_loses_nothing_and_phones_come_back(
    models: ScriptedModels, browser: Browser, tmp_path: Path
) -> None:
    application = scripted_application(models, tmp_path)
    with running(application), open_room(application) as desk, in_room(browser, application, desk.code) as page:
        desk.does("ask", prompt=PROMPT)
        desk.goes("vote")
        page.reaches("vote")
        page.chooses("a")
        page.is_told(FRENCH("phone.counted"))
        application.kill()
        page.is_warned(FRENCH("phone.lost"))
        page.chooses("b")
        page.is_told(FRENCH("phone.kept"))
        assert votes(application, desk) == ["a"]
        application.start()
        page.is_told(FRENCH("phone.counted"))
        page.is_warned("")
        page.has_chosen("b")
        assert votes(application, desk) == ["b"]
        desk.goes("closed")
        page.reaches("closed")


def test_the_page_wakes_up_in_the_right_step(scripted: Application, browser: Browser, voting: Desk) -> None:
    with in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        page.chooses("a")
        page.is_told(FRENCH("phone.counted"))
        second = page.context.new_page()
        second.goto(f"{page.url}/room/en/{page.code}")
        expect(second.locator("#ask [aria-pressed=true]")).to_have_attribute("data-value", "a")
        second.click("#ask [data-value=b]")
        page.has_chosen("b")  # the other tab says so
        page.tab.goto(f"{page.url}/fr/privacy")
        voting.goes("closed")
        page.tab.go_back()
        page.reaches("closed")
        page.tab.click(".language")
        page.reaches("closed")
        expect(page.tab.locator("#step")).to_have_text(load_text("en")("room.step.closed"))


def test_a_page_that_slept_looks_at_once(scripted: Application, browser: Browser, voting: Desk) -> None:
    """A phone that is put to sleep hears nothing, and nobody tells its page that the connection is dead."""
    with in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        page.tab.evaluate("Date.now = (real => () => real() + 60000)(Date.now)")  # a minute went by
        requests: list[str] = []
        page.tab.on("request", lambda request: requests.append(request.url))
        with page.tab.expect_request("**/follow"):
            page.tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.is_warned("")
        voting.goes("closed")
        page.reaches("closed")


def test_with_the_keyboard_alone_and_the_focus_is_never_lost(
    scripted: Application, browser: Browser, voting: Desk
) -> None:
    with in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        for _ in range(40):
            page.tab.keyboard.press("Tab")
            assert page.tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            if page.tab.evaluate("document.activeElement.dataset.value") == "both_bad":
                break
        page.tab.keyboard.press("Space")
        page.is_told(FRENCH("phone.counted"))
        assert page.tab.evaluate("document.activeElement.dataset.value") == "both_bad"
        voting.goes("closed")
        page.reaches("closed")
        page.tab.wait_for_function("document.activeElement.id === 'step'")
        expect(page.tab.locator("#said")).to_contain_text(FRENCH("room.step.closed"))
        page.tab.focus("[data-resize='1']")
        voting.goes("footprints")
        page.reaches("footprints")
        assert page.tab.evaluate("document.activeElement.dataset.resize") == "1"  # nobody took it away
    assert votes(scripted, voting) == ["both_bad"]


def test_letters_grow_and_stay_so_on_this_phone(scripted: Application, browser: Browser, desk: Desk) -> None:
    with in_room(browser, scripted, desk.code) as page:
        sizes = [page.size_of_letters()]
        for _ in range(4):
            page.tab.click("[data-resize='1']", force=True)  # at the end it says that it is disabled
            sizes.append(
                page.tab.evaluate("parseFloat(getComputedStyle(document.querySelector('#step + p')).fontSize)")
            )
        assert sizes[0] < sizes[1] < sizes[2] < sizes[3] == sizes[4]
        page.tab.reload()
        page.reaches_any()
        assert page.size_of_letters() == sizes[4]


def test_answers_grow_at_their_pace_and_end_whole(scripted: Application, browser: Browser, desk: Desk) -> None:
    desk.does("ask", prompt="Compte [slow]", is_streamed=True)
    with in_room(browser, scripted, desk.code) as page:
        desk.goes("answers")
        page.reaches("answers")
        for side in "ab":
            expect(page.tab.locator(f"#answer-{side}")).to_contain_text("mot3 ")
            expect(page.tab.locator(f"#answer-{side}")).to_contain_text("mot59")
            words = page.tab.inner_text(f"#answer-{side} .blocks").split()
            assert words == [f"mot{number}" for number in range(60)]
        page.is_quiet()


def test_room_closed_meeting_over_and_left(scripted: Application, browser: Browser, voting: Desk) -> None:
    with OrganiserClient(scripted) as organiser, in_room(browser, scripted, voting.code) as page:
        title = page.tab.locator("#step")
        page.reaches("vote")
        voting.does("close")
        expect(title).to_have_text(FRENCH("phone.closed.room"))
        voting.does("open")
        page.reaches("vote")
        organiser.move(voting.event_id, "closed")
        expect(title).to_have_text(FRENCH("phone.closed.closed"))
        assert page.faults() == []
        with page.tab.expect_navigation():
            page.tab.click("#leave button")
        assert page.tab.url == f"{page.url}/fr/join"
        assert scripted.rows("select 1 from participant where event_id = ?", voting.event_id) == []


def test_a_meeting_that_is_deleted_leaves_nothing_on_the_phone(
    scripted: Application, browser: Browser, voting: Desk
) -> None:
    with OrganiserClient(scripted) as organiser, in_room(browser, scripted, voting.code) as page:
        page.reaches("vote")
        page.context.route("**/room/ballot", lambda route: route.abort())
        page.chooses("a")
        page.is_told(FRENCH("phone.kept"))
        organiser.call("delete", voting.event_id, voting.code)
        page.is_warned(FRENCH("phone.gone"))
        assert page.kept() == []
        expect(page.tab.locator("#main")).to_be_hidden()
