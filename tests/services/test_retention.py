"""Retention through the service: a clock that is given, a day that passes, a database that fails."""

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from arena.domain.battle import RevealStage
from arena.domain.retention import Due, Purged
from arena.errors import BattleClosed, InvalidChoice
from arena.services.retention import Retention, purging
from arena.storage.battles import BattleStore
from arena.storage.engine import open_engine
from arena.storage.retention import RetentionStore
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, House
from tests.storage.making import at
from tests.storage.test_retention import make_event, put_into
from tests.storage.test_visitors import play

SOON = 0.01
LIMIT_S = 60.0


class Clock:
    """Shows the time that a test sets."""

    def __init__(self) -> None:
        self.now = at(0)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(tmp_path: Path, empty_database: Path) -> Iterator[Engine]:
    shutil.copyfile(empty_database, tmp_path / "arena.db")
    engine = open_engine(f"sqlite:///{tmp_path}/arena.db")
    yield engine
    engine.dispose()


@pytest.fixture
def retention(engine: Engine, clock: Clock) -> Retention:
    return Retention(RetentionStore(engine), days_outside=30, now=clock)


def purged_ids(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return {row[0] for row in connection.exec_driver_sql("SELECT id FROM battle WHERE purged_at IS NOT NULL")}


async def until_purged(engine: Engine, ids: set[str]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while await asyncio.to_thread(purged_ids, engine) != ids:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(SOON)


def test_a_battle_goes_after_the_delay_of_where_it_was_fought(
    engine: Engine, retention: Retention, clock: Clock
) -> None:
    outside, inside = play(engine), play(engine)
    make_event(engine, "event-1", days=7)
    put_into(engine, "event-1", inside)
    ends = []
    for day in range(32):
        clock.now = at(0) + timedelta(days=day, seconds=1)
        ends += [(day, purged.battles) for purged in [retention.purge(retention.due())] if purged.battles]
    assert ends == [(8, 1), (30, 1)]
    assert purged_ids(engine) == {outside, inside}


def test_before_a_day_and_of_one_event_only(engine: Engine, retention: Retention) -> None:
    outside, inside = play(engine), play(engine)
    make_event(engine, "event-1", code="ABC234")
    put_into(engine, "event-1", inside)
    assert retention.count(retention.due()) == Purged()
    of_event = retention.due(code=" abc234", before=date(2026, 3, 15))
    assert of_event == (Due("event-1", datetime(2026, 3, 15, tzinfo=UTC)),)
    assert retention.count(of_event).battles == 1
    assert retention.purge(of_event).prompts == 1
    assert purged_ids(engine) == {inside}
    assert retention.purge(retention.due(before=date(2026, 3, 15))).battles == 1
    assert purged_ids(engine) == {inside, outside}


def test_a_code_that_no_event_has_is_refused(retention: Retention) -> None:
    with pytest.raises(InvalidChoice, match="NOBODY"):
        retention.due(code="NOBODY")


def test_a_purge_that_is_stopped_leaves_the_rest_for_the_next_time(engine: Engine, retention: Retention) -> None:
    play(engine)
    due = retention.due(before=date(2026, 3, 15))
    assert retention.purge(due, is_stopping=lambda: True) == Purged()
    assert retention.count(due).battles == 1


def test_bytes_that_must_wait_are_said(engine: Engine, retention: Retention, caplog: pytest.LogCaptureFixture) -> None:
    play(engine)
    event.listen(engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=50"))
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM battle").fetchone()
        assert retention.purge(retention.due(before=date(2026, 3, 15))).battles == 1
    assert "their bytes wait" in caplog.text


async def test_it_purges_at_the_start_and_again_when_a_day_has_passed(
    engine: Engine, retention: Retention, clock: Clock
) -> None:
    old = await asyncio.to_thread(play, engine)
    young = await asyncio.to_thread(play, engine, seconds=24 * 3600)
    clock.now = at(0) + timedelta(days=30, seconds=1)
    async with purging(retention, every_s=SOON):
        await until_purged(engine, {old})
        clock.now += timedelta(days=1)
        await until_purged(engine, {old, young})


async def test_a_database_that_fails_is_tried_again_the_next_time(
    engine: Engine, retention: Retention, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    battle_id = await asyncio.to_thread(play, engine)
    clock.now = at(0) + timedelta(days=31)
    await asyncio.to_thread(rename_table, engine, "event", "elsewhere")
    with caplog.at_level(logging.ERROR):
        async with purging(retention, every_s=SOON):
            async with asyncio.timeout(LIMIT_S):
                while "were not emptied" not in caplog.text:  # noqa: ASYNC110 - a log tells nobody
                    await asyncio.sleep(SOON)
            await asyncio.to_thread(rename_table, engine, "elsewhere", "event")
            await until_purged(engine, {battle_id})


def rename_table(engine: Engine, old: str, new: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


async def test_it_ends_at_once_however_long_the_day(retention: Retention) -> None:
    async with asyncio.timeout(LIMIT_S):
        async with purging(retention):
            await asyncio.sleep(0)
    assert not any(task.get_name() == "purge" for task in asyncio.all_tasks())


# What the services make of a purged battle


async def purge(house: House) -> None:
    def purge_all() -> None:
        house.stores.retention.purge(Due(None, datetime.now(UTC) + timedelta(days=1)), datetime.now(UTC))

    await asyncio.to_thread(purge_all)


async def test_an_old_battle_says_that_its_texts_are_gone_and_takes_nothing_more(house: House) -> None:
    battle_id = await house.play()
    await purge(house)
    view = await house.arena.battles.view(ANNE, battle_id)
    assert (view.battle.is_purged, view.battle.can_be_voted, view.battle.is_over) == (True, False, True)
    assert view.battle.turns[0].prompt == ""
    with pytest.raises(BattleClosed):
        await house.arena.duel.follow_up(ANNE, battle_id, "Et la nuit ?")
    assert [snapshot.is_purged async for snapshot in house.arena.duel.watch(ANNE, battle_id)] == [True]


async def test_after_the_reveal_footprints_and_names_stay_and_no_rematch_is_offered(house: House) -> None:
    battle_id = await house.play()
    await house.arena.battles.vote(ANNE, battle_id, "a")
    before = await house.arena.battles.reveal_footprints(ANNE, battle_id)
    await purge(house)
    view = await house.arena.battles.choose_again(ANNE, battle_id, "b")
    assert view.battle.stage is RevealStage.NAMES
    assert view.footprints == before.footprints
    assert (view.names is not None, view.offers, view.rematch) == (True, {}, None)


async def test_a_footprint_that_was_never_made_is_not_made_of_an_empty_text(house_with: OpenHouse) -> None:
    house = await house_with()
    battle_id = await house.play()
    await house.arena.battles.vote(ANNE, battle_id, "a")
    await asyncio.to_thread(forget_footprints, house.engine)
    await purge(house)
    view = await house.arena.battles.reveal_footprints(ANNE, battle_id)
    assert view.footprints is not None
    assert view.footprints.comparison is None
    assert await house.rows("SELECT count(*) FROM footprint_input") == [(0,)]


def forget_footprints(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM footprint_input")


async def test_a_summary_counts_a_purged_battle(house: House) -> None:
    battle_id = await house.play()
    await house.arena.battles.vote(ANNE, battle_id, "a")
    await house.arena.battles.reveal_footprints(ANNE, battle_id)
    before = await house.arena.summaries.of(ANNE)
    await purge(house)
    after = await house.arena.summaries.of(ANNE)
    assert after.summary.caused == before.summary.caused
    assert after.lines[0].battle.is_purged
    battle = await asyncio.to_thread(BattleStore(house.engine).get_battle, battle_id)
    assert battle.turns[0].answers["a"].usage.output_tokens  # type: ignore[index]
