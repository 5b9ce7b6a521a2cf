"""When the database refuses: nothing is acknowledged falsely, the battle ends, and the fault is logged."""

import asyncio
import logging

import pytest
from sqlalchemy import event, text

from arena.domain.battle import AnswerStatus
from arena.domain.side import Side
from arena.errors import StorageError
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, LIMIT_S, House, writing_rules
from tests.services.upstream import Endless, Held, InTurn, says

LONG = "phrase " * 20_000  # 140 kB: more than the free pages of a new database


async def fill_up(house: House) -> None:
    """No page may be added any more, as on a full disk."""

    def limit() -> None:
        with house.engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        house.engine.dispose()
        event.listen(house.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={pages}"))

    await asyncio.to_thread(limit)


async def make_room(house: House) -> None:
    """The disk has room again."""
    event.listen(house.engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count=1000000"))
    await asyncio.to_thread(house.engine.dispose)


async def make_read_only(house: House) -> None:
    """Every write is refused, as with a file on a read-only medium."""
    event.listen(house.engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON"))
    await asyncio.to_thread(house.engine.dispose)


@pytest.fixture
async def full_house(house_with: OpenHouse) -> tuple[House, Held, str]:
    """A running battle whose long answers will not fit, and what holds them back."""
    held = Held(before=["Bonjour "], after=[LONG])
    house = await house_with(default=InTurn(held, held, says("Court.")), rules=writing_rules(max_answer_tokens=90_000))
    battle_id = await house.begin()
    await house.until_stored(battle_id, "small1", lambda answer: answer.text == "Bonjour ")
    await fill_up(house)
    return house, held, battle_id


async def test_a_battle_that_cannot_be_stored_ends_and_says_so(
    full_house: tuple[House, Held, str], caplog: pytest.LogCaptureFixture
) -> None:
    house, held, battle_id = full_house
    async with house.watching(battle_id) as screen:
        await screen.until_text(Side.A, "Bonjour ")
        held.opened.set()
        await screen.until_over()
    last = screen.snapshots[-1]
    assert (last.is_over, last.can_be_voted) == (True, False)
    for side in Side:
        answer = screen.answer(side)
        assert (answer.status, answer.error_key) == (AnswerStatus.TRUNCATED, StorageError.key)
        assert len(answer.text) > 100_000, "what came stays on the screen"
    assert not house.arena.duel.is_running(battle_id)
    faults = [record for record in caplog.records if record.levelno == logging.ERROR and record.exc_info]
    assert len(faults) == 2
    assert LONG[:100] not in caplog.text


async def test_a_battle_that_was_not_stored_is_shown_as_interrupted_and_can_be_retried(
    full_house: tuple[House, Held, str],
) -> None:
    house, held, battle_id = full_house
    held.opened.set()
    await house.last_snapshot(battle_id)
    view = await house.arena.battles.view(ANNE, battle_id)
    assert view.battle.is_over
    answers = view.battle.turns[0].answers
    assert {(one.status, one.error_key) for one in answers.values()} == {(AnswerStatus.TRUNCATED, "error.interrupted")}
    await make_room(house)
    for side in Side:
        await house.arena.duel.retry(ANNE, battle_id, side)
        last = await house.last_snapshot(battle_id)
    assert last.can_be_voted
    stored = (await house.stored(battle_id)).turns[0].answers
    assert [(answer.status, answer.text) for answer in stored.values()] == [(AnswerStatus.COMPLETE, "Court.")] * 2


async def test_a_vote_that_cannot_be_stored_is_not_acknowledged(house: House) -> None:
    battle_id = await house.play()
    await make_read_only(house)
    with pytest.raises(StorageError):
        await house.arena.battles.vote(ANNE, battle_id, "a")
    assert (await house.arena.battles.view(ANNE, battle_id)).opinion.vote is None


async def test_a_battle_that_cannot_be_created_asks_nobody_and_counts_for_nothing(house: House) -> None:
    await make_read_only(house)
    for _ in range(5):  # more than may run at once
        with pytest.raises(StorageError):
            await house.begin()
    assert not house.upstream.requests
    assert await house.arena.battles.current(ANNE) is None


async def test_a_follow_up_that_cannot_be_stored_leaves_the_battle_as_it_was(house: House) -> None:
    battle_id = await house.play()
    before = await house.last_snapshot(battle_id)
    await make_read_only(house)
    with pytest.raises(StorageError):
        await house.arena.duel.follow_up(ANNE, battle_id, "Encore ?")
    assert not house.arena.duel.is_running(battle_id)
    assert await house.last_snapshot(battle_id) == before
    assert house.upstream.count("small1") == 1


async def test_progress_that_cannot_be_saved_is_logged_each_time_and_the_battle_goes_on(
    house_with: OpenHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house = await house_with(default=Endless(), rules=writing_rules(save_every_s=0.05))
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await screen.until_text(Side.A, "mot ")
        await make_read_only(house)
        async with asyncio.timeout(LIMIT_S):
            while sum("progress" in record.message for record in caplog.records) < 2:  # noqa: ASYNC110 - a log is mute
                await asyncio.sleep(0.02)
        assert house.arena.duel.is_running(battle_id)
        await house.arena.duel.stop(ANNE, battle_id)
        await screen.until_over()
    assert screen.snapshots[-1].is_over


async def test_a_page_that_watches_a_refused_follow_up_is_let_go(house: House) -> None:
    battle_id = await house.play()
    await make_read_only(house)
    refused = asyncio.create_task(house.arena.duel.follow_up(ANNE, battle_id, "Encore ?"))
    while not house.arena.duel.is_running(battle_id) and not refused.done():  # noqa: ASYNC110 - an instant
        await asyncio.sleep(0)
    async with house.watching(battle_id) as screen:
        await screen.until_over()
    with pytest.raises(StorageError):
        await refused


async def test_sql_on_the_event_loop_is_noticed(house: House, sql_stays_off_the_loop: list[str]) -> None:
    with house.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert sql_stays_off_the_loop[-1] == "SELECT 1"
    sql_stays_off_the_loop.clear()
