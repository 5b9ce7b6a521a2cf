"""A whole meeting: prepared and followed by an organiser in a browser, held by five people, kept as files."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from arena.ui.text import load_text
from tests.e2e.duel_page import PHONE, DuelPage, visiting
from tests.e2e.organiser_client import DEPLOYER, OrganiserClient
from tests.e2e.organiser_page import OrganiserPage, organising
from tests.e2e.page_client import PageClient, problem_of
from tests.serving import Application

pytestmark = pytest.mark.browser
FRENCH = load_text("fr")
TITLE = "Café IA à la médiathèque"
PROMPT = "Pourquoi le ciel est-il bleu ?"
OTHERS = 5  # people without a browser: with the one who has one, none of six who choose alike is withheld
PEOPLE = OTHERS + 1
PLACES = ("settings", "models", "results", "prompts", "files", "report")
READERS = {"csv": pd.read_csv, "parquet": pd.read_parquet}


def read(path: Path, ending: str) -> pd.DataFrame:
    return pd.read_json(path, lines=True) if ending == "jsonl" else READERS[ending](path)


def prepare(desk: OrganiserPage) -> str:
    """Create the event from the deployer's page and open it; its code."""
    desk.enter(DEPLOYER)
    desk.fill(title=TITLE, held_on="14/03/2026", place="Médiathèque", max_answers="100")
    desk.save()
    desk.tab.wait_for_selector("#event-heading")
    return desk.opens_the_event()


def take_part(page: PageClient, code: str) -> None:
    """Join, ask, find A better, see what it cost and who it was, and stay with it."""
    page.get(f"/e/{code}")
    battle = page.start(PROMPT)
    page.watch()
    page.call("vote", battle, "a")
    page.call("footprints", battle, "a", "")
    page.call("names", battle, "a")


def take_part_in_browser(page: DuelPage, code: str) -> None:
    page.tab.goto(f"{page.tab.url.rstrip('/').rpartition('/')[0]}/e/{code}")
    page.tab.wait_for_selector("#event-line strong")
    page.ask_and_wait(PROMPT)
    page.vote("a")
    page.see_footprints()
    page.tab.check("#second-choice input[value=a]")
    page.see_names()


@contextmanager
def five_others(application: Application, code: str) -> Iterator[list[PageClient]]:
    with ExitStack() as stack:
        pages = [stack.enter_context(PageClient(application)) for _ in range(OTHERS)]
        for page in pages:
            take_part(page, code)
        yield pages


def faults_everywhere(desk: OrganiserPage) -> list[str]:
    """Of each place: accessibility in both schemes, width on narrow and magnified screens."""
    faults = []
    for place in PLACES:
        desk.goes_to(place)
        faults += [f"{place}: {fault}" for fault in desk.faults()]
    return faults


def numbers_are_right(desk: OrganiserPage) -> None:
    desk.goes_to("results")
    tiles = desk.tab.locator("#dashboard .tiles dd")
    expect(tiles.nth(2)).to_have_text(str(PEOPLE))  # by itself: nobody reloads the page
    assert [tiles.nth(number).inner_text().split()[0] for number in range(4)] == [str(PEOPLE)] * 3 + ["0"]
    votes = desk.tab.locator("#dashboard-votes tbody tr")
    assert votes.nth(0).inner_text().split()[-3:] == [str(PEOPLE), "100", "%"]
    desk.goes_to("models")
    desk.tab.click("#health-refresh")
    expect(desk.tab.locator("#budget")).to_contain_text(f"{2 * PEOPLE} sur 100")
    desk.goes_to("prompts")
    desk.tab.fill("#prompts-search :is(input, textarea)", "ciel")
    desk.tab.click("#prompts-find")
    expect(desk.tab.locator("#prompts-list input")).to_have_count(PEOPLE)


def report_is_right(desk: OrganiserPage) -> None:
    desk.goes_to("report")
    with desk.context.expect_page() as opened:
        desk.tab.click("#report-way a")
    report = opened.value
    report.wait_for_selector("h1")
    assert report.inner_text("h1") == TITLE
    words = " ".join(report.inner_text("main").split())  # whatever the spaces
    assert f"{PEOPLE} personnes, {PEOPLE} votes" in words
    assert PROMPT in words
    found = Axe().run(report).response["violations"]
    serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []
    report.close()


def exports_are_right(desk: OrganiserPage, folder: Path) -> None:
    desk.goes_to("files")
    rows = {"turns": PEOPLE, "votes": PEOPLE, "answers": 2 * PEOPLE}
    for name, count in rows.items():
        for ending in ("csv", "jsonl", "parquet"):
            with desk.tab.expect_download() as started:
                desk.tab.click(f"#exports-files a[href*='/{name}.{ending}?']")
            path = folder / started.value.suggested_filename
            started.value.save_as(path)
            assert len(read(path, ending)) == count, path.name
    with desk.tab.expect_response(lambda reply: "predict" in reply.url):
        desk.tab.check("#exports-options input >> nth=0")
    desk.tab.wait_for_selector("#exports-files a[href*='turns.csv'][href*='texts=yes']")
    with desk.tab.expect_download() as started:
        desk.tab.click("#exports-files a[href*='/turns.csv?']")
    started.value.save_as(folder / "with-texts.csv")
    assert PROMPT in (folder / "with-texts.csv").read_text(encoding="utf-8")


def test_a_meeting_from_its_preparation_to_its_files(browser: Browser, scripted: Application, tmp_path: Path) -> None:
    with organising(browser, scripted) as desk:
        code = prepare(desk)
        with (
            five_others(scripted, code) as others,
            visiting(browser, scripted, **PHONE) as phone,
        ):
            desk.goes_to("results")
            take_part_in_browser(phone, code)
            numbers_are_right(desk)
            report_is_right(desk)
            exports_are_right(desk, tmp_path)
            assert faults_everywhere(desk) == []
            phone.tab.click("#new-duel")
            phone.ask_and_wait("Et la mer ?")
            closes_with_words(desk, phone, others[0])
        desk.is_quiet()


def closes_with_words(desk: OrganiserPage, phone: DuelPage, other: PageClient) -> None:
    """Once it is closed neither a vote nor a prompt is taken."""
    desk.moves_the_event("closed")
    phone.tab.check("#outcome input[value=b]")
    phone.tab.wait_for_selector("#problem .problem")
    assert phone.tab.inner_text("#problem") == FRENCH("error.event.closed")
    assert problem_of(other.call("start", PROMPT, "random", [], "")) == FRENCH("error.event.closed")


def test_another_organisers_link_sees_nothing_of_a_meeting(browser: Browser, scripted: Application) -> None:
    with OrganiserClient(scripted) as deployer:
        theirs, code = deployer.make(title="La rencontre des autres")
        ours, _ = deployer.make(title="La nôtre")
        secret = deployer.make_link(ours)
        with five_others(scripted, code), organising(browser, scripted) as desk:
            desk.enter(secret)
            desk.tab.wait_for_selector("#event-heading")
            assert desk.tab.inner_text("#event-heading") == "La nôtre"
            for place in PLACES:
                desk.goes_to(place)
                assert PROMPT not in desk.tab.inner_text(f"#place-{place}")
            desk.goes_to("results")
            expect(desk.tab.locator("#dashboard")).to_contain_text(FRENCH("dashboard.empty"))
            page = desk.tab.content()
            assert [word for word in (theirs, code, "La rencontre des autres") if word in page] == []
            for path in (f"/organise/report/fr/{theirs}", f"/organise/export/{theirs}/votes.csv"):
                assert desk.context.request.get(f"{scripted.url}{path}").status == 404, path
            assert desk.context.request.get(f"{scripted.url}/organise/report/fr/{ours}").ok
            desk.is_quiet()
