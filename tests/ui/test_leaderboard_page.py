"""The leaderboard page: its columns, what it withholds, its filters, and that names are words and never markup."""

import html
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Route

from arena.domain.catalogue import Catalogue, EndpointKind, Model, Openness
from arena.domain.counted import LeftOut, StandingFilter
from arena.domain.pairing import PairingMode
from arena.domain.vote import Outcome
from arena.errors import StorageError
from arena.services.leaderboard_shelf import Kept
from arena.services.leaderboards import Leaderboard, Leaderboards
from arena.services.suggestions import load_suggestions
from arena.storage.engine import open_engine, upgrade
from arena.storage.standings import StandingStore
from arena.ui.assets import OwnAssets
from arena.ui.leaderboard_page import Choices, leaderboard_body, leaderboard_route
from arena.ui.text import LOCALES, load_text
from tests.services.house import BIG1, BIG2, SMALL1, SMALL2, footprint_service, line_up_of, model
from tests.voting import Ballot, ballots_of, cast

SUGGESTIONS = load_suggestions()
TEXTS = {locale: load_text(locale) for locale in LOCALES}
HOSTILE = replace(model("hostile", 9), display_name="<script>x</script>", maker='"><img src=x onerror=y>')
MODELS = (SMALL1, SMALL2, BIG1, replace(BIG2, openness=Openness.CLOSED), model("unsized", None), HOSTILE)
CATALOGUE = line_up_of(MODELS, "https://example.org").catalogue
FOUR = {"small1": 1.2, "small2": 0.2, "big1": -0.2, "big2": -1.2}
MADE_AT = datetime(2026, 3, 14, 9, 5, tzinfo=UTC)
BOTH = pytest.mark.parametrize("locale", LOCALES)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    upgrade(engine)
    yield engine
    engine.dispose()


def board(engine: Engine, ballots: Sequence[Ballot], catalogue: Catalogue = CATALOGUE) -> Leaderboard:
    cast(engine, ballots)
    return Leaderboards(StandingStore(engine), footprint_service(), catalogue).read(StandingFilter())


def body(found: Leaderboard, locale: str = "fr", taken: Mapping[str, str] | None = None) -> str:
    text = TEXTS[locale]
    return leaderboard_body(text, Kept(found, MADE_AT), Choices.made(text, SUGGESTIONS), taken or {})


def words(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))


def tables(markup: str) -> list[list[list[str]]]:
    """Every table as rows of cells, without its head."""
    return [
        [
            [words(cell).strip() for cell in re.findall(r"<t[hd] (?:scope|role)[^>]*>(.*?)</t[hd]>", row)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table.split("</thead>")[1])
        ]
        for table in re.findall(r"<table.*?</table>", markup, re.DOTALL)
    ]


def room(person: str, on_a: str, on_b: str, outcome: Outcome, times: int) -> list[Ballot]:
    return [Ballot(f"{person}-{number}", on_a, on_b, outcome) for number in range(times)]


@BOTH
def test_a_ranked_model_has_its_share_ranks_counts_energy_openness_and_size(engine: Engine, locale: str) -> None:
    found = board(engine, ballots_of(FOUR, votes=300, people=40))
    markup = body(found, locale)
    rows = [row for row in tables(markup)[0] if len(row) > 1]
    assert len(rows) == 4
    percent = "%" if locale == "en" else " %"
    for row, entry in zip(rows, found.entries, strict=True):
        one = entry.standing
        assert one is not None
        name, share, ranks, votes, people, energy, openness, size = row
        assert name.startswith(f"{entry.model.display_name} Maison Brumaire")
        ends = f"({round(100 * one.share.low)}–{round(100 * one.share.high)})"
        assert share == f"{round(100 * one.share.value)}{percent} {ends}"
        low_high = [str(one.rank_low), str(one.rank_high)]
        assert ranks == "–".join(dict.fromkeys(low_high))
        assert (votes, people) == (str(entry.battles), str(entry.participants))
        assert entry.energy is not None
        assert TEXTS[locale](f"footprint.grade.{entry.energy.grade}") in energy
        assert re.search(r"\d – [\d ,]+ mWh", energy)
        assert openness == TEXTS[locale](f"model.openness.{entry.model.openness}")
        assert size.startswith(str(entry.model.total_params_b.low if entry.model.total_params_b else "")[0])
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', markup.split("</thead>")[0])
    assert len(heads) == 8


@BOTH
def test_tiers_are_groups_and_a_claim_is_explained_at_the_top(engine: Engine, locale: str) -> None:
    found = board(engine, ballots_of({"small1": 2.0, "big1": -2.0}, votes=200, people=50))
    markup = body(found, locale)
    groups = [row[0] for row in tables(markup)[0] if len(row) == 1]
    assert groups == [TEXTS[locale]("leaderboard.tier", tier=tier) for tier in (1, 2)]
    assert ("2,6 écarts-types" if locale == "fr" else "2.6 standard deviations") in words(markup)


def test_from_ten_to_fifty_votes_a_place_is_provisional_and_below_there_is_none(engine: Engine) -> None:
    votes = room("a", "small1", "big1", Outcome.A, 60) + room("b", "small2", "big1", Outcome.B, 12)
    votes += room("c", "big2", "small1", Outcome.A, 9)
    ranked, unranked, *_ = tables(body(board(engine, votes)))
    assert ["provisoire" in row[0] for row in ranked if len(row) > 1] == [False, False, True]
    assert [(row[0].split(" Maison")[0], row[1], row[2]) for row in unranked] == [("Xylofer Big2", "9", "9")]


def test_a_model_of_few_people_shows_counts_and_not_how_many_they_are(engine: Engine) -> None:
    votes = room("a", "small1", "big1", Outcome.A, 60)
    votes += [Ballot(f"busy-{number % 3}", "small2", "big1") for number in range(30)]
    unranked = tables(body(board(engine, votes)))[1]
    assert [(row[0].split(" Maison")[0], row[1], row[2]) for row in unranked] == [
        ("Xylofer Small2", "30", "moins de 5")
    ]


@BOTH
def test_under_five_people_the_page_says_why_it_shows_nothing(engine: Engine, locale: str) -> None:
    found = board(engine, [Ballot(f"busy-{number % 4}", "small1", "big1") for number in range(80)])
    markup = body(found, locale)
    assert TEXTS[locale]("leaderboard.few", least=5) in html.unescape(markup)
    assert tables(markup) == []
    assert "Xylofer" not in markup
    assert "80" not in words(markup)


@BOTH
def test_before_any_vote_there_is_one_calm_sentence(engine: Engine, locale: str) -> None:
    found = Leaderboards(StandingStore(engine), footprint_service(), CATALOGUE).read(StandingFilter())
    assert TEXTS[locale]("leaderboard.empty") in html.unescape(body(found, locale))
    assert TEXTS[locale]("leaderboard.empty.filtered") in html.unescape(body(found, locale, {"locale": "fr"}))
    assert "<table" not in body(found, locale)
    assert "<svg" not in body(found, locale)


def test_a_pair_shows_its_share_and_its_votes_and_one_of_few_people_is_withheld(engine: Engine) -> None:
    votes = room("a", "small1", "big1", Outcome.A, 30) + room("b", "big1", "small1", Outcome.A, 10)
    votes += room("c", "small2", "big1", Outcome.A, 12)
    ring = {("small1", "small2"): 2, ("small2", "unsized"): 4, ("unsized", "big2"): 3, ("big2", "small1"): 4}
    votes += [ballot for pair, people in ring.items() for ballot in room("-".join(pair), *pair, Outcome.A, people)]
    markup = body(board(engine, votes))
    (facing,) = tables(markup[markup.index("<details") : markup.index("</details>")])
    cells = {(row[0], facing[place][0]): cell for row in facing for place, cell in enumerate(row[1:])}
    assert cells["Xylofer Small1", "Xylofer Big1"] == "75 % n = 40"
    assert cells["Xylofer Big1", "Xylofer Small1"] == "25 % n = 40"
    assert cells["Xylofer Small1", "Xylofer Small2"] == cells["Xylofer Small2", "Xylofer Small1"] == "non montré"
    assert cells["Xylofer Small2", "Xylofer Big1"] == "100 % n = 12"
    assert "jamais rencontrés" in cells["Xylofer Big1", "Xylofer Big2"]
    assert "lui-même" in cells["Xylofer Big1", "Xylofer Big1"]
    assert "« Non montré » : moins de 5 personnes" in words(markup)
    assert 'scope="row"' in markup
    assert 'scope="col"' in markup


def test_what_is_left_out_is_listed_with_its_count(engine: Engine) -> None:
    votes = room("a", "small1", "big1", Outcome.A, 20)
    votes += [replace(one, is_demo=True) for one in room("b", "small1", "big1", Outcome.A, 3)]
    votes += [replace(one, is_blind=False) for one in room("c", "small1", "big1", Outcome.A, 7)]
    counts = ["0", "3", "7", "0", "0", "0"]
    assert tables(body(board(engine, votes)))[-1] == [
        [TEXTS["fr"](f"leaderboard.left_out.{reason}"), count] for reason, count in zip(LeftOut, counts, strict=True)
    ]


def test_names_are_words_and_never_markup(engine: Engine) -> None:
    votes = room("a", "hostile", "big1", Outcome.A, 20) + room("b", "<b>gone</b>", "big1", Outcome.B, 20)
    markup = body(board(engine, votes))
    assert not re.search(r"<(?:script|img|b)\b", markup)
    assert "&lt;script&gt;x&lt;/script&gt;" in markup
    assert "&lt;b&gt;gone&lt;/b&gt;" in markup
    assert "plus au catalogue" in markup


def test_the_map_numbers_its_points_by_energy_and_tells_the_front_by_more_than_colour(engine: Engine) -> None:
    found = board(engine, ballots_of({**FOUR, "unsized": 0.0}, votes=400, people=40))
    markup = body(found)
    drawing = re.search(r'<svg class="map".*?</svg>', markup)
    assert drawing is not None
    assert 'aria-hidden="true"' in drawing[0]
    assert len(re.findall("<circle", drawing[0])) == len(found.trade_offs) == 4
    assert len(re.findall('<circle class="best"', drawing[0])) == len(found.front)
    assert re.findall(r'<text class="number"[^>]*>(\d+)<', drawing[0]) == ["1", "2", "3", "4"]
    assert len(re.findall(r'<line class="reach"', drawing[0])) == 2 * 4
    legend = re.findall(r'<li class="(best|other)">(.*?)</li>', markup)
    central = {point.model: point.energy_wh.central for point in found.trade_offs}
    expected = sorted(central, key=lambda one: central[one])
    assert [words(name).replace("(sur la ligne)", "").strip() for _, name in legend] == [
        CATALOGUE.models[one].display_name for one in expected
    ]
    assert [("(sur la ligne)" in name) for _, name in legend] == [one in found.front for one in expected]
    assert "url(" not in markup


def test_a_model_without_a_figure_says_why_and_one_alone_makes_no_map(engine: Engine) -> None:
    local = line_up_of((SMALL1, BIG1), "http://127.0.0.1", kind=EndpointKind.LOCAL).catalogue
    markup = body(board(engine, room("a", "small1", "big1", Outcome.A, 20), local))
    assert TEXTS["fr"]("footprint.none.local") in html.unescape(markup)
    assert 'class="map"' not in markup
    assert "Xylofer Hosting" not in markup


def test_two_models_of_one_name_are_told_apart_by_their_hosts(engine: Engine) -> None:
    elsewhere = replace(CATALOGUE.endpoints["xylofer"], id="quux", name="Quux Cloud")
    twin: Model = replace(SMALL1, id="twin", endpoint_id="quux")
    catalogue = Catalogue({**CATALOGUE.endpoints, "quux": elsewhere}, {**CATALOGUE.models, "twin": twin})
    markup = body(board(engine, room("a", "small1", "twin", Outcome.A, 20), catalogue))
    assert "Xylofer Small1 (Xylofer Hosting)" in markup
    assert "Xylofer Small1 (Quux Cloud)" in markup


@BOTH
def test_the_page_says_when_and_how_it_was_made(engine: Engine, locale: str) -> None:
    said = words(body(board(engine, ballots_of(FOUR, votes=200, people=40)), locale))
    assert "14/03/2026" in said
    assert ("9 h 05 UTC" if locale == "fr" else "9:05 UTC") in said.replace("09", "9")
    assert "bradley-terry/1" in said
    assert footprint_service().method in said
    assert words(TEXTS[locale]("footprint.scope")) in said
    assert f'href="/{locale}/method"' in body(board(engine, []), locale)


def test_no_model_gets_a_virtue(engine: Engine) -> None:
    found = board(engine, ballots_of(FOUR, votes=200, people=40))
    for locale in LOCALES:
        assert not re.search(
            r"efficien|frugal|sobre|\bverte?s?\b|green|économe", words(body(found, locale)), re.IGNORECASE
        )


# Filters and addresses


class Shop:
    """Notes what is asked for; fails when told to."""

    def __init__(self, found: Leaderboard) -> None:
        self.found = found
        self.asked: list[tuple[StandingFilter, Openness | None]] = []
        self.fails = False

    async def of(self, wanted: StandingFilter, openness: Openness | None) -> Leaderboard:
        self.asked.append((wanted, openness))
        if self.fails:
            raise StorageError("the database says: secret")
        return self.found


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return Shop(board(engine, ballots_of(FOUR, votes=200, people=40)))


@pytest.fixture
async def browser(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    arena: Any = SimpleNamespace(leaderboards=shop)
    route = leaderboard_route(OwnAssets(), lambda: arena, SUGGESTIONS)
    routes = [Route(f"/{locale}/leaderboard", route.endpoint(text)) for locale, text in TEXTS.items()]
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://arena") as client:
        yield client


async def test_filters_become_a_question_and_stay_chosen(browser: httpx.AsyncClient, shop: Shop) -> None:
    theme = SUGGESTIONS.themes[1].id
    reply = await browser.get(
        "/fr/leaderboard",
        params={"theme": theme, "mode": "small_only", "openness": "closed", "locale": "en", "utm": "1"},
    )
    assert reply.status_code == 200
    assert shop.asked == [(StandingFilter(locale="en", mode=PairingMode.SMALL_ONLY, theme=theme), Openness.CLOSED)]
    assert re.findall(r'<option value="([^"]*)" selected>', reply.text) == [theme, "closed", "small_only", "en"]
    assert "Retirer les filtres" in reply.text
    assert TEXTS["fr"]("leaderboard.words.openness") in reply.text
    assert f'href="/en/leaderboard?theme={theme}&amp;openness=closed&amp;mode=small_only&amp;locale=en"' in reply.text
    assert (await browser.get("/en/leaderboard?theme=&mode=&openness=&locale=")).status_code == 200
    assert shop.asked[-1] == (StandingFilter(), None)


@pytest.mark.parametrize(
    "query", ["theme=nowhere", "mode=choose", "openness=green", "locale=de", "theme=<script>", "mode=RANDOM"]
)
async def test_an_unknown_filter_is_refused_in_words(browser: httpx.AsyncClient, shop: Shop, query: str) -> None:
    reply = await browser.get(f"/fr/leaderboard?{query}")
    assert (reply.status_code, reply.headers["cache-control"]) == (400, "no-store")
    assert "Ce filtre n’existe pas" in reply.text
    assert "<form" in reply.text
    assert "<script" not in reply.text
    assert shop.asked == []


async def test_the_page_is_kept_for_a_minute_here_and_by_browsers(browser: httpx.AsyncClient, shop: Shop) -> None:
    replies = [await browser.get(f"/{locale}/leaderboard") for locale in ("fr", "en", "fr")]
    assert [reply.headers["cache-control"] for reply in replies] == ["public, max-age=60"] * 3
    assert len(shop.asked) == 1
    assert 'href="/fr/leaderboard" aria-current="page"' in replies[0].text


async def test_a_database_that_fails_is_said_in_words(browser: httpx.AsyncClient, shop: Shop) -> None:
    shop.fails = True
    reply = await browser.get("/fr/leaderboard")
    assert (reply.status_code, reply.headers["cache-control"]) == (503, "no-store")
    assert "secret" not in reply.text
