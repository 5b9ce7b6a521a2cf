"""The report page: the golden reports of twelve events, what it never shows, and who may open it."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from arena.errors import StorageError
from arena.services.organisers import Access
from arena.services.reports import Handout, load_leaflets
from arena.ui.access import ORGANISER_COOKIE
from arena.ui.report_bars import Bar, bars, percent
from arena.ui.report_page import REPORT_PATH, report_document, report_route
from arena.ui.text import LOCALES, load_text
from tests.services.house import footprint_service
from tests.ui.synthetic_events import EVENTS, FOLDER, SUGGESTIONS, article, every_golden, golden_name

TEXTS = {locale: load_text(locale) for locale in LOCALES}
LEAFLETS = load_leaflets(SUGGESTIONS)
EVENT_ID = EVENTS["thirty_people"].event_id


def handout(name: str) -> Handout:
    return LEAFLETS.handout(EVENTS[name])


def document(name: str, locale: str = "fr") -> str:
    return report_document(TEXTS[locale], SUGGESTIONS, handout(name), footprint_service().equivalent)


def words(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


@pytest.mark.parametrize(("name", "locale"), list(every_golden()))
def test_the_report_of_an_invented_event_is_the_one_that_was_reviewed(name: str, locale: str) -> None:
    kept = Path(FOLDER / golden_name(name, locale)).read_text(encoding="utf-8")
    assert article(name, locale) == kept, "after a review: python -m tests.ui.synthetic_events"


def test_every_kept_report_belongs_to_an_event() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {golden_name(*one) for one in every_golden()}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_report_stands_alone_and_names_no_model_and_nobody(name: str, locale: str) -> None:
    page = document(name, locale)
    assert not re.search(r"<(?:script|img|link|iframe|form)\b|https?://|url\(", page)
    assert "exemple.fr" not in page
    for secret in ("small-model", "big-model", "visitor-", EVENT_ID):
        assert secret not in page
    assert f'<html lang="{locale}">' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("name", ["one_person", "four_people"])
def test_a_report_of_few_people_quotes_and_breaks_down_nothing(name: str) -> None:
    page = words(document(name))
    assert page.count("Moins de 5 personnes") == 3
    assert "cuisiner" not in page
    assert " %)" not in page


def test_what_people_wrote_is_text_and_never_markup() -> None:
    assert "Une salle &lt;vide&gt; &amp; calme" in document("nobody")
    hostile = replace(EVENTS["five_people"], title="<script>x</script>", place='" onload="x')
    held = tuple(replace(battle, prompt="<img src=x onerror=y>", theme="<i>") for battle in hostile.battles)
    made = LEAFLETS.handout(replace(hostile, battles=held))
    page = report_document(TEXTS["fr"], SUGGESTIONS, made, footprint_service().equivalent)
    assert not re.search(r"<(?:script|img|i)\b", page)
    assert "&lt;img src=x" in page


def test_a_change_of_everybody_is_called_unlikely_and_one_of_nobody_is_not() -> None:
    assert "vient rarement du hasard" in words(document("all_switched"))
    assert "McNemar" not in words(document("nobody_switched"))
    assert "0 % des seconds choix" in re.sub(r"\s+", " ", words(document("nobody_switched")))


def test_purged_texts_and_demonstrations_are_said() -> None:
    assert "Les textes de cette rencontre ont été effacés" in words(document("purged"))
    assert "Duels de démonstration, laissés de côté : 6" in words(document("thirty_people")).replace("\xa0", " ")


def test_grades_are_told_and_what_has_no_figure_is_counted() -> None:
    assert "D (taille supposée) : 24" in words(document("supposed_sizes")).replace("\xa0", " ")
    assert "Réponses sans chiffre, absentes du total : 24" in words(document("no_figure")).replace("\xa0", " ")
    assert "Total mesuré sur la machine locale" in words(document("thirty_people"))


@pytest.mark.parametrize(("part", "written"), [(0, "0"), (1, "100"), (0.125, "13"), (0.005, "1"), (1 / 3, "33")])
def test_a_share_is_a_whole_percentage(part: float, written: str) -> None:
    assert percent(part) == written


def test_the_longest_bar_fills_its_drawing_and_nothing_draws_nothing() -> None:
    drawn = bars(TEXTS["fr"], "Titre", [Bar("A", 0, 4), Bar("B", 8, 2)], ["avant", "après"])
    assert re.findall(r'class="(\w+)" x="0.5" y="\d+" width="([\d.]+)"', drawn) == [
        ("outlined", "149.5"), ("filled", "0.0"), ("outlined", "74.8"), ("filled", "299.0"),
    ]  # fmt: skip
    assert "8 (100 %)" in words(drawn).replace("\xa0", " ")


# Who may open it


class Shelf:
    """Knows one event; fails when told to."""

    fails = False

    async def of(self, event_id: str) -> Handout | None:
        await asyncio.sleep(0)
        if self.fails:
            raise StorageError("the database says: secret")
        return handout("thirty_people") if event_id == EVENT_ID else None


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def browser(shelf: Shelf) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the route alone; the cookie "anne" may see one event, "everybody" none that exists."""

    async def access_of(cookie: str | None) -> Access:
        return Access(frozenset({EVENT_ID}) if cookie == "anne" else frozenset())

    arena: Any = SimpleNamespace(reports=shelf, footprints=footprint_service())
    route = Route(REPORT_PATH, report_route(lambda: arena, SUGGESTIONS, TEXTS, access_of))
    transport = httpx.ASGITransport(app=Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://arena") as client:
        yield client


async def test_an_organiser_opens_the_report_of_their_event(browser: httpx.AsyncClient) -> None:
    browser.cookies.set(ORGANISER_COOKIE, "anne")
    for locale in LOCALES:
        reply = await browser.get(f"/organise/report/{locale}/{EVENT_ID}")
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
        assert reply.text == document("thirty_people", locale)


@pytest.mark.parametrize("cookie", [None, "bruno"])
async def test_nobody_else_learns_whether_it_exists(browser: httpx.AsyncClient, cookie: str | None) -> None:
    if cookie:
        browser.cookies.set(ORGANISER_COOKIE, cookie)
    replies = [await browser.get(f"/organise/report/fr/{event_id}") for event_id in (EVENT_ID, "f" * 32)]
    assert [reply.status_code for reply in replies] == [404, 404]
    assert replies[0].text == replies[1].text
    assert "ce compte rendu est introuvable" in replies[0].text.lower()
    assert (await browser.get(f"/organise/report/de/{EVENT_ID}")).status_code == 404


async def test_a_database_that_fails_is_said_in_words(browser: httpx.AsyncClient, shelf: Shelf) -> None:
    browser.cookies.set(ORGANISER_COOKIE, "anne")
    shelf.fails = True
    reply = await browser.get(f"/organise/report/fr/{EVENT_ID}")
    assert reply.status_code == 503
    assert "secret" not in reply.text
