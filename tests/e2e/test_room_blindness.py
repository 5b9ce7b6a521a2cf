"""All that phones, the screen and the desk hear of a room before the names, searched for who wrote what."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from tests.e2e.organiser_client import OrganiserClient
from tests.e2e.room_client import Desk, Onlooker, Phone
from tests.e2e.scripts import NAMES
from tests.e2e.test_battle_over_http import found_in, shipped_models, shipped_names
from tests.serving import LIMIT_S, Application, ScriptedModels

STEPS = ("prompt", "bet", "answers", "vote", "closed", "footprints", "second_choice")
PLACES = (("room", "fr"), ("room", "en"), ("screen", "fr"), ("screen", "en"))


@contextmanager
def listening(http: httpx.Client, address: str, over: threading.Event) -> Iterator[list[str]]:
    """Every byte of a stream, until the next one after it is ``over``."""
    heard: list[str] = []
    is_there = threading.Event()

    def listen() -> None:
        with http.stream("GET", address, timeout=LIMIT_S) as reply:
            heard.append(str(reply.headers))
            for piece in reply.iter_text():
                heard.append(piece)
                is_there.set()
                if over.is_set():
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert is_there.wait(LIMIT_S), address
    try:
        yield heard
    finally:
        thread.join(LIMIT_S)


def pages_of(onlooker: Onlooker) -> None:
    """The page and our files that it names."""
    page = onlooker.page()
    for own in re.findall(r'"(/own/[^"]+)', page.text):
        onlooker.heard.append(onlooker.http.get(own).text)


def play_until_the_names(application: Application, prompt: str) -> tuple[str, str]:
    """A round with everybody listening; what was heard before the names, and in them."""
    with OrganiserClient(application) as organiser, ExitStack() as stack:
        over = threading.Event()
        event_id, code = organiser.make(title="Café IA")
        desk = Desk(application, organiser, event_id, code)
        desk.does("open")
        people = [stack.enter_context(Phone(application, code, locale)) for locale in ("fr", "en")]
        wall = [stack.enter_context(Onlooker(application, code, locale=locale)) for locale in ("fr", "en")]
        everybody = [*people, *wall]
        for one in everybody:
            pages_of(one)
        streams = [
            stack.enter_context(listening(one.http, f"/{place}/{locale}/{code}/follow", over))
            for one, (place, locale) in zip(everybody, PLACES, strict=True)
        ]
        at_desk = stack.enter_context(
            httpx.Client(
                base_url=application.url, cookies=organiser.cookies, timeout=LIMIT_S, trust_env=False, verify=False
            )
        )
        streams.append(stack.enter_context(listening(at_desk, f"/desk/fr/{event_id}/follow", over)))
        desk.does("ask", prompt=prompt, has_bet=True, is_streamed=True)
        for step in STEPS:
            desk.goes(step)
            for person in people:
                person.says(step, "3" if step == "bet" else "a")
                person.says("vote", "nothing")  # errors are heard too
            desk.press("go", step="waiting", seen=0)
        everything = [
            *(line for one in everybody for line in one.heard),
            *(piece for heard in streams for piece in heard),
        ]
        before = "\n".join(everything)
        over.set()
        desk.goes("names")
        return before, "".join(people[0].look()["parts"].values())


def test_no_catalogue_name_reaches_a_room_before_the_names(demo: Application) -> None:
    before, after = play_until_the_names(demo, "Qui es-tu ? Donne ton nom, ton créateur et ta taille.")
    assert found_in(tuple(shipped_names()), before) == []
    assert len(before) > 50_000  # it was really heard
    displayed = {entry["id"]: entry["display_name"] for entry in shipped_models()}
    stored = demo.rows(
        "select model_id from battle_side join battle on battle.id = battle_id where visitor_id like 'room-%' "
        "order by battle.created_at desc limit 2"
    )
    for (model,) in stored:
        assert displayed[model] not in before
        assert displayed[model] in after


@pytest.mark.parametrize("behaviour", ["names", "plain", "hostile"])
def test_models_that_name_themselves_stay_hidden_in_a_room(
    scripted: Application, models: ScriptedModels, behaviour: str
) -> None:
    before, after = play_until_the_names(scripted, f"Bonjour [{behaviour}] {behaviour}")
    lowered = before.lower()
    assert [name for name in NAMES if name.lower() in lowered] == []
    for mark in ("chatcmpl", "fp_", "system_fingerprint", models.base_url):
        assert mark not in lowered
    assert "Zorblax 9" in after
    assert "Flarn Large" in after
