"""Every function that Gradio exposes, called by a script: out of order, forged, for somebody else's battle."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from arena.ui.text import load_text
from tests.e2e.page_client import PageClient, problem_of
from tests.e2e.scripts import NAMES, HeldUntilLetGo
from tests.serving import Application

FORGED: list[Any] = [
    None, True, 0, -1, 1.5, 10**30, "", "x", "\x00", "a" * 50_000, "' or 1=1 --", "0" * 32, "../../etc/passwd", [], {},
    ["a"], [None], [["a"]], [{"a": 1}], {"__type__": "update", "value": "x"}, {"path": "/etc/passwd"},
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    [{"path": "http://127.0.0.1:1/x", "meta": {"_type": "gradio.FileData"}}],
]  # fmt: skip
TABLES = ("battle", "battle_side", "turn", "answer", "vote", "reaction", "reveal", "bet", "second_choice", "need")
FRENCH = load_text("fr")


@pytest.fixture
def victim(scripted: Application) -> Iterator[PageClient]:
    """A visitor whose battle is written and neither voted on nor revealed."""
    with PageClient(scripted) as page:
        page.start("La question de la victime [names]")
        page.watch()
        yield page


def _rows_of(application: Application, battle_id: str) -> list[Any]:
    """All that is stored of one battle."""
    where = {"battle": "id=?", "answer": "turn_id in (select id from turn where battle_id=?)"}
    return [
        application.rows(f"select * from {table} where {where.get(table, 'battle_id=?')} order by 1, 2", battle_id)
        for table in TABLES
    ]


def _is_harmless(reply: httpx.Response, *, page: PageClient) -> None:
    lowered = reply.text.lower()
    assert "traceback" not in lowered
    assert 'file "' not in lowered
    assert [name for name in NAMES if name.lower() in lowered] == []
    assert str(page.cookies.get("arena_visitor")) not in reply.text


def test_no_forged_value_makes_any_function_fail(scripted: Application, victim: PageClient) -> None:
    before = _rows_of(scripted, victim.battle_id)
    with PageClient(scripted) as page:
        for number, count in page.inputs.items():
            for value in FORGED:
                for place in range(max(count, 1)):
                    values = [victim.battle_id, "a", []][:count]
                    values[place : place + 1] = [value]
                    reply = page.call(number, *values[:count])
                    assert reply.status_code in (200, 422), (number, value, reply.text[:300])
                    _is_harmless(reply, page=page)
    assert _rows_of(scripted, victim.battle_id) == before


@pytest.mark.parametrize(
    "body",
    [
        {"data": [], "fn_index": 3},
        {"data": None, "fn_index": 3},
        {"data": ["x"] * 50, "fn_index": 1},
        {"data": [], "fn_index": 999},
        {"data": [], "fn_index": -1},
        {"data": [], "fn_index": "x"},
        {"data": []},
        {"data": [], "fn_index": 0, "session_hash": {"a": 1}},
        {"data": [], "fn_index": 0, "session_hash": "../../x"},
        {"data": [], "fn_index": True, "session_hash": "x"},
        {
            "data": [{"path": "https://example.org/x", "meta": {"_type": "gradio.FileData"}}],
            "fn_index": 3,
            "session_hash": "x",
        },
        {"data": [[{"path": "/etc/passwd"}]], "fn_index": 3, "session_hash": "x"},
        {"data": [7], "fn_index": 3, "session_hash": "x"},
        {"data": {"a": 1}, "fn_index": 3},
        [],
        "x",
        None,
    ],
)
def test_no_forged_request_shows_how_the_program_works(scripted: Application, body: object) -> None:
    with PageClient(scripted) as page:
        reply = page.post("/fr/gradio_api/run/predict", json=body)
        _is_harmless(reply, page=page)
        assert reply.status_code == 422


def test_fields_that_no_page_sends_are_dropped(scripted: Application) -> None:
    with PageClient(scripted) as page:
        extra = {
            "event_id": "x",
            "batched": True,
            "simple_format": True,
            "event_data": {"__proto__": 1},
            "trigger_id": "y",
        }
        body = {"data": ["x"], "fn_index": page.handlers["show"], "session_hash": "x", **extra}
        assert problem_of(page.post("/fr/gradio_api/run/predict", json=body)).startswith("Ce duel est introuvable")


def test_another_visitor_can_do_nothing_to_a_battle(scripted: Application, victim: PageClient) -> None:
    before = _rows_of(scripted, victim.battle_id)
    stolen = victim.battle_id
    with PageClient(scripted) as thief:
        assert thief.get(f"/watch/fr/{stolen}").status_code == 404
        for handler, values in _all_calls(stolen):
            reply = thief.call(handler, *values)
            assert reply.status_code == 200
            _is_harmless(reply, page=thief)
            assert "la question de la victime" not in reply.text.lower()
            if handler not in ("load", "start", "offer", "stop", "leave_event"):
                assert problem_of(reply).startswith("Ce duel est introuvable"), (handler, reply.text)
    assert _rows_of(scripted, stolen) == before


def _all_calls(battle_id: str) -> list[tuple[str, tuple[object, ...]]]:
    return [
        ("load", ()),
        ("offer", ("random",)),
        ("show", (battle_id,)),
        ("stop", (battle_id,)),
        ("follow_up", (battle_id, "et alors ?")),
        ("react_a", (battle_id, "liked", [])),
        ("react_b", (battle_id, "disliked", ["incorrect"])),
        ("retry_a", (battle_id,)),
        ("retry_b", (battle_id,)),
        ("vote", (battle_id, "a")),
        ("footprints", (battle_id, "a", "volé")),
        ("names", (battle_id, "a")),
        ("skip", (battle_id,)),
        ("bet", (battle_id, "a:10")),
        ("look", (battle_id, "usa", "water")),
        ("project", (battle_id, "usa", "a", "30", "10")),
        ("crowd", (battle_id, "usa", "a", "france", "10")),
        ("need", (battle_id, "yes")),
        ("rematch_smaller", (battle_id,)),
        ("rematch_shorter", (battle_id,)),
        ("leave", (battle_id,)),
        ("leave_event", ()),
    ]


def test_nobody_without_a_cookie_gets_anything(scripted: Application, victim: PageClient) -> None:
    before = _rows_of(scripted, victim.battle_id)
    with PageClient(scripted) as nobody:
        for cookie in (None, "x", "0" * 31, "G" * 32):
            nobody.cookies.clear()
            if cookie:
                nobody.cookies.set("arena_visitor", cookie)
            assert nobody.get(f"/watch/fr/{victim.battle_id}").status_code == 404
            for handler, values in [*_all_calls(victim.battle_id), ("start", ("Bonjour", "random", [], ""))]:
                assert problem_of(nobody.call(handler, *values)).startswith("Ce duel est introuvable"), handler
    assert _rows_of(scripted, victim.battle_id) == before


def test_another_visitor_cannot_stop_a_battle_that_is_being_written(
    scripted: Application, held: HeldUntilLetGo
) -> None:
    with PageClient(scripted) as owner, PageClient(scripted) as thief:
        battle_id = owner.start("Compte [held]")
        assert problem_of(thief.call("stop", battle_id))
        assert thief.get(f"/watch/fr/{battle_id}").status_code == 404
        held.is_let_go = True
        owner.watch()
    query = "select status from answer join turn on turn.id = turn_id where battle_id=?"
    assert scripted.rows(query, battle_id) == [("complete",)] * 2


def test_nothing_is_revealed_out_of_order(scripted: Application, victim: PageClient) -> None:
    battle_id = victim.battle_id
    for reply in (
        victim.call("names", battle_id, "a"),
        victim.call("footprints", battle_id, None, ""),
        victim.call("footprints", battle_id, "", "commentaire"),
        victim.call("footprints", battle_id, "c", ""),
        victim.call("names", battle_id, "a"),
    ):
        assert problem_of(reply)
        assert "footprints-heading" not in reply.text
    assert scripted.rows("select * from reveal where battle_id=?", battle_id) == []
    victim.call("vote", battle_id, "a")
    assert problem_of(victim.call("names", battle_id, "a")), "the names come after the footprints"
    lowered = victim.everything.lower()
    assert [name for name in NAMES if name.lower() in lowered] == []


def test_a_vote_is_one_row_and_final_after_the_reveal(scripted: Application, victim: PageClient) -> None:
    battle_id = victim.battle_id
    for outcome in ("a", "a", "b", "both_bad"):
        assert problem_of(victim.call("vote", battle_id, outcome)) == ""
    victim.call("footprints", battle_id, "both_bad", "mon avis")
    for _ in range(2):
        assert problem_of(victim.call("vote", battle_id, "a")) == FRENCH("error.battle_closed")
    victim.call("footprints", battle_id, "a", "autre avis")
    victim.call("names", battle_id, "a")
    victim.call("footprints", battle_id, "a", "autre avis")
    assert scripted.rows("select outcome, comment from vote where battle_id=?", battle_id) == [("both_bad", "mon avis")]
    assert problem_of(victim.call("follow_up", battle_id, "encore"))
    assert problem_of(victim.call("retry_a", battle_id))


def test_no_table_has_a_place_for_an_address_or_a_browser(scripted: Application, victim: PageClient) -> None:
    token = str(victim.cookies.get("arena_visitor"))
    dump = repr([scripted.rows(f"select * from {table}") for table in TABLES])
    assert token not in dump
    assert not re.search(r"python-httpx|Mozilla|127\.0\.0\.1", dump)
    assert token not in scripted.log.read_text()


def test_the_log_of_all_this_holds_no_traceback(scripted: Application) -> None:
    assert "Traceback" not in scripted.log.read_text()


def test_a_prompt_with_personal_data_or_nothing_is_refused_in_words(scripted: Application) -> None:
    with PageClient(scripted) as page:
        refused = {
            "": "Écrivez d’abord une question.",
            "  \n ": "Écrivez d’abord une question.",
            "Écris à marie.dupont@example.fr": "Votre texte semble contenir une adresse e-mail.",
            "x" * 2001: "Votre texte fait 2001 caractères.",
        }
        for prompt, words in refused.items():
            assert problem_of(page.call("start", prompt, "random", [], "")).startswith(words)
        assert problem_of(page.call("start", "Bonjour", "nonsense", [], "")) == "Ce choix n’existe pas."
        assert problem_of(page.call("start", "Bonjour", "choose", ["no-such-model"], ""))
