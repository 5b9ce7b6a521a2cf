"""Rehearsals on the running application: what they find is really so, and nothing of them stays."""

import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from arena.services.lan import find_addresses
from tests.domain.recorded import SMALL_FILE
from tests.e2e.organiser_client import DEPLOYER, OrganiserClient
from tests.e2e.rehearsing import LIMIT_S, Rehearsing, page_of, press, rehearse, way_into
from tests.e2e.room_client import Desk
from tests.e2e.scripts import MODELS, make_scripts
from tests.providers.fake_server import replying
from tests.serving import ScriptedModels, running, serving_models, write_catalogue

TIMED = ("Étapes", "Votes")  # how fast they come is this machine's affair
OTHERS = (
    "Modèles", "Disque", "Adresse", "Arrivée", "Retour après une coupure", "Image projetée", "Horloge",
    "Salles ouvertes",
)  # fmt: skip


@pytest.fixture(scope="module")
def models() -> Iterator[ScriptedModels]:
    with serving_models(ScriptedModels(make_scripts())) as server:
        yield server


@pytest.fixture(scope="module")
def application(models: ScriptedModels, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsing]:
    with running(of_models(models, tmp_path_factory.mktemp("rehearsing"))) as application:
        yield application


@pytest.fixture
def organiser(application: Rehearsing) -> Iterator[OrganiserClient]:
    with OrganiserClient(application) as organiser:
        yield organiser


def of_models(models: ScriptedModels, folder: Path) -> Rehearsing:
    catalogue = write_catalogue(folder / "models.yaml", models.base_url, MODELS)
    return Rehearsing(folder, catalogue=str(catalogue), demo="never", deployer_secret=DEPLOYER)


def settled(application: Rehearsing) -> dict[str, int]:
    """Rows of every table, once what is counted in the background has been."""
    limit, counts = time.monotonic() + LIMIT_S, application.counts()
    while (again := application.counts()) != counts or again.get("census_change"):
        assert time.monotonic() < limit, again
        counts = again
        time.sleep(0.3)
    return counts


def room_of_its_own(application: Rehearsing, organiser: OrganiserClient) -> tuple[str, Desk]:
    """An event whose room is open, for a base URL of its own."""
    event_id, code = organiser.make(title="Café IA")
    desk = Desk(application, organiser, event_id, code)
    desk.does("open")
    return event_id, desk


def test_a_room_that_is_ready_is_fine_and_no_row_of_its_rehearsal_stays(
    application: Rehearsing, organiser: OrganiserClient, models: ScriptedModels
) -> None:
    ours = [one.ip for one in find_addresses() if not ip_address(one.ip).is_global]
    if not ours:
        pytest.skip("this machine is in no private network")
    event_id, _ = organiser.make(title="Café IA")
    application.open_door(ours[0])
    before, asked = settled(application), len(models.requests)
    try:
        found = rehearse(organiser, event_id)
    finally:
        application.close_door()
    assert {name: found[name] for name in OTHERS if not found[name][0]} == {}
    assert ours[0] in found["Adresse"][1]
    assert "20 téléphones sur 20" in found["Arrivée"][1]
    assert len(models.requests) == asked + 2  # two words of each model, and no answer to a round
    assert settled(application) == before
    assert "20 sur 20" in found["Votes"][1], "however fast they were"


def test_a_closed_door_is_told_and_all_the_rest_is_tried_all_the_same(organiser: OrganiserClient) -> None:
    event_id, _ = organiser.make(title="Café IA")
    found = rehearse(organiser, event_id, width="")
    assert {name for name, (is_fine, _) in found.items() if not is_fine} - {*TIMED} == {"Adresse", "Image projetée"}
    assert "Ouvrez la salle au pupitre" in found["Adresse"][1]
    assert "127.0.0.1" in found["Adresse"][1]


def test_a_server_of_models_that_fails_is_told_with_names_and_reasons(tmp_path: Path) -> None:
    broken = ScriptedModels({"plain": replying(500, b'{"error": {"message": "secret words of the provider"}}')})
    with (
        serving_models(broken) as models,
        running(of_models(models, tmp_path)) as application,
        OrganiserClient(application) as organiser,
    ):
        found = rehearse(organiser, organiser.make(title="Café IA")[0])
    is_fine, words = found["Modèles"]
    assert not is_fine
    assert "Zorblax 9" in words
    assert "Flarn Large" in words
    assert "secret words" not in words
    assert found["Arrivée"][0]


def test_the_demonstration_alone_is_told(tmp_path: Path) -> None:
    demo = Rehearsing(tmp_path, demo="always", deployer_secret=DEPLOYER)
    with running(demo) as application, OrganiserClient(application) as organiser:
        found = rehearse(organiser, organiser.make(title="Café IA")[0])
    assert not found["Modèles"][0]
    assert "démonstration" in found["Modèles"][1]


def test_recorded_duels_are_enough_for_a_room(tmp_path: Path) -> None:
    file = tmp_path / "meeting.duels.json"
    file.write_bytes(SMALL_FILE)
    alone = Rehearsing(tmp_path, demo="never", recorded=str(file), deployer_secret=DEPLOYER)
    with running(alone) as application, OrganiserClient(application) as organiser:
        is_fine, words = rehearse(organiser, organiser.make(title="Café IA")[0])["Modèles"]
    assert is_fine
    assert "duels enregistrés" in words


def test_a_slow_way_in_is_told_by_the_votes(application: Rehearsing, organiser: OrganiserClient) -> None:
    event_id, desk = room_of_its_own(application, organiser)
    with way_into(application, delay_s=0.7) as url:
        application.write("update room set base_url = ? where event_id = ?", url, event_id)
        found = rehearse(organiser, event_id)
    desk.does("close")
    assert found["Arrivée"][0]
    assert not found["Votes"][0]
    assert "au lieu de 500" in found["Votes"][1]


def test_a_way_in_that_breaks_is_told_and_the_rehearsal_ends(
    application: Rehearsing, organiser: OrganiserClient
) -> None:
    event_id, desk = room_of_its_own(application, organiser)
    before = settled(application)
    with way_into(application, streams=20) as url:
        application.write("update room set base_url = ? where event_id = ?", url, event_id)
        found = rehearse(organiser, event_id)
    assert found["Arrivée"][0]
    assert "Des étapes ne sont pas arrivées" in found["Étapes"][1]
    assert not any(found[name][0] for name in ("Étapes", "Votes", "Retour après une coupure"))
    assert settled(application) == before
    found = rehearse(organiser, event_id)  # now nothing answers there at all
    desk.does("close")
    assert f"Le code QR mène à {url}" in found["Adresse"][1]
    assert found["Arrivée"][0], "this machine itself was tried instead"


def test_a_second_press_is_refused_in_words(organiser: OrganiserClient) -> None:
    (one, _), (other, _) = organiser.make(title="Jeudi"), organiser.make(title="Vendredi")
    assert press(organiser, one).status_code == 303
    for event_id in (one, other):
        refused = press(organiser, event_id)
        assert refused.status_code == 409
        assert "déjà en cours" in refused.text
    page_of(organiser, one)  # until it is over
    assert press(organiser, other).status_code == 303
    page_of(organiser, other)


def test_no_rehearsal_while_a_room_votes(application: Rehearsing, organiser: OrganiserClient) -> None:
    event_id, desk = room_of_its_own(application, organiser)
    desk.does("ask", prompt="Pourquoi le ciel est-il bleu ?")
    desk.goes("answers", "vote")
    refused = press(organiser, event_id)
    assert refused.status_code == 409
    assert "en train de répondre" in refused.text
    desk.goes("closed")
    found = rehearse(organiser, event_id)
    assert "Une manche de cette rencontre est restée en cours" in found["Salles ouvertes"][1]
    other, _ = organiser.make(title="Vendredi")
    assert "Café IA" in rehearse(organiser, other)["Salles ouvertes"][1]
    desk.does("close")


def test_what_a_killed_rehearsal_left_is_gone_after_the_next_start(
    application: Rehearsing, organiser: OrganiserClient
) -> None:
    event_id, _ = organiser.make(title="Café IA")
    before = settled(application)
    kill_in_the_middle(application, organiser, event_id)
    application.start()
    assert settled(application) == before


def kill_in_the_middle(application: Rehearsing, organiser: OrganiserClient, event_id: str) -> None:
    """Kill the application while it rehearses; whoever was held up meanwhile comes too late, and tries again."""
    for _ in range(5):
        assert press(organiser, event_id).status_code == 303
        limit = time.monotonic() + LIMIT_S
        while not application.rows("select 1 from vote join battle on battle.id = battle_id where battle.is_blind = 0"):
            assert time.monotonic() < limit, "nobody votes"
            time.sleep(0.01)
        application.kill()
        if application.rows("select count(*) from event where id like 'rehearsal-%'") == [(1,)]:
            return
        application.start()
    raise AssertionError("every rehearsal was over before it was killed")


def test_nobody_else_gets_in(application: Rehearsing, organiser: OrganiserClient) -> None:
    (event_id, _), (other, _) = organiser.make(title="Jeudi"), organiser.make(title="Vendredi")
    secret = organiser.make_link(other)
    with OrganiserClient(application, "") as stranger, OrganiserClient(application, secret) as neighbour:
        for one in (stranger, neighbour):
            assert page_of(one, event_id).status_code == 404
            refused = press(one, event_id)
            assert refused.status_code == 404
            assert "votre lien n’y donne pas accès" in refused.text
        assert page_of(neighbour, other).status_code == 200
    assert page_of(organiser, event_id, "de").status_code == 404
    assert page_of(organiser, "0" * 32).status_code == 404
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    form = {"event": event_id, "locale": "fr", "width": ""}
    assert organiser.post("/organise/rehearse", data=form, headers=elsewhere).status_code == 404
    assert "Lancer le test" in page_of(organiser, event_id).text, "nothing began"


def test_an_impossible_width_is_refused_in_words(organiser: OrganiserClient) -> None:
    event_id, _ = organiser.make(title="Café IA")
    refused = press(organiser, event_id, width="240", locale="en")
    assert refused.status_code == 409
    assert "This width is not possible" in refused.text
    assert "Start the trial" in page_of(organiser, event_id, "en").text
