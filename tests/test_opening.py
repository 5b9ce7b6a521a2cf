"""From settings to an open arena and back: what is stored when it closes, and what it finds when it opens."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from arena.domain.battle import AnswerStatus, Battle
from arena.domain.catalogue import EndpointKind
from arena.domain.pairing import PairingMode
from arena.domain.side import Side
from arena.errors import StorageError
from arena.opening import catalogue_of, database_url_of, open_arena, rules_of, start_rules_of
from arena.services.arena import Arena
from arena.services.footprints import FootprintService
from arena.services.front_door import FrontDoor
from arena.settings import Settings
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine, upgrade
from tests.e2e.page_client import PageClient
from tests.providers.fake_server import Connection, Script, hanging_after, streaming, word
from tests.services.upstream import says
from tests.serving import LIMIT_S, Application, ScriptedModels, running, serving_models, write_catalogue
from tests.storage.making import BATTLE, make_battle

SERVICE = FootprintService.load()
SHIPPED = Path(__file__).parent.parent / "models.yaml"
ANNE = "anne"


def settings_in(folder: Path, **changes: object) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder}/arena.db",
        find_local_servers=False,
        **{"catalogue": SHIPPED, "demo": "always", "demo_speed": 20.0, **changes},  # type: ignore[arg-type]
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Arena]:
    async with open_arena(settings, catalogue_of(settings, SERVICE), SERVICE) as arena:
        yield arena


def stored(folder: Path, battle_id: str) -> Battle:
    engine = open_engine(f"sqlite:///{folder}/arena.db")
    try:
        return BattleStore(engine).get_battle(battle_id)
    finally:
        engine.dispose()


async def start(arena: Arena, prompt: str = "Pourquoi le ciel est-il bleu ?") -> str:
    return await arena.duel.start(ANNE, prompt, mode=PairingMode.RANDOM, locale="fr")


async def test_with_nothing_but_the_demo_a_whole_battle_is_played(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with opened(settings) as arena:
        assert any(arena.line_up.kind_of(model.id) is EndpointKind.DEMO for model in arena.line_up.models)
        battle_id = await arena.duel.start(ANNE, "Bonjour", mode=PairingMode.SMALL_VS_BIG, locale="fr")
        last = [snapshot async for snapshot in arena.duel.watch(ANNE, battle_id)][-1]
        assert (last.is_over, last.can_be_voted, last.is_demo) == (True, True, True)
        await arena.battles.vote(ANNE, battle_id, "both_good")
    version = catalogue_of(settings, SERVICE).version
    engine = create_engine(str(settings.database_url))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT catalogue_version, is_demo FROM battle")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(version, True)]


async def test_closing_stores_what_came_of_a_running_battle(tmp_path: Path) -> None:
    hanging = ScriptedModels({"plain": hanging_after(word("Il était "))})
    with serving_models(hanging) as models:
        catalogue = write_catalogue(tmp_path / "models.yaml", models.base_url, MODELS)
        async with opened(settings_in(tmp_path, catalogue=catalogue, demo="never", silence_s=600)) as arena:
            battle_id = await start(arena)
            async for snapshot in arena.duel.watch(ANNE, battle_id):
                if all(answer.text for answer in snapshot.turns[0].answers.values()):
                    break
    answers = (await asyncio.to_thread(stored, tmp_path, battle_id)).turns[0].answers
    assert {(one.status, one.text) for one in answers.values()} == {(AnswerStatus.STOPPED, "Il était ")}


async def test_answers_left_open_by_a_dead_process_are_closed_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def leave_open() -> None:
        engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
        upgrade(engine)
        BattleStore(engine).create_battle(make_battle())
        engine.dispose()

    await asyncio.to_thread(leave_open)
    async with opened(settings_in(tmp_path)):
        answers = (await asyncio.to_thread(stored, tmp_path, BATTLE)).turns[0].answers
    assert {(one.status, one.error_key) for one in answers.values()} == {(AnswerStatus.FAILED, "error.interrupted")}
    assert "2 answers were interrupted" in caplog.text


async def test_the_deployers_event_and_secret_reach_the_services_and_a_code_of_no_event_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "a secret of the deployer, for these tests only"
    async with opened(settings_in(tmp_path, open_event="abc234", deployer_secret=secret)) as arena:
        assert arena.events.open_code == "ABC234"
        entry = await arena.organisers.enter(secret, None)
        assert (await arena.organisers.events_of(entry.cookie)).is_deployer
    assert "no event has the code abc234" in caplog.text
    assert secret not in caplog.text


async def test_texts_that_are_due_are_emptied_at_the_start(tmp_path: Path) -> None:
    def leave_old() -> None:
        engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
        upgrade(engine)
        long_ago = datetime.now(UTC) - timedelta(days=8)
        BattleStore(engine).create_battle(make_battle(created_at=long_ago))
        engine.dispose()

    await asyncio.to_thread(leave_old)
    async with opened(settings_in(tmp_path, retention_days=9)):
        await asyncio.sleep(0.2)
    assert (await asyncio.to_thread(stored, tmp_path, BATTLE)).turns[0].prompt
    async with opened(settings_in(tmp_path, retention_days=7)), asyncio.timeout(LIMIT_S):
        while (await asyncio.to_thread(stored, tmp_path, BATTLE)).turns[0].prompt:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


async def test_a_database_that_does_not_open_is_said_without_its_password() -> None:
    settings = Settings(catalogue=SHIPPED, database_url="postgresql://anne:topsecret@127.0.0.1:9/arena")
    with pytest.raises(StorageError) as caught:
        async with opened(settings):
            pass
    assert "topsecret" not in str(caught.value)


def test_the_rules_of_a_duel_come_from_the_settings() -> None:
    rules = rules_of(Settings(max_turns=3, max_answer_tokens=200, max_prompt_chars=500, watcher_grace_s=7, silence_s=9))
    assert (rules.duel.max_turns, rules.duel.watcher_grace_s) == (3, 7)
    assert (rules.writing.max_answer_tokens, rules.prompts.max_chars) == (200, 500)
    assert (rules.writing.patience.silence_s, rules.writing.patience.whole_answer_s) == (9, 180)


def test_the_rules_of_health_and_quotas_come_from_the_settings() -> None:
    settings = Settings(
        max_battles_per_hour=4, failures_to_pause=5, first_pause_s=90, longest_pause_s=60, slow_first_token_s=2
    )
    rules = rules_of(settings)
    assert rules.duel.max_battles_per_hour == 4
    assert (rules.health.failures_to_pause, rules.health.slow_first_token_s) == (5, 2)
    assert rules.health.first_pause_s == rules.health.longest_pause_s == 90, "a cap below the first pause is none"


async def test_probes_run_for_as_long_as_the_arena_is_open_and_end_with_it(tmp_path: Path) -> None:
    def probes() -> list[asyncio.Task[object]]:
        return [task for task in asyncio.all_tasks() if task.get_name() == "probes"]

    async with opened(settings_in(tmp_path)):
        assert len(probes()) == 1
    assert probes() == []


def test_the_start_rules_come_from_the_settings() -> None:
    rules = start_rules_of(Settings(demo="never", demo_speed=3, find_local_servers=False))
    assert (rules.demo, rules.demo_speed, rules.find_local_servers) == ("never", 3, False)


def test_the_default_database_is_in_the_users_folder() -> None:
    assert database_url_of(Settings(database_url=None)).startswith("sqlite:///")
    assert database_url_of(Settings(database_url="sqlite:///x.db")) == "sqlite:///x.db"


# A process killed in mid-battle

MODELS = [
    {"id": name, "wire_name": name, "display_name": f"Xylofer {name}", "maker": "Brumaire"}
    | {"total_params_b": 8, "active_params_b": 8, "description": {"fr": "Essai.", "en": "Test."}}
    for name in ("talker", "mute")
]
SAVED = "SELECT count(*) FROM answer WHERE status = 'streaming' AND text <> ''"


async def hangs(connection: Connection) -> None:
    """The talker says a few words first, the mute none."""
    said: Script = hanging_after(word("Il était "), word("une fois "))
    await (said if connection.request.json["model"] == "talker" else hanging_after())(connection)


def play_and_vote(page: PageClient, outcome: str) -> str:
    battle_id = page.start("Bonjour")
    page.watch()
    page.call("vote", battle_id, outcome)
    return battle_id


def wait_until_saved(application: Application) -> None:
    limit = time.monotonic() + LIMIT_S
    while application.rows(SAVED) != [(1,)]:
        assert time.monotonic() < limit, "the growing answer was never saved"
        time.sleep(0.1)


def test_a_server_killed_in_mid_battle_keeps_its_votes_and_closes_what_was_open(tmp_path: Path) -> None:
    scripts = {"hangs": hangs, "plain": says("Bonjour.", tokens=3), "empty": streaming(())}
    with serving_models(ScriptedModels(scripts)) as models:
        catalogue = write_catalogue(tmp_path / "models.yaml", models.base_url, MODELS)
        application = Application(
            tmp_path, catalogue=str(catalogue), demo="never", watcher_grace_s="600", silence_s="600"
        )
        try:
            application.start()
            with PageClient(application) as page:
                voted = play_and_vote(page, "both_good")
                broken = page.start("Raconte [hangs]")
                wait_until_saved(application)
                application.kill()
            check_restart(application, voted, broken)
        finally:
            application.kill()


def check_restart(application: Application, voted: str, broken: str) -> None:
    with running(application):
        assert application.rows("SELECT battle_id, outcome FROM vote") == [(voted, "both_good")]
        closed = application.rows(
            "SELECT model_id, status, text, error_key FROM answer JOIN turn ON turn.id = turn_id"
            " WHERE battle_id = ? ORDER BY model_id DESC",
            broken,
        )
        assert closed == [
            ("talker", "truncated", "Il était une fois ", "error.interrupted"),
            ("mute", "failed", "", "error.interrupted"),
        ]
        assert application.rows("SELECT count(*) FROM answer WHERE status = 'complete'") == [(2,)]
        assert {Side.A, Side.B} == {Side(side) for (side,) in application.rows("SELECT DISTINCT side FROM answer")}


async def test_the_door_of_the_server_is_the_one_that_the_services_get(tmp_path: Path) -> None:
    settings, door = settings_in(tmp_path), FrontDoor()
    async with open_arena(settings, catalogue_of(settings, SERVICE), SERVICE, door) as arena:
        assert arena.front_door is door
