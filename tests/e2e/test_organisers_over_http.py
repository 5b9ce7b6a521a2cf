"""The organisers' page by requests alone: who comes in, who does not, and what a script can make of it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from arena.ui.text import load_text
from tests.e2e.organiser_client import DEPLOYER, OrganiserClient
from tests.e2e.page_client import PageClient, problem_of
from tests.e2e.test_forged_calls import FORGED
from tests.serving import Application

FRENCH = load_text("fr")
REFUSED, NOT_FOUND = FRENCH("error.organise.refused"), FRENCH("error.event.not_found")
TABLES = ("event", "event_model", "organiser_link", "participant", "battle")
COOKIE = "arena_organiser"


@pytest.fixture
def deployer(scripted: Application) -> Iterator[OrganiserClient]:
    with OrganiserClient(scripted) as client:
        yield client


def rows(application: Application) -> list[Any]:
    return [application.rows(f"select * from {table} order by 1, 2") for table in TABLES]


def all_calls(event_id: str, *, version: str = "2", title: str = "Volé") -> list[tuple[str, tuple[object, ...]]]:
    """Every handler that needs an event."""
    fields: tuple[object, ...] = (title, "14/03/2026", "", "fr", "random", [], "", "free", "", "", "")
    return [
        ("pick", (event_id,)),
        ("save", (event_id, version, *fields)),
        ("move", (event_id, "closed", ["yes"], version)),
        ("make_link", (event_id, "", "")),
        ("end_link", (event_id, "0" * 32)),
        ("delete", (event_id, "ABCDEF")),
    ]


def test_looking_at_a_link_lets_nobody_in_and_pressing_its_button_does(
    scripted: Application, deployer: OrganiserClient
) -> None:
    event_id, _ = deployer.make(title="Par le lien", locale="en")
    secret = deployer.make_link(event_id, label="Léa")
    with OrganiserClient(scripted, "") as browser:
        page = browser.get(f"/organise/open/{secret}")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in page.headers
        assert f'value="{secret}"' in page.text
        reply = browser.enter(secret)
        assert (reply.status_code, reply.headers["location"]) == (303, "/organise/en/")
        attributes = reply.headers["set-cookie"].lower()
        assert "httponly" in attributes
        assert "samesite=lax" in attributes
        assert secret not in attributes
        assert "Par le lien" in browser.call("load", "").text
        assert secret not in browser.call("load", "").text
    assert secret not in scripted.log.read_text()
    assert DEPLOYER not in scripted.log.read_text()


def test_without_a_valid_cookie_every_handler_refuses_and_the_page_says_how_to_get_in(
    scripted: Application, deployer: OrganiserClient
) -> None:
    event_id, code = deployer.make(title="Secrète")
    signed = str(deployer.cookies[COOKIE])
    tampered = signed[:-1] + ("0" if signed[-1] != "0" else "1")
    before = rows(scripted)
    with OrganiserClient(scripted, "") as nobody:
        for cookie in (None, "x", tampered, signed.replace("deployer", "0" * 32)):
            nobody.cookies.clear()
            if cookie:
                nobody.cookies.set(COOKIE, cookie)
            assert FRENCH("organise.closed") in nobody.call("load", event_id).text
            for handler, values in [*all_calls(event_id), *all_calls("")]:
                assert problem_of(nobody.call(handler, *values)) == REFUSED, handler
            for number in nobody.inputs.keys() - {nobody.handlers["load"]}:
                assert problem_of(nobody.try_on(number, event_id)) in (REFUSED, FRENCH("error.invalid_choice")), number
        heard = nobody.everything
    assert "Secrète" not in heard
    assert code not in heard
    assert rows(scripted) == before


def test_an_organiser_can_do_nothing_to_the_event_of_another_one(
    scripted: Application, deployer: OrganiserClient
) -> None:
    theirs, their_code = deployer.make(title="La leur")
    mine, _ = deployer.make(title="La mienne")
    with OrganiserClient(scripted, deployer.make_link(mine)) as organiser:
        before = rows(scripted)
        for handler, values in all_calls(theirs):
            assert problem_of(organiser.call(handler, *values)) == NOT_FOUND, handler
        assert problem_of(organiser.call("delete", theirs, their_code)) == NOT_FOUND
        assert problem_of(organiser.save(title="Nouvelle")) == REFUSED, "only the deployer makes events"
        for forged in (theirs, "", "nowhere"):
            assert "La mienne" in organiser.call("load", forged).text
        assert "La leur" not in organiser.everything
        assert their_code not in organiser.everything
        assert rows(scripted) == before
        assert problem_of(organiser.save(mine, "2", title="La mienne, changée")) == ""
        assert "La mienne, changée" in organiser.call("load", "").text


def test_no_listener_shows_or_changes_the_duels_of_another_organisers_event(
    scripted: Application, deployer: OrganiserClient
) -> None:
    (theirs, their_code), (mine, _) = deployer.make(), deployer.make()
    with PageClient(scripted) as page, OrganiserClient(scripted, deployer.make_link(mine)) as organiser:
        page.get(f"/e/{their_code}")
        battle = page.start("Une question à ne pas voir ?")
        page.watch()
        for number in organiser.inputs:
            organiser.try_on(number, theirs)
        for act in ("hide", "delete"):
            for event_id in (theirs, mine, ""):
                assert problem_of(organiser.call("confirm", event_id, "", "0", f"{act} {battle} 0"))
        heard = organiser.everything
    assert "à ne pas voir" not in heard
    assert their_code not in heard
    assert scripted.rows("select hidden_at from turn where battle_id=?", battle) == [(None,)]


def test_a_revoked_link_stops_working_at_once(scripted: Application, deployer: OrganiserClient) -> None:
    event_id, _ = deployer.make()
    secret = deployer.make_link(event_id)
    (link_id,) = scripted.rows("select id from organiser_link where event_id=?", event_id)[0]
    with OrganiserClient(scripted, secret) as organiser:
        assert problem_of(organiser.call("pick", event_id)) == ""
        assert problem_of(deployer.call("end_link", event_id, link_id)) == ""
        assert problem_of(organiser.call("pick", event_id)) == REFUSED
        assert FRENCH("organise.closed") in organiser.call("load", event_id).text
        assert organiser.enter(secret).status_code == 403


def test_the_way_out_takes_the_cookie_back(scripted: Application) -> None:
    with OrganiserClient(scripted) as organiser:
        assert organiser.post("/organise/leave").status_code == 303
        assert COOKIE not in organiser.cookies
        assert problem_of(organiser.call("pick", "")) == REFUSED


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
def test_no_other_site_can_act_for_an_organiser(scripted: Application, headers: dict[str, str]) -> None:
    with OrganiserClient(scripted) as organiser:
        before = rows(scripted)
        organiser.send_always(headers)
        assert organiser.enter(DEPLOYER).status_code == 403
        assert problem_of(organiser.save(title="D’ailleurs")) == REFUSED
        organiser.post("/organise/leave")
        assert COOKIE in organiser.cookies
        assert rows(scripted) == before


def test_wrong_secrets_are_refused_in_words(scripted: Application) -> None:
    with OrganiserClient(scripted, "") as browser:
        for secret in ("", "x", DEPLOYER[:-1], "<script>", "é" * 500):
            reply = browser.enter(secret)
            assert reply.status_code == 403
            assert REFUSED in reply.text
            assert "<script>" not in reply.text
        assert browser.post("/organise/enter", content=b"\xff\xfe=%%%").status_code == 403
        assert browser.get("/organise/open/%22%3E%3Cscript%3E").text.count("<script>") == 0
        assert browser.get("/organise").headers["location"] == "/organise/fr/"


def test_two_organisers_do_not_overwrite_each_other(scripted: Application, deployer: OrganiserClient) -> None:
    event_id, _ = deployer.make()
    with OrganiserClient(scripted, deployer.make_link(event_id)) as other:
        assert problem_of(deployer.save(event_id, "2", title="Le premier")) == ""
        assert problem_of(other.save(event_id, "2", title="Le second")) == FRENCH("error.event.changed")
        assert problem_of(other.call("move", event_id, "closed", ["yes"], "2")) == FRENCH("error.event.changed")
    assert scripted.rows("select title, state from event where id=?", event_id) == [("Le premier", "open")]


def test_a_state_is_changed_only_once_it_is_confirmed(scripted: Application, deployer: OrganiserClient) -> None:
    event_id, _ = deployer.make()
    for confirmed in ([], ["no"], ["yes", "yes"]):
        reply = deployer.call("move", event_id, "closed", confirmed, "2")
        assert problem_of(reply) == FRENCH("error.event.confirm")
    assert scripted.rows("select state from event where id=?", event_id) == [("open",)]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"title": "x" * 1000}, "title"),
        ({"place": "x" * 1000}, "place"),
        ({"held_on": "30/02/2026"}, "date"),
        ({"max_answer_tokens": "-5"}, "max_answer_tokens"),
        ({"max_answers": "-5"}, "max_answers"),
        ({"models": ["quux/zorblax-9", "nobody/knows"]}, "unknown_model"),
        ({"models": ["quux/zorblax-9"]}, "one_model"),
    ],
)
def test_a_form_that_is_impossible_is_refused_in_words(
    scripted: Application, deployer: OrganiserClient, fields: dict[str, Any], key: str
) -> None:
    before = rows(scripted)
    words = problem_of(deployer.save(**fields))
    pattern = re.sub(r"\\{\w+\\}", ".+", re.escape(FRENCH.entries[f"error.event.{key}"]))
    assert re.fullmatch(pattern, words), words
    assert rows(scripted) == before


def test_deleting_needs_the_code_and_deletes_every_row(scripted: Application, deployer: OrganiserClient) -> None:
    event_id, code = deployer.make()
    deployer.make_link(event_id)
    with PageClient(scripted) as page:
        page.get(f"/e/{code}")
        battle_id = page.start("À effacer ?")
        page.watch()
        assert problem_of(deployer.call("delete", event_id, "AAAAAA")) == FRENCH("error.event.typed_code")
        assert problem_of(deployer.call("delete", event_id, code.lower())) == ""
        assert problem_of(page.call("vote", battle_id, "a")).startswith("Ce duel est introuvable")
    assert scripted.rows("select * from event where id=?", event_id) == []
    for table in ("event_model", "organiser_link", "participant", "battle"):
        assert scripted.rows(f"select * from {table} where event_id=?", event_id) == [], table
    assert scripted.rows("select * from turn where battle_id=?", battle_id) == []


def test_no_forged_value_makes_any_function_of_this_page_fail(scripted: Application, deployer: OrganiserClient) -> None:
    event_id, _ = deployer.make(title="Visée")
    with OrganiserClient(scripted, deployer.make_link(event_id)) as organiser:
        for number, count in organiser.inputs.items():
            for value in FORGED:
                for place in range(max(count, 1)):
                    values: list[Any] = ["nowhere", *[""] * count][:count]
                    values[place : place + 1] = [value]
                    _is_harmless(organiser.call(number, *values[:count]), organiser)
    assert scripted.rows("select title, version from event where id=?", event_id) == [("Visée", 2)]
    assert "Traceback" not in scripted.log.read_text()


def _is_harmless(reply: httpx.Response, organiser: OrganiserClient) -> None:
    assert reply.status_code in (200, 422)
    assert not re.search(r'traceback|file "', reply.text.lower())
    assert str(organiser.cookies.get(COOKIE)) not in reply.text


def test_models_are_named_to_organisers_and_not_to_participants(
    scripted: Application, deployer: OrganiserClient
) -> None:
    event_id, code = deployer.make(models=["quux/zorblax-9", "wibble/flarn"])
    assert "Zorblax 9" in deployer.call("load", event_id).text
    with PageClient(scripted) as page:
        page.get(f"/e/{code}")
        page.get("/organise/fr/")
        page.get("/organise/fr/config")
        page.call("load")
        assert "zorblax" not in page.everything.lower()
