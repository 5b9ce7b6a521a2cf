"""A battle whose texts were emptied, as its own visitor still meets it: said in words, and nothing to send."""

import html
from datetime import UTC, datetime, timedelta

import pytest

from arena.domain.retention import Due
from arena.storage.engine import open_engine
from arena.storage.retention import RetentionStore
from tests.e2e.page_client import PageClient, problem_of
from tests.serving import Application

PROMPT = "Pourquoi les girafes ont-elles un long cou ?"
GONE = "Les textes de ce duel ont été effacés"


def purge_everything(application: Application) -> None:
    """As ``arena purge`` does from another process."""
    engine = open_engine(f"sqlite:///{application.database}")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert RetentionStore(engine).purge(Due(None, tomorrow), datetime.now(UTC)).battles >= 1
    engine.dispose()


@pytest.mark.parametrize("is_revealed", [False, True])
def test_the_page_and_the_summary_say_that_the_texts_are_gone(demo: Application, *, is_revealed: bool) -> None:
    with PageClient(demo) as page:
        battle_id = page.start(PROMPT)
        page.watch()
        assert GONE not in html.unescape(page.call("load").text)
        page.call("vote", battle_id, "a")
        if is_revealed:
            page.call("footprints", battle_id, "a", "")
        purge_everything(demo)
        loaded = html.unescape(page.call("load").text)
        assert GONE in loaded
        assert f'data-phase=\\"{"footprints" if is_revealed else "broken"}\\"' in loaded
        assert 'data-retry=\\"\\"' in loaded
        assert page.answers() == {"a": "", "b": ""}
        refused = [("follow_up", battle_id, "Et alors ?"), ("retry_a", battle_id)]
        assert all(problem_of(page.call(*call)).startswith("Ce duel est clos") for call in refused)
        summary = html.unescape(page.get("/fr/summary").text)
        assert "Texte effacé à la fin de sa durée de conservation" in summary
        assert "girafes" not in summary
        assert "A est meilleure" in summary
