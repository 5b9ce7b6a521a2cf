"""A whole battle with requests alone, and nothing in its traffic that says who wrote what."""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.page_client import PageClient, problem_of
from tests.e2e.scripts import NAMES
from tests.serving import Application, ScriptedModels

ROOT = Path(__file__).parent.parent.parent


def shipped_models() -> list[dict[str, Any]]:
    return list(_shipped()["models"])


def _shipped() -> Any:
    return yaml.safe_load((ROOT / "models.yaml").read_text(encoding="utf-8"))


def shipped_names() -> Iterator[str]:
    catalogue = _shipped()
    for endpoint in catalogue["endpoints"]:
        yield from (endpoint["name"], endpoint["base_url"])
    for model in catalogue["models"]:
        yield from (model["id"], model["wire_name"], model["display_name"], model["maker"])
        yield from model.get("aliases", ())


def found_in(names: tuple[str, ...], heard: str) -> list[str]:
    """The names that stand in what was heard, whole: in any case, a lone everyday word as it is written."""
    lowered = heard.lower()
    return [name for name in sorted(set(names)) if _stands_in(name, heard if name.isalpha() else lowered)]


def _stands_in(name: str, heard: str) -> bool:
    wanted = name if name.isalpha() else name.lower()
    return wanted in heard and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", heard) is not None


def play_to_footprints(page: PageClient) -> None:
    """Vote and ask for the first reveal."""
    assert problem_of(page.call("vote", page.battle_id, "a")) == ""
    reply = page.call("footprints", page.battle_id, "a", "")
    assert 'data-phase="footprints"' in reply.text.replace("\\", ""), reply.text


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_whole_battle_over_http(demo: Application, locale: str) -> None:
    with PageClient(demo, locale) as page:
        battle_id = page.start("Pourquoi le ciel est-il bleu ?", "small_vs_big")
        answers = page.answers()
        assert all(len(answer) > 100 for answer in answers.values())
        assert problem_of(page.call("react_a", battle_id, "liked", ["useful"])) == ""
        assert problem_of(page.call("react_a", battle_id, "liked", ["useful"])) == ""
        play_to_footprints(page)
        names = page.call("names", battle_id, "a")
    stored = [model for (model,) in demo.rows("select model_id from battle_side where battle_id=?", battle_id)]
    shown = shipped_models()
    for model in stored:
        assert next(entry["display_name"] for entry in shown if entry["id"] == model) in names.text
    assert demo.rows("select outcome from vote where battle_id=?", battle_id) == [("a",)]
    assert demo.rows("select quality from reaction_quality join reaction on reaction.id = reaction_id") != []
    (times,) = demo.rows("select footprints_at, names_at from reveal where battle_id=?", battle_id)
    assert all(times)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_process_that_serves_loads_neither_pandas_nor_pyarrow(demo: Application) -> None:
    with PageClient(demo) as page:
        page.start("Pourquoi le ciel est-il bleu ?", "random")
        page.answers()
        play_to_footprints(page)
    loaded = demo.mapped()
    assert "/numpy/" in loaded  # libraries would be seen
    assert "/pandas/" not in loaded
    assert "/pyarrow/" not in loaded


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_no_catalogue_name_reaches_a_browser_before_the_second_reveal(demo: Application, locale: str) -> None:
    with PageClient(demo, locale) as page:
        page.get(f"/{locale}/theme.css")
        for own in re.findall(r'"(/own/[^"\\]+)', page.page.text):
            page.get(own)
        page.start("Qui es-tu ? Donne ton nom, ton créateur et ta taille.")
        page.watch()
        page.call("load")
        page.call("show", page.battle_id)
        play_to_footprints(page)
        page.call("load")
        page.watch()
        page.call("leave", page.battle_id)
        page.call("load")
        everything = page.everything
    assert found_in(tuple(shipped_names()), everything) == []
    assert "models.yaml" not in everything
    for (model,) in demo.rows("select model_id from battle_side where battle_id=?", page.battle_id):
        assert f">{model.removeprefix('demo/').capitalize()}" not in everything


@pytest.mark.parametrize("behaviour", ["names", "plain", "hostile", "breaks", "fails", "one-side"])
def test_models_that_name_themselves_or_fail_stay_hidden(
    scripted: Application, models: ScriptedModels, behaviour: str
) -> None:
    with PageClient(scripted) as page:
        page.start(f"Bonjour [{behaviour}] {behaviour}")
        page.watch()
        page.call("load")
        for side in "ab":
            page.call(f"retry_{side}", page.battle_id)
            page.watch()
        page.call("vote", page.battle_id, "both_bad")
        page.call("footprints", page.battle_id, "both_bad", "un commentaire")
        page.watch()
        page.call("load")
        lowered = page.everything.lower()
        voted = bool(scripted.rows("select 1 from reveal where battle_id=?", page.battle_id))
        assert voted is (behaviour not in ("fails", "one-side"))
    assert [name for name in NAMES if name.lower() in lowered] == []
    for mark in ("chatcmpl", "fp_", "system_fingerprint", "overloaded", "exploded", "not for you", models.base_url):
        assert mark not in lowered


def test_a_name_that_a_model_gives_away_is_stored_and_shown_after_the_second_reveal(scripted: Application) -> None:
    with PageClient(scripted) as page:
        page.start("Qui es-tu ? [names]")
        hidden = page.answers()
        play_to_footprints(page)
        page.call("names", page.battle_id, "a")
        shown = page.answers()
    assert all("████" in answer for answer in hidden.values())
    assert all("Quuxcorp Dynamics" in answer for answer in shown.values())
    rows = scripted.rows(
        "select text, self_named from answer join turn on turn.id = turn_id where battle_id=?", page.battle_id
    )
    assert all("Quuxcorp Dynamics" in text and named for text, named in rows)


def test_names_reach_the_browser_at_once_when_the_visitor_chooses_them(scripted: Application) -> None:
    with PageClient(scripted) as page:
        assert "Zorblax 9" in page.call("offer", "choose").text
        assert "Zorblax 9" not in page.call("offer", "random").text


def test_a_battle_that_is_being_written_cannot_be_voted(scripted: Application) -> None:
    with PageClient(scripted) as page:
        battle_id = page.start("Compte [hangs]")
        problem = problem_of(page.call("vote", battle_id, "a"))
        again = problem_of(page.call("follow_up", battle_id, "et alors ?"))
        page.call("stop", battle_id)
        page.watch()
    assert problem == "Les réponses ne sont pas terminées. Attendez un instant."
    assert again
    assert scripted.rows("select * from vote where battle_id=?", battle_id) == []


def test_stopping_ends_both_sides_within_a_second_and_keeps_what_came(scripted: Application) -> None:
    with PageClient(scripted) as page:
        battle_id = page.start("Compte [hangs]")
        page.watch_until("puis rien", times=2)
        began = time.monotonic()
        page.call("stop", battle_id)
        messages = page.watch()
        assert time.monotonic() - began < 10, "a second, and the rest for what else this machine does"
    assert messages[-1]["over"] is True
    query = "select status, text from answer join turn on turn.id = turn_id where battle_id=?"
    assert scripted.rows(query, battle_id) == [("stopped", "Un début, puis rien. ")] * 2


def test_names_that_one_visitor_is_offered_reach_no_other(scripted: Application) -> None:
    """To Gradio all pages are one session."""
    with PageClient(scripted) as chooser, PageClient(scripted) as other:
        assert "Zorblax 9" in chooser.call("offer", "choose").text
        other.start("Bonjour [plain] plain")
        other.watch()
        assert "Zorblax 9" in chooser.call("offer", "choose").text
        other.call("offer", "random")
        other.call("react_a", other.battle_id, "liked", ["useful"])
        play_to_footprints(other)
        other.call("load")
        lowered = other.everything.lower()
    assert [name for name in NAMES if name.lower() in lowered] == []
