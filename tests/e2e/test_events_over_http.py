"""A meeting with requests alone: joined by its code, played in, closed, and still blind."""

import html
from collections.abc import Iterator

import pytest

from arena.services.suggestions import load_suggestions
from arena.ui.text import load_text
from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.page_client import PageClient, problem_of
from tests.e2e.scripts import NAMES
from tests.serving import Application

FRENCH, ENGLISH = load_text("fr"), load_text("en")
EVIL = "<script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=2> {0} ${x}"


@pytest.fixture
def organiser(scripted: Application) -> Iterator[OrganiserClient]:
    with OrganiserClient(scripted) as client:
        yield client


def event_of(application: Application, battle_id: str) -> object:
    return application.rows("select event_id from battle where id=?", battle_id)[0][0]


def test_a_battle_is_joined_by_code_played_and_refused_once_the_event_is_closed(
    scripted: Application, organiser: OrganiserClient
) -> None:
    event_id, code = organiser.make(title="La rencontre du jeudi")
    with PageClient(scripted) as page:
        reply = page.get(f"/e/{code.lower()}")
        assert (reply.status_code, reply.headers["location"]) == (303, "/fr/")
        assert "La rencontre du jeudi" in page.call("load").text
        voted = page.start("Pourquoi [names] ?")
        page.watch()
        page.call("vote", voted, "a")
        unvoted = page.start("Et pourquoi ?")
        page.watch()
        organiser.move(event_id, "closed")
        closed = FRENCH("error.event.closed")
        for handler, values in (
            ("start", ("Encore ?", "random", [], "")),
            ("follow_up", (unvoted, "et alors ?")),
            ("vote", (unvoted, "a")),
            ("vote", (voted, "b")),
            ("react_a", (unvoted, "liked", [])),
        ):
            assert problem_of(page.call(handler, *values)) == closed, handler
        assert FRENCH("event.note.closed") in page.call("load").text
        assert [name for name in NAMES if name.lower() in page.everything.lower()] == []
        assert "footprints-heading" in page.call("footprints", voted, "a", "un mot de plus").text
        assert "names-heading" in page.call("names", voted, "a").text
    assert {event_of(scripted, battle) for battle in (voted, unvoted)} == {event_id}
    assert scripted.rows("select battle_id from vote where battle_id in (?, ?)", voted, unvoted) == [(voted,)]


def test_the_code_leads_to_the_page_in_the_events_language(scripted: Application, organiser: OrganiserClient) -> None:
    _, code = organiser.make(locale="en")
    with PageClient(scripted) as page:
        assert page.get(f"/fr/join?code={code[:3]}+{code[3:]}").headers["location"] == "/en/"


@pytest.mark.parametrize(("language", "text"), [("fr-FR,fr;q=0.9", FRENCH), ("en-GB,en", ENGLISH), ("de", FRENCH)])
def test_an_unknown_code_shows_a_calm_page_with_a_field(scripted: Application, language: str, text: object) -> None:
    words = FRENCH if text is FRENCH else ENGLISH
    with PageClient(scripted) as page:
        for path in ("/e/AAAAAA", "/e/%3Cscript%3E", "/e/" + "x" * 500, "/e/a/b/c"):
            reply = page.get(path, headers={"accept-language": language})
            assert reply.status_code == 404
            assert html.unescape(reply.text).count(words("error.event.code")) == 1
            assert 'name="code"' in reply.text
            assert "<script>" not in reply.text
            assert reply.headers["cache-control"] == "no-store"


def test_after_five_wrong_codes_each_further_one_is_asked_to_wait(
    scripted: Application, organiser: OrganiserClient
) -> None:
    _, code = organiser.make()
    with PageClient(scripted) as page, PageClient(scripted) as neighbour:
        assert [page.get(f"/e/{wrong}22222").status_code for wrong in "ABCDEFG"] == [404] * 5 + [429] * 2
        reply = page.get(f"/e/{code}")
        assert reply.status_code == 429
        assert 0 < int(reply.headers["retry-after"]) <= 601
        assert FRENCH("error.event.too_many_tries") in html.unescape(reply.text)
        assert neighbour.get(f"/e/{code}").status_code == 303


def test_a_first_visit_by_code_gets_the_cookie_and_then_joins(
    scripted: Application, organiser: OrganiserClient
) -> None:
    event_id, code = organiser.make()
    with PageClient(scripted) as page:
        page.cookies.clear()
        first = page.get(f"/e/{code}")
        assert (first.status_code, first.headers["location"]) == (303, f"/e/{code}?again=1")
        assert scripted.rows("select * from participant where event_id=?", event_id) == []
        assert page.get(first.headers["location"]).headers["location"] == "/fr/"
        assert len(scripted.rows("select * from participant where event_id=?", event_id)) == 1
        page.cookies.clear()
        refused = page.get(f"/e/{code}?again=1")
        assert refused.status_code == 400
        assert FRENCH("join.cookie") in html.unescape(refused.text)


def test_a_draft_cannot_be_joined_and_says_so(scripted: Application, organiser: OrganiserClient) -> None:
    _, code = organiser.make(is_open=False)
    with PageClient(scripted) as page:
        reply = page.get(f"/e/{code}")
        assert reply.status_code == 409
        assert FRENCH("error.event.draft") in html.unescape(reply.text)
        assert page.get("/e/").headers["location"] == "/fr/join"


def test_who_leaves_plays_outside_of_any_event(scripted: Application, organiser: OrganiserClient) -> None:
    event_id, code = organiser.make(title="À quitter")
    with PageClient(scripted) as page:
        assert "event.join" not in page.call("load").text
        page.get(f"/e/{code}")
        assert event_of(scripted, page.start("Dedans ?")) == event_id
        page.watch()
        assert "À quitter" not in page.call("leave_event").text
        assert event_of(scripted, page.start("Dehors ?")) is None


def test_an_event_of_suggestions_refuses_free_text(scripted: Application, organiser: OrganiserClient) -> None:
    event_id, code = organiser.make(moderation="suggestions")
    item = load_suggestions().items[0]
    with PageClient(scripted) as page:
        page.get(f"/e/{code}")
        assert 'data-moderation=\\"suggestions\\"' in page.call("load").text
        refused = page.call("start", "Un texte libre", "random", [], "")
        assert problem_of(refused) == FRENCH("error.prompt.suggestions_only")
        battle_id = page.start(item.text["fr"])
    assert scripted.rows("select event_id, theme from battle where id=?", battle_id) == [(event_id, item.theme_id)]


def test_models_are_named_beforehand_only_in_an_event_of_chosen_ones(
    scripted: Application, organiser: OrganiserClient
) -> None:
    _, blind = organiser.make(mode="small_vs_big")
    _, chosen = organiser.make(mode="choose")
    with PageClient(scripted) as page:
        page.get(f"/e/{blind}")
        page.call("load")
        page.call("offer", "choose")
        assert [name for name in NAMES if name.lower() in page.everything.lower()] == []
        page.get(f"/e/{chosen}")
        assert "Zorblax 9" in page.call("load").text


def test_nothing_that_an_organiser_typed_becomes_markup(scripted: Application, organiser: OrganiserClient) -> None:
    event_id, code = organiser.make(title=EVIL[:119], place=EVIL[:119])
    organiser.make_link(event_id, label=EVIL[:119])
    with PageClient(scripted) as page:
        page.get(f"/e/{code}")
        shown = [page.call("load").json()["data"], organiser.call("load", event_id).json()["data"]]
    fragments = [value for data in shown for value in data if isinstance(value, str) and "<" in value]
    assert any("&lt;script&gt;" in fragment for fragment in fragments)
    assert [fragment for fragment in fragments if "<script" in fragment or "<img" in fragment] == [EVIL[:119]] * 2
