"""Every button of the desk over real HTTP, as the page sends it and as a script could."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from arena.ui.room_presses import PRESSES
from tests.e2e.conftest import scripted_application
from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.room_client import Desk, Onlooker, Phone
from tests.serving import LIMIT_S, Application, ScriptedModels, running

PROMPT = "Pourquoi le ciel est-il bleu ?"
QUESTION = "Pourquoi les chats ronronnent-ils ?"
ELSEWHERE = "127.0.0.2"
HERE_ONLY = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no 127.0.0.2 until it is added")
NONSENSE: tuple[Any, ...] = (
    None,
    True,
    [],
    {},
    3.5,
    -1,
    10**12,
    "",
    "nothing of ours",
    {"a": -1},
    {"a": "1"},
    {"nobody": 1},
)


@pytest.fixture
def organiser(scripted: Application) -> Iterator[OrganiserClient]:
    with OrganiserClient(scripted) as organiser:
        yield organiser


@pytest.fixture
def desk(scripted: Application, organiser: OrganiserClient) -> Desk:
    """Of an open room."""
    desk = Desk(scripted, organiser, *organiser.make(title="Café IA"))
    desk.does("open")
    return desk


@pytest.fixture
def mortal(models: ScriptedModels, tmp_path: Path) -> Iterator[Application]:
    """An application that a test may kill."""
    with running(scripted_application(models, tmp_path)) as application:
        yield application


def is_reached(application: Application, ip: str) -> bool:
    try:
        reply = httpx.get(f"http://{ip}:{application.port}/healthz", timeout=LIMIT_S, trust_env=False, verify=False)
    except httpx.ConnectError:
        return False
    return reply.status_code == 200


def propose(phone: Onlooker, desk: Desk, text: str, **changed: object) -> httpx.Response:
    body = {"event": desk.event_id, "text": text, "locale": "fr"} | changed
    reply = phone.http.post("/room/proposal", json=body)
    phone.heard.append(reply.text)
    return reply


def proposal_ids(application: Application, desk: Desk) -> list[str]:
    rows = application.rows("select id from proposal where event_id=? order by created_at", desk.event_id)
    return [str(row[0]) for row in rows]


def shown(desk: Desk, part: str) -> str:
    return str(desk.look()["parts"].get(part, ""))


@HERE_ONLY
def test_the_arena_is_on_the_network_while_a_room_is_open_and_after_a_power_cut_too(mortal: Application) -> None:
    with OrganiserClient(mortal) as organiser:
        first, second = (Desk(mortal, organiser, *organiser.make(title=f"Café {number}")) for number in range(2))
        assert not is_reached(mortal, ELSEWHERE)
        first.does("open", address=ELSEWHERE)
        assert is_reached(mortal, ELSEWHERE)
        address = f"http://{ELSEWHERE}:{mortal.port}/e/{first.code}"
        assert address in shown(first, "door")
        assert 'class="qr"' in shown(first, "door")
        second.does("open", address=ELSEWHERE)
        mortal.kill()
        assert not is_reached(mortal, ELSEWHERE)
        mortal.start()
        assert is_reached(mortal, ELSEWHERE)
        first.does("close")
        assert is_reached(mortal, ELSEWHERE), "another room is still open"
        second.does("close")
        assert not is_reached(mortal, ELSEWHERE)


@HERE_ONLY
def test_an_address_that_is_not_here_is_told_and_the_room_opens_all_the_same(mortal: Application) -> None:
    with OrganiserClient(mortal) as organiser:
        desk = Desk(mortal, organiser, *organiser.make(title="Café IA"))
        reply = desk.press("open", address="192.0.2.77")
        assert reply.status_code == 200
        assert "192.0.2.77" in reply.json()["problem"]
        assert desk.look()["data"]["is_open"] is True
        assert "192.0.2.77" in shown(desk, "door")
        assert desk.press("open", address="pas une adresse").status_code == 400
        assert desk.does("open", address=ELSEWHERE)
        assert "192.0.2.77" not in shown(desk, "door")
        mortal.kill()
        mortal.start()
        assert desk.look()["data"]["is_open"] is True


def test_an_address_of_this_machine_alone_is_said_to_be_one(desk: Desk) -> None:
    assert "aucun téléphone" in shown(desk, "door")
    desk.does("open", address="https://arene.exemple.org")
    assert "aucun téléphone" not in shown(desk, "door")
    assert f"https://arene.exemple.org/e/{desk.code}" in shown(desk, "door")


def test_no_press_takes_nonsense_for_anything(desk: Desk, scripted: Application) -> None:
    desk.does("ask", prompt=PROMPT)
    names = ("address", "prompt", "proposal", "mode", "has_bet", "is_streamed", "duel", "step", "name", "value")
    more = ("side", "kind", "counts", "decision", "text", "sheet", "seconds", "label")
    before = desk.look()
    replies = [
        desk.press(press, seen=before["data"]["version"], **dict.fromkeys((*names, *more), nonsense))
        for press in PRESSES
        for nonsense in NONSENSE
        if press not in ("undo", "reset", "close", "swap", "keep")  # these take nothing to be wrong
        and not (press == "open" and nonsense is None)  # which is no address, as it may be
        and not (press == "sheet" and nonsense == "")  # which is no sheet
        and not (press == "link" and isinstance(nonsense, str))  # which is its name
        and not (press in ("skip_names", "set") and nonsense is True and press == "skip_names")
    ]
    assert {reply.status_code for reply in replies} == {400}
    assert all(reply.json()["problem"] for reply in replies)
    versions: tuple[Any, ...] = (True, "1", [], -1, 1.5)
    assert {desk.press("undo", seen=version).status_code for version in versions} == {400}
    assert desk.look()["data"] == before["data"]
    assert scripted.rows("select count(*) from round where event_id=?", desk.event_id) == [(1,)]


@pytest.mark.parametrize("press", sorted(PRESSES))
def test_no_press_reaches_the_event_of_somebody_else(
    desk: Desk, scripted: Application, organiser: OrganiserClient, press: str
) -> None:
    own, _ = organiser.make(title="Ailleurs")
    sent = {"step": "prompt", "prompt": PROMPT, "name": "page", "value": 1, "side": "a", "kind": "vote", "counts": {}}
    sent |= {"proposal": "x", "decision": "approved", "sheet": "express", "seconds": 60, "label": "", "duel": "x"}
    sent |= {"address": ELSEWHERE} | ({"value": True} if press == "skip_names" else {})
    sent = {name: value for name, value in sent.items() if press != "ask" or name != "proposal"}
    seen = desk.look()["data"]["version"]
    with OrganiserClient(scripted, "") as guest:
        guest.enter(organiser.make_link(own))
        for event in (desk.event_id, "no-such-event"):
            body = {"event": event, "press": press, "seen": seen, "locale": "fr", **sent}
            assert guest.post("/desk/press", json=body).status_code == 404, press
    assert desk.look()["data"]["version"] == seen
    assert not is_reached(scripted, ELSEWHERE)


def test_no_other_page_presses_and_no_other_method_or_body_does(desk: Desk, organiser: OrganiserClient) -> None:
    body = {"event": desk.event_id, "press": "close", "seen": desk.look()["data"]["version"], "locale": "fr"}
    foreign = {"Origin": "https://ailleurs.example"}
    assert organiser.post("/desk/press", json=body, headers=foreign).status_code == 403
    for wrong in (b"", b"[]", b"close", b"\xff", b'{"press": "close"}'):
        assert organiser.post("/desk/press", content=wrong).status_code == 400
    assert organiser.get("/desk/press").status_code == 405
    assert desk.look()["data"]["is_open"] is True


def test_a_stale_desk_is_told_and_moves_nothing(desk: Desk) -> None:
    desk.does("ask", prompt=PROMPT)
    seen = desk.look()["data"]["version"]
    desk.does("go", step="prompt")
    for press, sent in (("go", {"step": "answers"}), ("undo", {}), ("extend", {"seconds": 60}), ("close", {})):
        reply = desk.press(press, seen=seen, **sent)
        assert reply.status_code == 409, press
    assert desk.look()["data"]["step"] == "prompt"


def test_nothing_unapproved_reaches_the_screen_or_another_phone(desk: Desk, scripted: Application) -> None:
    with (
        Phone(scripted, desk.code) as author,
        Phone(scripted, desk.code) as other,
        Onlooker(scripted, desk.code) as screen,
    ):
        assert propose(author, desk, QUESTION).json() == {"ok": True}
        assert propose(author, desk, QUESTION).json() == {"ok": True}
        (proposal_id,) = proposal_ids(scripted, desk)
        assert QUESTION in shown(desk, "proposals")

        def look() -> None:
            for one in (author, other, screen):
                one.page()
                one.look()

        look()
        desk.does("decide", proposal=proposal_id, decision="later")
        look()
        desk.does("decide", proposal=proposal_id, decision="approved", text="Et les lions, ronronnent-ils ?")
        look()
        desk.does("ask", proposal=proposal_id)
        look()
        assert not any("ronronnent" in heard for one in (other, screen) for heard in one.heard)
        desk.goes("prompt")
        assert "Et les lions, ronronnent-ils" in str(other.look())
        assert QUESTION not in "".join((*other.heard, *screen.heard))
    assert scripted.rows("select state from proposal where id=?", proposal_id) == [("asked",)]
    assert QUESTION not in shown(desk, "proposals")


def test_an_unapproved_question_cannot_be_asked_by_its_number(desk: Desk, scripted: Application) -> None:
    with Phone(scripted, desk.code) as phone:
        propose(phone, desk, QUESTION)
    (proposal_id,) = proposal_ids(scripted, desk)
    assert desk.press("ask", proposal=proposal_id).status_code == 400
    assert scripted.rows("select * from round where event_id=?", desk.event_id) == []


def test_a_phone_is_told_at_once_what_is_wrong_with_its_question(desk: Desk, scripted: Application) -> None:
    with Phone(scripted, desk.code) as phone, Onlooker(scripted, desk.code) as stranger:
        for text, words in (("", "Écrivez"), ("Écris à lea@exemple.fr", "adresse"), ("x" * 2001, "2001")):
            reply = propose(phone, desk, text)
            assert (reply.status_code, reply.json()["is_final"]) == (409, True)
            assert words.lower() in reply.json()["problem"].lower()
        for wrong in ({"locale": 3, "event": 3}, {"event": None}, {"event": [QUESTION]}):
            assert propose(phone, desk, QUESTION, **wrong).status_code == 400
        assert propose(stranger, desk, QUESTION).status_code == 400
        foreign = {"Origin": "https://ailleurs.example"}
        body = {"event": desk.event_id, "text": QUESTION}
        assert phone.http.post("/room/proposal", json=body, headers=foreign).status_code == 400
    assert proposal_ids(scripted, desk) == []


def test_raised_hands_are_shown_back_and_marked(desk: Desk) -> None:
    desk.does("ask", prompt=PROMPT)
    desk.goes("vote")
    desk.does("hands", kind="vote", counts={"a": 4, "both_good": 1, "both_bad": 0, "b": 2})
    assert "7 mains levées" in shown(desk, "hands")
    assert 'name="a" value="4"' in shown(desk, "hands")
    desk.goes("closed")
    assert "7 à main levée" in shown(desk, "now")
    desk.does("hands", kind="vote", counts={"a": 5, "b": 2})
    assert desk.press("hands", kind="second_choice", counts={"a": 1}).status_code == 400
    desk.goes("footprints", "second_choice")
    desk.does("hands", kind="second_choice", counts={"a": 2, "b": 5})
    desk.goes("names")
    assert shown(desk, "now").count("7 à main levée") == 2


def test_a_run_sheet_is_followed_and_given_time(desk: Desk) -> None:
    assert "Express" in shown(desk, "sheet-buttons")
    desk.does("sheet", sheet="express")
    first = shown(desk, "sheet")
    assert "Express, 25 minutes" in first
    assert "Encore 25 min en tout" in first
    desk.does("extend", seconds=300)
    assert "Encore 30 min en tout" in shown(desk, "sheet")
    desk.does("ask", prompt=PROMPT)
    desk.goes("prompt", "answers", "vote")
    assert '<li aria-current="step">Le vote' in shown(desk, "sheet")
    assert desk.press("extend", seconds=10**6).status_code == 400
    assert desk.press("sheet", sheet="no-such").status_code == 400
    desk.does("sheet", sheet="")
    assert shown(desk, "sheet") == ""


def test_another_machine_takes_over_after_a_crash(mortal: Application) -> None:
    with OrganiserClient(mortal) as organiser, OrganiserClient(mortal, "") as elsewhere:
        desk = Desk(mortal, organiser, *organiser.make(title="Café IA"))
        desk.does("open")
        desk.does("ask", prompt=PROMPT)
        desk.goes("vote")
        reply = desk.press("link", label="Second pupitre")
        assert reply.json()["link"].count("/organise/open/") == 1
        assert reply.json()["qr"].startswith("<svg")
        elsewhere.enter(reply.json()["link"])
        mortal.kill()
        mortal.start()
        second = Desk(mortal, elsewhere, desk.event_id, desk.code)
        assert second.look()["data"]["step"] == "vote"
        second.goes("closed", "footprints")
        assert desk.look()["data"]["step"] == "footprints"
        assert reply.json()["link"].rpartition("/")[2] not in mortal.log.read_text(encoding="utf-8")


def test_no_name_of_a_model_reaches_a_desk_before_the_room_sees_them(desk: Desk, organiser: OrganiserClient) -> None:
    organiser.heard.clear()  # the page on which models are chosen names them
    desk.does("ask", prompt="[names] Qui es-tu ?")
    organiser.get(f"/desk/fr/{desk.event_id}")
    for step in ("prompt", "answers", "vote", "closed", "footprints", "second_choice"):
        desk.goes(step)
        desk.look()
    heard = "".join(organiser.heard).lower()
    assert not any(name in heard for name in ("zorblax", "quuxcorp", "flarn", "wibbleworks", "xylofer"))
