"""A round from the first question to the debate, over real HTTP, with phones and a screen."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.room_client import Desk, Onlooker, Phone
from tests.serving import Application

PROMPT = "Pourquoi le ciel est-il bleu ?"
STEPS = ("prompt", "answers", "vote", "closed", "footprints", "second_choice", "names", "debate")


@pytest.fixture
def desk(scripted: Application) -> Iterator[Desk]:
    with OrganiserClient(scripted) as organiser:
        event_id, code = organiser.make(title="Café IA")
        desk = Desk(scripted, organiser, event_id, code)
        desk.does("open")
        yield desk


def test_a_round_from_the_question_to_the_debate(desk: Desk, scripted: Application) -> None:
    desk.does("ask", prompt=PROMPT)
    with ExitStack() as stack:
        phones = [stack.enter_context(Phone(scripted, desk.code)) for _ in range(6)]
        screen = stack.enter_context(Onlooker(scripted, desk.code))
        for step in STEPS:
            desk.goes(step)
            assert {one.look()["data"]["step"] for one in (*phones, screen)} == {step}
            for number, phone in enumerate(phones):
                if step in ("vote", "second_choice"):
                    said = phone.says(step, "a" if number else "both_bad")
                    assert said.status_code == 200
                    assert said.json()["own"][step] == ("a" if number else "both_bad")
    votes = scripted.rows("select vote.outcome, count(*) from vote join battle on battle.id = battle_id "
                          "where event_id = ? group by 1 order by 1", desk.event_id)  # fmt: skip
    assert votes == [("a", 5), ("both_bad", 1)]


def test_a_ballot_after_the_end_of_the_vote_is_told_why(desk: Desk, scripted: Application) -> None:
    desk.does("ask", prompt=PROMPT)
    desk.goes("vote", "closed")
    with Phone(scripted, desk.code) as phone:
        reply = phone.says("vote", "a")
    assert reply.status_code == 409
    assert reply.json()["is_final"] is True
    assert "trop tard" in reply.json()["problem"].lower()


def test_who_did_not_join_is_sent_to_the_code(desk: Desk, scripted: Application) -> None:
    with Onlooker(scripted, desk.code, place="room") as stranger:
        assert stranger.http.get(f"/room/fr/{desk.code}/follow").status_code == 404
        assert stranger.page().url.path == f"/room/fr/{desk.code}"  # by way of /e/CODE, which lets in


def test_nobody_but_its_organisers_presses_or_follows_a_desk(desk: Desk, scripted: Application) -> None:
    with OrganiserClient(scripted, "") as stranger:
        body = {"event": desk.event_id, "press": "go", "seen": 1, "step": "prompt", "locale": "fr"}
        assert stranger.post("/desk/press", json=body).status_code == 404
        assert stranger.get(f"/desk/fr/{desk.event_id}/follow").status_code == 404
        assert stranger.get(f"/desk/fr/{desk.event_id}").status_code == 303


def test_two_desks_that_press_at_once_move_one_step(desk: Desk) -> None:
    desk.does("ask", prompt=PROMPT)
    seen = desk.look()["data"]["version"]
    assert [desk.press("go", step="prompt", seen=seen).status_code for _ in range(2)] == [200, 409]
    assert desk.look()["data"]["step"] == "prompt"
