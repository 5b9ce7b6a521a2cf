"""School mode and the kit as a browser or a script meets them, over HTTP."""

import html
from collections.abc import Iterator

import pytest

from arena.services.suggestions import load_suggestions
from arena.ui.kit_page import KIT_PATH
from arena.ui.text import LOCALES, load_text
from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.page_client import PageClient, problem_of
from tests.serving import Application

FRENCH = load_text("fr")
SUGGESTION = load_suggestions().items[0].text["fr"]


@pytest.fixture
def organiser(scripted: Application) -> Iterator[OrganiserClient]:
    with OrganiserClient(scripted) as client:
        yield client


def in_mode(organiser: OrganiserClient, event_id: str, moderation: str) -> None:
    """Change what participants may ask."""
    organiser.save(event_id, str(organiser.version_of(event_id)), moderation=moderation)


def heard(client: PageClient) -> str:
    return client.everything.replace("\xa0", " ")


@pytest.mark.parametrize("prompt", ["Un texte libre", SUGGESTION, "", "x" * 3000])
def test_a_page_that_sends_a_question_all_the_same_is_refused_in_words(
    scripted: Application, organiser: OrganiserClient, prompt: str
) -> None:
    event_id, code = organiser.make(moderation="school")
    with PageClient(scripted) as page:
        page.get(f"/e/{code}")
        shown = html.unescape("".join(filter(lambda one: isinstance(one, str), page.call("load").json()["data"])))
        assert 'data-moderation="school"' in shown
        assert FRENCH("event.note.school") in shown
        assert FRENCH("school.notice.heading") in shown
        assert problem_of(page.call("start", prompt, "random", [], ""))
        if prompt and len(prompt) < 2000:
            assert problem_of(page.call("start", prompt, "choose", [], "")) == FRENCH("error.school.prompt")
    assert scripted.rows("select * from battle where event_id=?", event_id) == []


def test_a_duel_from_before_takes_no_word_any_more_whichever_handler_is_called(
    scripted: Application, organiser: OrganiserClient
) -> None:
    event_id, code = organiser.make()
    with PageClient(scripted) as page:
        page.get(f"/e/{code}")
        battle_id = page.start("Avant l’école ?")
        page.watch()
        in_mode(organiser, event_id, "school")
        assert problem_of(page.call("follow_up", battle_id, SUGGESTION)) == FRENCH("error.school.prompt")
        refused = page.call("footprints", battle_id, "a", "Un commentaire")
        assert problem_of(refused) == FRENCH("error.school.comment")
        assert scripted.rows("select * from vote where battle_id=?", battle_id) == []
        assert scripted.rows("select * from reveal where battle_id=?", battle_id) == []
        assert problem_of(page.call("vote", battle_id, "a")) == ""
        page.call("footprints", battle_id, "a", "")
        page.call("names", battle_id, "b")
        for kind in ("smaller", "shorter"):
            assert problem_of(page.call(f"rematch_{kind}", battle_id)) == FRENCH("error.school.prompt")
    assert scripted.rows("select comment from vote where battle_id=?", battle_id) == [("",)]
    assert len(scripted.rows("select * from turn where battle_id=?", battle_id)) == 1
    assert len(scripted.rows("select * from battle where event_id=?", event_id)) == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_the_privacy_page_speaks_to_children_of_a_school_and_is_never_kept(
    scripted: Application, organiser: OrganiserClient, locale: str
) -> None:
    _, school = organiser.make(moderation="school")
    _, other = organiser.make()
    heading = load_text(locale)("school.notice.heading")
    with PageClient(scripted) as page:
        for code, is_there in ((None, False), (other, False), (school, True)):
            if code:
                page.get(f"/e/{code}")
            reply = page.get(f"/{locale}/privacy")
            assert (heading in html.unescape(reply.text)) is is_there
            assert reply.headers["cache-control"] == "no-store"


def test_the_settings_offer_the_mode_in_one_line(scripted: Application, organiser: OrganiserClient) -> None:
    event_id, _ = organiser.make(moderation="school")
    assert scripted.rows("select moderation from event where id=?", event_id) == [("school",)]
    assert FRENCH("settings.moderation.school").replace("\xa0", " ") in heard(organiser)
    assert FRENCH("settings.moderation.info").replace("\xa0", " ") in heard(organiser)


# The kit


def kit_of(event_id: str, locale: str = "fr") -> str:
    return KIT_PATH.format(locale=locale, event_id=event_id)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_organiser_opens_the_kit_of_their_event_and_its_code_leads_to_where_they_are(
    scripted: Application, organiser: OrganiserClient, locale: str
) -> None:
    event_id, code = organiser.make(title="Café <b>IA</b>")
    reply = organiser.get(kit_of(event_id, locale), params={"address": "http://evil.example", "part": "poster"})
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert f"{scripted.url}/e/{code}" in reply.text
    assert "evil.example" not in reply.text
    assert "Café &lt;b&gt;IA&lt;/b&gt;" in reply.text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_organisers_page_leads_to_the_kit_of_the_chosen_event(scripted: Application, locale: str) -> None:
    with OrganiserClient(scripted, locale=locale) as organiser:
        event_id, _ = organiser.make()
        shown = [str(part) for part in organiser.call("load", event_id).json()["data"]]
        assert f'href="{kit_of(event_id, locale)}"' in "".join(shown)
        nothing_chosen = [str(part) for part in organiser.call("load", "").json()["data"]]
        assert KIT_PATH.split("{")[0] not in "".join(nothing_chosen)


def test_nobody_else_learns_whether_there_is_a_kit(scripted: Application, organiser: OrganiserClient) -> None:
    mine, _ = organiser.make()
    theirs, _ = organiser.make()
    secret = organiser.make_link(mine)
    with OrganiserClient(scripted, secret) as invited, PageClient(scripted) as stranger:
        assert invited.get(kit_of(mine)).status_code == 200
        replies = [invited.get(kit_of(theirs)), invited.get(kit_of("f" * 32)), stranger.get(kit_of(mine))]
        assert [reply.status_code for reply in replies] == [404] * 3
        assert len({reply.text for reply in replies}) == 1
        assert FRENCH("kit.missing") in html.unescape(replies[0].text)
        assert stranger.get(kit_of(mine, "de")).status_code == 404
        assert invited.post(kit_of(mine)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "pages", "name"),
    [
        ({}, 6, "Standard, 60 minutes"),
        ({"part": "cards"}, 2, None),
        ({"part": "lunch", "sheet": "lunch"}, 6, "Standard, 60 minutes"),
        ({"part": "sheet", "sheet": "stand"}, 1, "Stand libre"),
        ({"part": "<script>", "sheet": "\x00" * 500}, 6, "Standard, 60 minutes"),
    ],
)
def test_what_is_asked_for_is_printed_and_the_unknown_is_ignored(
    organiser: OrganiserClient, asked: dict[str, str], pages: int, name: str | None
) -> None:
    event_id, _ = organiser.make()
    shown = organiser.get(kit_of(event_id), params=asked).text
    assert shown.count('<section class="page ') == pages
    assert name is None or f"· {name}</h2>" in shown
    assert "lunch" not in shown
    assert shown.count("<script") == 1
