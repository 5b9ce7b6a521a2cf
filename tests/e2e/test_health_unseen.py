"""Health, quotas and budgets as a participant meets them: a duel that goes on, a sentence, and no name."""

import re
from collections.abc import Iterator

import httpx
import pytest

from arena.ui.text import load_text
from tests.e2e.page_client import PageClient, problem_of
from tests.e2e.scripts import MODELS, NAMES
from tests.serving import LIMIT_S, Application, ScriptedModels, running, write_catalogue

HEALTH_WORDS = [words for key, words in load_text("fr").entries.items() if key.startswith("health.") and len(words) > 9]


@pytest.fixture(scope="module")
def strict(models: ScriptedModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """One failure pauses a model for a quarter of a second, then it is probed; four battles an hour."""
    folder = tmp_path_factory.mktemp("strict")
    catalogue = write_catalogue(folder / "models.yaml", models.base_url, MODELS)
    rules = {"failures_to_pause": "1", "first_pause_s": "0.25", "max_battles_per_hour": "4"}
    with running(Application(folder, catalogue=str(catalogue), demo="never", **rules)) as application:
        yield application


def test_models_that_are_paused_and_probed_are_never_named_nor_is_their_state(
    strict: Application,
) -> None:
    with PageClient(strict) as page:
        for prompt in ("Bonjour [fails]", "Encore [fails]", "Enfin"):
            page.start(prompt)
            page.watch()
            page.call("load")
        page.call("vote", page.battle_id, "both_good")
        page.call("footprints", page.battle_id, "both_good", "")
        page.call("load")
        everything = page.everything.lower()
    assert strict.rows("SELECT count(*) FROM answer WHERE status = 'complete'") == [(2,)], "the room is never stuck"
    assert "is paused until" in strict.log.read_text()
    assert [name for name in NAMES if name.lower() in everything] == []
    assert [words for words in HEALTH_WORDS if words.lower() in everything] == []
    public = httpx.get(f"{strict.url}/healthz", timeout=LIMIT_S, trust_env=False, verify=False).text
    assert public == "ok 2 models\n"


def test_a_visitor_who_starts_too_many_duels_is_told_when_to_come_back(strict: Application) -> None:
    with PageClient(strict) as page:
        for _ in range(4):
            page.start("Bonjour")
            page.watch()
        reply = page.call("start", "Bonjour", "random", [], "")
    assert re.fullmatch(
        r"Vous avez lancé beaucoup de duels en une heure\. Le prochain pourra commencer dans (60|5\d) min\.",
        problem_of(reply),
    )
