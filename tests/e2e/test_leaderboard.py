"""The public leaderboard in a running application: only where it is wanted, with the right numbers, and apart."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import numpy as np
import pytest
import yaml
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from arena.domain.ranking import fit
from arena.domain.tally import Tally
from arena.domain.vote import Outcome
from arena.storage.engine import open_engine
from arena.ui.leaderboard_map import NARROWEST
from tests.e2e.page_client import PageClient
from tests.e2e.scripts import MODELS, NAMES
from tests.e2e.test_reading_pages import axe_faults, overflow, reading
from tests.serving import LIMIT_S, Application, ScriptedModels, running, write_catalogue
from tests.storage.test_retention import make_event
from tests.voting import Ballot, ballots_of, voted_database

ZORBLAX, FLARN = (str(model["id"]) for model in MODELS)
OTHERS = [
    {"id": f"invented/model-{number}", "wire_name": f"model-{number}", "display_name": f"Modèle inventé {number}",
     "maker": "Atelier d’essai", "total_params_b": size, "active_params_b": size}
    for number, size in enumerate((1, 3, 3.1, 3.2, 8.1, 14, 32, 33, 70, 71, 230))
]  # fmt: skip
OPEN = {"public_leaderboard": "true", "demo": "never", "silence_s": "30"}
browser_test = pytest.mark.browser


def votes() -> list[Ballot]:
    """Of one pair exactly 30, 10 and 8; then of many models."""
    pair = [Ballot(f"p-{number}", ZORBLAX, FLARN, Outcome.A) for number in range(30)]
    pair += [Ballot(f"q-{number}", FLARN, ZORBLAX, Outcome.A, theme="ecrire") for number in range(10)]
    pair += [Ballot(f"r-{number}", FLARN, ZORBLAX, Outcome.BOTH_BAD, locale="en") for number in range(8)]
    return [*pair, *(Ballot(f"s-{number}", ZORBLAX, FLARN, is_demo=True) for number in range(6))]


@pytest.fixture(scope="module")
def voted(models: ScriptedModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Two models, 48 votes."""
    folder = tmp_path_factory.mktemp("voted")
    catalogue = write_catalogue(folder / "models.yaml", models.base_url, MODELS)
    voted_database(folder / "arena.db", votes())
    with running(Application(folder, catalogue=str(catalogue), **OPEN)) as application:
        yield application


@pytest.fixture(scope="module")
def crowded(models: ScriptedModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Eleven models at a host that has no key here: they have estimates, and cannot be drawn."""
    folder = tmp_path_factory.mktemp("crowded")
    catalogue = write_catalogue(folder / "models.yaml", models.base_url, [*MODELS, *OTHERS])
    document = yaml.safe_load(catalogue.read_text(encoding="utf-8"))
    hosted = {"key_env": "XYLOFER_KEY", "base_url": "https://xylofer.example/v1", "pue": 1.2, "wue_l_per_kwh": 0.5}
    document["endpoints"] = [{**one, **hosted, "source": "a test"} for one in document.pop("local")]
    catalogue.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    strengths = {str(one["id"]): 0.25 * place - 1.2 for place, one in enumerate(OTHERS)}
    voted_database(folder / "arena.db", ballots_of(strengths, votes=600, people=50))
    with running(Application(folder, catalogue=str(catalogue), **OPEN)) as application:
        yield application


def get(application: Application, path: str, **options: str) -> httpx.Response:
    with httpx.Client(base_url=application.url, timeout=LIMIT_S, trust_env=False, verify=False) as http:
        return http.get(path, headers=options)


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_by_default_there_is_no_page_and_no_link(demo: Application, locale: str) -> None:
    assert get(demo, f"/{locale}/leaderboard").status_code == 404
    for place in ("", "config", "method", "summary"):
        assert "/leaderboard" not in get(demo, f"/{locale}/{place}").text


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_where_it_is_wanted_it_has_the_right_numbers(voted: Application, locale: str) -> None:
    reply = get(voted, f"/{locale}/leaderboard")
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", reply.text)))
    tally = Tally(
        {(ZORBLAX, FLARN, Outcome.A): 30, (FLARN, ZORBLAX, Outcome.A): 10, (FLARN, ZORBLAX, Outcome.BOTH_BAD): 8}
    )
    first = fit(np.asarray(tally.wins)).shares()[tally.models.index(ZORBLAX)]
    assert reply.status_code == 200
    assert ": 48." in words
    assert f"{round(100 * first.value)}" in re.findall(r"Quuxcorp Dynamics (\d+)", words)
    assert f"{34 / 48 * 100:.0f}" in re.findall(r"(\d+) ?% n = 48", words)
    assert f"{14 / 48 * 100:.0f}" in re.findall(r"(\d+) ?% n = 48", words)
    assert re.search(r"(?:Duel de démonstration|Demonstration duel) 6", words)


def test_filters_work_over_the_address(voted: Application) -> None:
    assert "Votes comptés : 10." in get(voted, "/fr/leaderboard?theme=ecrire").text.replace("\xa0", " ")
    assert "Votes comptés : 8." in get(voted, "/fr/leaderboard?locale=en").text.replace("\xa0", " ")
    assert "Aucun vote ne compte avec ces filtres" in get(voted, "/fr/leaderboard?mode=small_only").text
    assert get(voted, "/fr/leaderboard?mode=choose").status_code == 400


def test_a_meeting_has_a_leaderboard_once_it_has_ended(models: ScriptedModels, tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "models.yaml", models.base_url, MODELS)
    voted_database(tmp_path / "arena.db", votes())
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    make_event(engine, "ended", code="ABC234")
    make_event(engine, "going-on", code="XYZ789")
    with engine.begin() as connection:
        connection.execute(text("UPDATE event SET state = 'closed' WHERE id = 'ended'"))
        connection.execute(text("UPDATE battle SET event_id = 'ended' WHERE theme = 'ecrire'"))
        connection.execute(text("UPDATE battle SET event_id = 'going-on' WHERE locale = 'en'"))
    engine.dispose()
    with running(Application(tmp_path, catalogue=str(catalogue), **OPEN)) as application:
        shown = get(application, "/fr/leaderboard?event=abc-234")
        assert "Votes comptés : 10." in shown.text.replace("\xa0", " ")
        assert 'value="ABC234"' in shown.text
        for code in ("XYZ789", "QQQQQQ", "'<script>", "x" * 500):
            refused = get(application, f"/fr/leaderboard?event={quote(code)}")
            assert refused.status_code == 400, code
            assert "Aucune rencontre terminée n’a ce code" in refused.text
            assert "Zorblax" not in refused.text
            assert "<script>" not in refused.text


def test_it_is_light_kept_for_a_minute_and_sets_no_cookie(crowded: Application) -> None:
    with httpx.Client(base_url=crowded.url, timeout=LIMIT_S, trust_env=False, verify=False) as http:
        reply = http.get("/fr/leaderboard", headers={"accept-encoding": "br"})
    assert reply.headers["cache-control"] == "public, max-age=60"
    assert reply.headers["content-encoding"] == "br"
    assert reply.num_bytes_downloaded < 15_000
    assert len(reply.content) < 60_000
    assert "set-cookie" not in reply.headers
    assert "<script" not in reply.text


def test_the_names_of_the_leaderboard_stay_out_of_a_participants_page(voted: Application) -> None:
    assert "Zorblax 9" in get(voted, "/fr/leaderboard").text
    with PageClient(voted) as page:
        page.start("Pourquoi le ciel est-il bleu ?")
        page.watch()
        page.call("load")
        page.call("vote", page.battle_id, "a")
        page.call("footprints", page.battle_id, "a", "")
        page.call("load")
        everything = page.everything
    assert [name for name in NAMES if name.lower() in everything.lower()] == []
    assert 'href="/fr/leaderboard"' in everything.replace("\\", "")


@browser_test
@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(320, "light", "fr"), (390, "dark", "fr"), (320, "dark", "en"), (768, "light", "en"), (1280, "dark", "fr")],
)
def test_it_fits_and_axe_finds_nothing(
    browser: Browser, crowded: Application, locale: str, scheme: str, width: int
) -> None:
    viewport = {"width": width, "height": 800}
    with reading(browser, f"{crowded.url}/{locale}/leaderboard", color_scheme=scheme, viewport=viewport) as tab:
        for is_open in (False, True):
            tab.evaluate("open => { document.querySelector('details').open = open }", is_open)
            assert overflow(tab) <= 0
            assert axe_faults(tab) == []


@browser_test
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_two_labels_of_the_map_cover_each_other(browser: Browser, crowded: Application, width: int) -> None:
    with reading(browser, f"{crowded.url}/fr/leaderboard", viewport={"width": width, "height": 800}) as tab:
        boxes = _boxes(tab, ".map .number")
        drawing = _boxes(tab, ".map")[0]
    assert len(boxes) == len(OTHERS)
    assert drawing["width"] >= NARROWEST
    assert not [(one, other) for place, one in enumerate(boxes) for other in boxes[:place] if _cover(one, other)]
    assert all(drawing["x"] <= box["x"] and box["x"] + box["width"] <= drawing["x"] + drawing["width"] for box in boxes)


def _boxes(tab: Page, selector: str) -> list[dict[str, float]]:
    script = "all => all.map(one => one.getBoundingClientRect().toJSON())"
    return list(tab.eval_on_selector_all(selector, script))


def _cover(one: dict[str, float], other: dict[str, float]) -> bool:
    """Figures are lower than the box of their line, by a fifth above and below."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 0.5 and down > 0.4 * one["height"]


@browser_test
def test_the_keyboard_filters_and_opens_the_pairs_without_a_script(browser: Browser, voted: Application) -> None:
    with reading(browser, f"{voted.url}/fr/leaderboard", java_script_enabled=False) as tab:
        tab.focus("#filter-theme")
        tab.keyboard.press("Tab")
        tab.keyboard.press("Shift+Tab")
        tab.select_option("#filter-theme", "ecrire")
        for _ in range(4):
            tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/fr/leaderboard?theme=ecrire&openness=&mode=&locale=&event=")
        assert "Votes comptés : 10." in tab.inner_text("main").replace("\xa0", " ")
        tab.focus("summary")
        assert not tab.is_visible("details table")
        tab.keyboard.press("Enter")
        assert tab.is_visible("details table")
        tab.click("text=Retirer les filtres")
        tab.wait_for_url("**/fr/leaderboard")


@browser_test
def test_the_duel_page_leads_there_by_its_footer(browser: Browser, voted: Application) -> None:
    context = browser.new_context()
    try:
        tab = context.new_page()
        tab.goto(f"{voted.url}/fr/")
        tab.click(".colophon >> text=Classement")
        tab.wait_for_url("**/fr/leaderboard")
        assert tab.inner_text("h1") == "Classement"
    finally:
        context.close()
