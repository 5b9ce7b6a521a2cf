"""A battle ends within a second when it is stopped, or when nobody watches it; what came is kept and counted."""

import asyncio

import pytest

from arena.domain.battle import AnswerStatus, TokenSource
from arena.domain.side import Side
from arena.errors import BattleNotFound
from tests.passing_time import pass_time, settle
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BRUNO, LIMIT_S, House, Screen, duel_rules
from tests.services.upstream import Endless, Held, says

GRACE_S = 20.0
STOPPED_S = 10.0  # ten times what it may take: the machine may do something else meanwhile
IMPATIENT = duel_rules(watcher_grace_s=GRACE_S)


async def both_left(*held: Held | Endless) -> None:
    async with asyncio.timeout(STOPPED_S):
        for one in held:
            await one.left.wait()


async def until_words(screen: Screen) -> None:
    for side in Side:
        await screen.until_text(side, "mot mot mot")


async def check_that_it_was_counted(house: House, battle_id: str) -> None:
    """Both answers are stopped, with what came, its estimated tokens and its footprint."""
    battle = await house.stored(battle_id)
    footprints = await house.footprints(battle_id)
    for side, answer in battle.turns[-1].answers.items():
        assert (answer.status, answer.error_key) == (AnswerStatus.STOPPED, None)
        assert answer.text.startswith("mot mot ")
        tokens = answer.usage.output_tokens or 0
        assert answer.token_source is TokenSource.ESTIMATED
        assert tokens > 1
        inputs, values = footprints[0, side]
        assert (inputs.output_tokens, inputs.token_source) == (tokens, TokenSource.ESTIMATED)
        assert values.displayed["energy_wh"].high > 0


async def test_stop_ends_both_upstream_requests_within_a_second_and_counts_what_came(house_with: OpenHouse) -> None:
    streams = Endless(), Endless()
    house = await house_with(small1=streams[0], big1=streams[1])
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await until_words(screen)
        await house.arena.duel.stop(ANNE, battle_id)
        await both_left(*streams)
        async with asyncio.timeout(STOPPED_S):
            await screen.until_over()
    assert screen.snapshots[-1].can_be_voted
    await check_that_it_was_counted(house, battle_id)


async def test_a_stop_before_anything_was_asked_is_not_lost(house_with: OpenHouse) -> None:
    house = await house_with(default=Endless())
    battle_id = await house.begin()
    await house.arena.duel.stop(ANNE, battle_id)  # the tasks of the battle have not had a turn yet
    async with asyncio.timeout(LIMIT_S):
        battle = await house.ended(battle_id)
    assert [answer.status for answer in battle.turns[0].answers.values()] == [AnswerStatus.STOPPED] * 2
    assert await house.footprints(battle_id) == {}


async def test_a_stop_before_the_first_word_ends_the_wait(house_with: OpenHouse) -> None:
    hung = Held(), Held()
    house = await house_with(small1=hung[0], big1=hung[1])
    battle_id = await house.begin()
    for one in hung:
        await one.asked.wait()
    await house.arena.duel.stop(ANNE, battle_id)
    await both_left(*hung)
    last = await house.last_snapshot(battle_id)
    assert (last.is_over, last.can_be_voted) == (True, False)


async def test_a_stop_leaves_the_side_that_has_ended(house_with: OpenHouse) -> None:
    endless = Endless()
    house = await house_with(small1=endless, big1=says("Tout est dit.", tokens=9))
    battle_id = await house.begin()
    whole = await house.until_stored(battle_id, "big1", lambda answer: answer.status.is_over)
    await house.arena.duel.stop(ANNE, battle_id)
    await house.ended(battle_id)
    assert await house.answer_of(battle_id, "big1") == whole
    assert (await house.answer_of(battle_id, "small1")).status is AnswerStatus.STOPPED


async def test_a_stop_ends_the_wait_for_a_place(house_with: OpenHouse) -> None:
    held = Held()
    house = await house_with(default=held, max_parallel=1)
    battle_id = await house.begin()
    await held.asked.wait()
    await house.arena.duel.stop(ANNE, battle_id)
    async with asyncio.timeout(LIMIT_S):
        battle = await house.ended(battle_id)
    assert [answer.status for answer in battle.turns[0].answers.values()] == [AnswerStatus.STOPPED] * 2
    assert sum(map(house.upstream.count, ("small1", "big1"))) == 1


async def test_stopping_many_times_is_stopping_once(house_with: OpenHouse) -> None:
    house = await house_with(default=Endless())
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await until_words(screen)
        for _ in range(5):
            await house.arena.duel.stop(ANNE, battle_id)
            await asyncio.sleep(0)
        await screen.until_over()
    await house.arena.duel.stop(ANNE, battle_id)
    await check_that_it_was_counted(house, battle_id)


async def test_a_stranger_cannot_stop(house_with: OpenHouse) -> None:
    house = await house_with(default=Held())
    battle_id = await house.begin()
    with pytest.raises(BattleNotFound):
        await house.arena.duel.stop(BRUNO, battle_id)
    assert house.arena.duel.is_running(battle_id)


async def left_alone_for(house: House, battle_id: str, seconds: float) -> bool:
    """Whether the battle is being stopped once that time has passed."""
    pass_time(seconds)
    await settle()
    live = house.arena.duel.live(battle_id)
    return live is None or live.is_stopped


async def test_a_battle_that_nobody_watches_is_stopped(house_with: OpenHouse) -> None:
    streams = Endless(), Endless()
    house = await house_with(rules=IMPATIENT, small1=streams[0], big1=streams[1])
    battle_id = await house.begin()
    for model_id in ("small1", "big1"):
        await house.until_stored(battle_id, model_id, lambda answer: answer.text.startswith("mot mot "))
    assert await left_alone_for(house, battle_id, GRACE_S)
    await both_left(*streams)
    await house.ended(battle_id)
    await check_that_it_was_counted(house, battle_id)


async def test_a_watcher_keeps_a_battle_alive(house_with: OpenHouse) -> None:
    house = await house_with(rules=IMPATIENT, default=Endless())
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await until_words(screen)
        assert not await left_alone_for(house, battle_id, 2 * GRACE_S)
    assert await left_alone_for(house, battle_id, GRACE_S)
    await house.ended(battle_id)
    await check_that_it_was_counted(house, battle_id)


async def test_a_watcher_that_comes_back_within_the_grace_keeps_it(house_with: OpenHouse) -> None:
    house = await house_with(rules=IMPATIENT, default=Endless())
    battle_id = await house.begin()
    for _ in range(4):
        async with house.watching(battle_id) as screen:
            await screen.until(lambda seen: not seen.snapshots[-1].is_over)
        assert not await left_alone_for(house, battle_id, GRACE_S / 2)


async def test_one_of_two_watchers_leaving_changes_nothing(house_with: OpenHouse) -> None:
    house = await house_with(rules=IMPATIENT, default=Endless())
    battle_id = await house.begin()
    async with house.watching(battle_id):
        async with house.watching(battle_id) as second:
            await second.until_text(Side.A, "mot")
        assert not await left_alone_for(house, battle_id, 2 * GRACE_S)


async def test_the_last_watcher_leaving_starts_the_count_again(house_with: OpenHouse) -> None:
    streams = Endless(), Endless()
    house = await house_with(rules=IMPATIENT, small1=streams[0], big1=streams[1])
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await until_words(screen)
        assert not await left_alone_for(house, battle_id, 1.5 * GRACE_S)
    assert not await left_alone_for(house, battle_id, GRACE_S / 2)
    assert await left_alone_for(house, battle_id, GRACE_S / 2)
    await both_left(*streams)


async def test_a_strangers_look_does_not_keep_a_battle_alive(house_with: OpenHouse) -> None:
    house = await house_with(rules=IMPATIENT, default=Endless())
    battle_id = await house.begin()
    is_stopped = False
    for _ in range(4):
        assert not is_stopped
        with pytest.raises(BattleNotFound):
            await anext(house.arena.duel.watch(BRUNO, battle_id))
        is_stopped = await left_alone_for(house, battle_id, GRACE_S / 4)
    assert is_stopped


async def test_closing_the_duel_stores_what_came(house_with: OpenHouse) -> None:
    streams = Endless(), Endless()
    house = await house_with(small1=streams[0], big1=streams[1])
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await until_words(screen)
        async with asyncio.timeout(STOPPED_S):
            await house.arena.duel.close()
        await check_that_it_was_counted(house, battle_id)
        await screen.until_over()
    await both_left(*streams)
