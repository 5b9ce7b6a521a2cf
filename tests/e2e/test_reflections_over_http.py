"""Second choices, bets and the need for an AI, with requests alone: one tap each, stored apart from the vote."""

import html
from pathlib import Path

import httpx
import pytest

from arena.ui.text import load_text
from tests.e2e.page_client import PageClient, problem_of
from tests.serving import Application, running

FRENCH = load_text("fr")


def played(page: PageClient, prompt: str = "Pourquoi le ciel est-il bleu ?", outcome: str = "a") -> str:
    page.start(prompt)
    page.watch()
    assert problem_of(page.call("vote", page.battle_id, outcome)) == ""
    return page.battle_id


def words_of(reply: httpx.Response) -> str:
    return html.unescape(" ".join(str(value) for value in reply.json()["data"] if isinstance(value, str)))


@pytest.mark.parametrize("chosen", ["a", "both_good", "both_bad", "b"])
def test_a_second_choice_is_stored_apart_and_the_blind_vote_stays(demo: Application, chosen: str) -> None:
    with PageClient(demo) as page:
        battle_id = played(page)
        assert problem_of(page.call("names", battle_id, chosen)) != "", "not before the footprints"
        page.call("footprints", battle_id, "a", "")
        reply = page.call("names", battle_id, chosen)
    assert 'data-phase="names"' in words_of(reply)
    assert demo.rows("select outcome from second_choice where battle_id=?", battle_id) == [(chosen,)]
    assert demo.rows("select outcome from vote where battle_id=?", battle_id) == [("a",)]


def test_skipping_the_second_choice_is_stored_as_skipped_and_shows_the_names(demo: Application) -> None:
    with PageClient(demo) as page:
        battle_id = played(page)
        page.call("footprints", battle_id, "a", "")
        reply = page.call("skip", battle_id)
        assert FRENCH("second.skipped") in words_of(reply)
        assert problem_of(page.call("names", battle_id, "b")) == "", "it was answered: the names are just shown again"
    assert 'data-phase="names"' in words_of(reply)
    assert demo.rows("select outcome from second_choice where battle_id=?", battle_id) == [(None,)]


def test_a_bet_can_change_until_the_footprints_and_then_stands_beside_the_estimate(demo: Application) -> None:
    with PageClient(demo) as page:
        battle_id = played(page)
        for guess in ("b:3", "same", "a:10"):
            assert problem_of(page.call("bet", battle_id, guess)) == ""
        assert problem_of(page.call("bet", battle_id, "a:7")) == FRENCH("error.invalid_choice")
        reply = page.call("footprints", battle_id, "a", "")
        said = FRENCH("bet.result", guess="\0", estimate="").split("\0")[0] + FRENCH("bet.more", side="A", factor=10)
        assert said in words_of(reply)
        assert problem_of(page.call("bet", battle_id, "b:100")) != ""
    assert demo.rows("select side, factor from bet where battle_id=?", battle_id) == [("a", 10)]


def test_after_the_footprints_the_need_is_one_tap_and_plain_tasks_have_other_ways(demo: Application) -> None:
    with PageClient(demo) as page:
        battle_id = played(page, "Combien font 12 × 37 ?")
        reply = page.call("footprints", battle_id, "a", "")
        assert FRENCH("need.arithmetic.1") in words_of(reply)
        for answer in ("no", "yes"):
            assert problem_of(page.call("need", battle_id, answer)) == ""
        assert problem_of(page.call("need", battle_id, "maybe")) == FRENCH("error.invalid_choice")
    assert demo.rows("select answer from need where battle_id=?", battle_id) == [("yes",)]


def test_the_organiser_may_have_the_need_asked_before_sending(tmp_path: Path) -> None:
    with (
        running(Application(tmp_path, demo="always", demo_speed="100", need_question="before")) as application,
        PageClient(application) as page,
    ):
        offered = page.call("need", "Traduis « bonjour » en anglais")
        assert FRENCH("need.translation.1") in words_of(offered)
        page.begin_with_need("Traduis « bonjour » en anglais", "no")
        rows = application.rows("select answer from need where battle_id=?", page.battle_id)
        assert rows == [("no",)]
        assert application.rows("select count(*) from battle") == [(1,)]
