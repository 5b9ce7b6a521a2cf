"""A room as it is: one desk, one screen, two phones, in French, from the opening to the debate, each in a browser."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.phone_page import in_room
from tests.e2e.room_client import Desk, Phone
from tests.e2e.scripts import NAMES
from tests.e2e.test_browser_desk import faults_of, is_ready, reaches, sitting
from tests.e2e.test_screen_in_browser import scene_at, screen
from tests.serving import Application

pytestmark = pytest.mark.browser
PROMPT = "Pourquoi le ciel est-il bleu ?"
STEPS = ("prompt", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate")
OTHERS = 4  # people without a browser here: five ballots are shown, fewer only counted


def test_one_desk_one_screen_and_two_phones_go_through_a_round(browser: Browser, scripted: Application) -> None:
    with ExitStack() as stack:
        organiser = stack.enter_context(OrganiserClient(scripted))
        desk = Desk(scripted, organiser, *organiser.make(title="Café IA"))
        desk.does("open", address="https://arene.exemple.org")
        table = stack.enter_context(sitting(browser, scripted, organiser, desk))
        wall = stack.enter_context(screen(browser, scripted, desk.code))
        anne, bruno = (stack.enter_context(in_room(browser, scripted, desk.code)) for _ in range(2))
        others = [stack.enter_context(Phone(scripted, desk.code)) for _ in range(OTHERS)]
        expect(table.locator("[data-part=status]")).to_contain_text("connectés : 2")

        table.fill("#prompt", PROMPT)
        table.click("#ask-now")
        reaches(table, "waiting")
        for step in STEPS:
            is_ready(table)
            table.click("#onward")
            reaches(table, step)
            scene_at(wall, step)
            for phone in (anne, bruno):
                phone.reaches(step)
            if step in ("vote", "second_choice"):
                anne.chooses("a")
                anne.is_told("compté")
                bruno.chooses("b" if step == "vote" else "a")
                bruno.is_told("compté")
                for other in others:
                    assert other.says(step, "both_good").status_code == 200
                expect(wall.get_by_text("6", exact=True).first).to_be_visible()
            pages = [table.content(), wall.content(), anne.tab.content(), bruno.tab.content()]
            named = [name for name in NAMES for page in pages if name.lower() in page.lower()]
            assert (named == []) is (step not in ("names", "debate")), (step, named)
            assert faults_of(table) + faults_of(wall) + anne.faults() + bruno.faults() == [], step

        results = scripted.rows(
            "select vote.outcome, count(*) from vote join round on round.battle_id = vote.battle_id "
            "where event_id = ? group by 1 order by 1",
            desk.event_id,
        )
        assert results == [("a", 1), ("b", 1), ("both_good", OTHERS)]
        for phone in (anne, bruno):
            phone.is_quiet()
