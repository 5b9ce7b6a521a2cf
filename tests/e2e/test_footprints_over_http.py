"""The mix switch and the projection with requests alone: blind, exact, and never stored."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest

from arena.domain.mix_choice import MixChoice
from arena.ui.text import LOCALES, load_text
from tests.e2e.page_client import PageClient, problem_of
from tests.e2e.scripts import NAMES
from tests.e2e.test_battle_over_http import play_to_footprints
from tests.serving import Application


@pytest.fixture(params=LOCALES)
def page(demo: Application, request: pytest.FixtureRequest) -> Iterator[PageClient]:
    """A visitor at the first reveal of a demo battle."""
    with PageClient(demo, request.param) as client:
        client.start("Pourquoi le ciel est-il bleu ?", "small_vs_big")
        client.watch()
        play_to_footprints(client)
        yield client


def drawn(reply: httpx.Response) -> str:
    assert reply.status_code == 200
    assert problem_of(reply) == ""
    return "".join(value for value in reply.json()["data"] if isinstance(value, str))


def card(markup: str, number: int) -> str:
    """One quantity of the charts."""
    found: list[str] = re.findall(r'<section class="quantity">.*?</section>', markup)
    return found[number]


def part(markup: str, side: str, number: int) -> str:
    """What is written beside one of the thin bars of CO2e: 0 is use, 1 is making."""
    found = re.findall(rf'<div class="part side-{side}"><p>.*?<span class="amount">([^<]+)<', markup)
    return html.unescape(found[number])


def dump(application: Application) -> list[object]:
    names = [name for (name,) in application.rows("select name from sqlite_master where type='table' order by name")]
    return [application.rows(f"select * from {name}") for name in names]


def test_the_switch_changes_use_and_never_energy_nor_making_nor_what_is_stored(
    demo: Application, page: PageClient
) -> None:
    before = dump(demo)
    shown = {mix: drawn(page.call("look", page.battle_id, mix.value, "gwp")) for mix in MixChoice}
    assert dump(demo) == before
    assert len({card(markup, 0) for markup in shown.values()}) == 1, "energy is the same under every mix"
    assert card(shown[MixChoice.FRANCE], 1) != card(shown[MixChoice.USA], 1)
    assert card(shown[MixChoice.FRANCE], 2) != card(shown[MixChoice.USA], 2)
    assert card(shown[MixChoice.USA], 3) != card(shown[MixChoice.FRANCE], 3)
    for side in "ab":
        assert part(shown[MixChoice.FRANCE], side, 0) != part(shown[MixChoice.WORLD], side, 0)
    assert 'class="amount"' in card(shown[MixChoice.USA], 4)
    assert 'class="amount"' not in card(shown[MixChoice.WORLD], 4)


@pytest.mark.parametrize("mix", MixChoice)
@pytest.mark.parametrize("nature", ["energy", "gwp", "water"])
def test_names_and_hosts_stay_hidden_at_the_first_reveal_under_every_mix(
    scripted: Application, mix: MixChoice, nature: str
) -> None:
    with PageClient(scripted) as page:
        page.start("Bonjour [names]")
        page.watch()
        play_to_footprints(page)
        drawn(page.call("look", page.battle_id, mix.value, nature))
        for side in "ab":
            drawn(page.call("project", page.battle_id, mix.value, side, "30", "10"))
            drawn(page.call("crowd", page.battle_id, mix.value, side, "france", "10"))
        lowered = page.everything.lower()
    assert [name for name in NAMES if name.lower() in lowered] == []


def test_a_projection_follows_the_people_the_times_and_the_mix(page: PageClient) -> None:
    room = drawn(page.call("project", page.battle_id, "hosted", "a", "30", "10"))
    again = drawn(page.call("project", page.battle_id, "hosted", "a", "10", "30"))
    other = drawn(page.call("project", page.battle_id, "hosted", "b", "30", "10"))
    world = drawn(page.call("project", page.battle_id, "world", "a", "30", "10"))
    tables = [re.findall(r"<table.*?</table>", shown) for shown in (room, again, other, world)]
    assert all(len(found) == 3 for found in tables)
    assert tables[0] == tables[1], "300 times a day either way"
    assert tables[0] != tables[2]
    assert tables[0][0] == tables[3][0], "energy is the same under every mix"
    assert tables[0][1] != tables[3][1]


def test_a_crowd_is_one_tap_and_fills_its_number_in(page: PageClient) -> None:
    reply = page.call("crowd", page.battle_id, "hosted", "a", "france", "10")
    assert "69\u202f100\u202f000" in reply.json()["data"]
    assert "Insee" in drawn(reply)
    typed = page.call("project", page.battle_id, "hosted", "a", "69\u202f100\u202f000", "10")
    assert "Insee" in drawn(typed)
    assert "france" in typed.json()["data"]


@pytest.mark.parametrize("typed", ["", "beaucoup", "-3", "0", "1,5", "1.5", "9" * 40, "10000000001"])
def test_a_number_that_is_none_is_explained_and_nothing_else_changes(page: PageClient, typed: str) -> None:
    english = "/en/" in str(page.page.url)
    text = load_text("en" if english else "fr")
    for values, key in (((typed, "10"), "people"), (("30", typed), "times")):
        reply = page.call("project", page.battle_id, "hosted", "a", *values)
        most = {"people": 10**10, "times": 10**4}[key]
        grouped = f"{most:,}" if english else f"{most:,}".replace(",", "\u202f")
        assert problem_of(reply) == text(f"error.number.{key}", most=grouped)
        assert "<table" not in reply.text


@pytest.mark.parametrize(
    "values", [("mars", "energy"), ("FRA", "energy"), ("", "energy"), ("usa", "money"), ("usa", "")]
)
def test_a_choice_that_is_not_offered_is_refused(page: PageClient, values: tuple[str, str]) -> None:
    reply = page.call("look", page.battle_id, *values)
    assert problem_of(reply)
    assert "<svg" not in reply.text


def test_nothing_is_shown_before_the_vote(scripted: Application) -> None:
    with PageClient(scripted) as page:
        page.start("Bonjour")
        page.watch()
        text = load_text("fr")
        for handler, values in (
            ("look", ("usa", "energy")),
            ("project", ("usa", "a", "30", "10")),
            ("crowd", ("usa", "a", "france", "10")),
        ):
            reply = page.call(handler, page.battle_id, *values)
            assert problem_of(reply) == text("error.footprints_unseen")
            assert "<svg" not in reply.text
            assert "<table" not in reply.text
