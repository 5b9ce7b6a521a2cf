"""What those who watch a battle see of it while it is written."""

import asyncio
import re
import time
from itertools import pairwise

import pytest

from arena.domain.battle import Answer, AnswerStatus, BlindBattle, Replacement, TokenSource, Usage
from arena.domain.masking import MASK, NameMask
from arena.domain.side import Side
from arena.errors import BattleNotFound
from arena.services.live import LiveAnswer, Watcher
from tests.providers.fake_server import DONE, SSE_HEAD, Connection, finish, streaming, word
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BRUNO, KEY, LIMIT_S, PROMPTLY_S, House, Screen, duel_rules
from tests.services.upstream import DENIED, Held, InTurn, drops_after, says

GIVE_AWAY = "Je suis Xylofer Small1, créé par Maison Brumaire. Demandez à big1 ou à Xylofer Big1 !"
SECRETS = ("xylofer", "brumaire", "small1", "big1", KEY)


def check_growth(screen: Screen, turn: int = -1) -> None:
    """Each text begins with the one before it."""
    for side in Side:
        texts = screen.texts(side, turn)
        assert all(later.startswith(earlier) for earlier, later in pairwise(texts))


def check_blindness(snapshots: list[BlindBattle]) -> None:
    shown = repr(snapshots).lower()
    assert [secret for secret in SECRETS if secret.lower() in shown] == []


async def test_snapshots_only_grow_and_the_last_is_what_was_stored(house_with: OpenHouse) -> None:
    shown = [asyncio.Event() for _ in range(6)]

    async def slowly(connection: Connection) -> None:
        await connection.send(SSE_HEAD)
        for number, one in enumerate(shown):
            await connection.chunk(word(f"mot{number} "))
            await one.wait()
        await connection.chunk(finish() + DONE)
        await connection.send(b"0\r\n\r\n")

    house = await house_with(default=slowly)
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        for number, one in enumerate(shown):
            for side in Side:
                await screen.until_text(side, f"mot{number}")
            one.set()
        await screen.until_over()
    check_growth(screen)
    assert [snapshot.is_over for snapshot in screen.snapshots] == [False] * (len(screen.snapshots) - 1) + [True]
    stored = (await house.stored(battle_id)).turns[0].answers
    assert {side: screen.answer(side).text for side in Side} == {side: stored[side].text for side in Side}
    assert len(set(screen.texts(Side.A))) >= len(shown), "it was seen growing"


async def test_snapshots_come_at_most_once_a_period_but_for_the_urgent_ones(house_with: OpenHouse) -> None:
    async def fast(connection: Connection) -> None:
        await connection.send(SSE_HEAD)
        for _ in range(120):
            await connection.chunk(word("mot "))
            await asyncio.sleep(0.005)
        await connection.chunk(finish() + DONE)
        await connection.send(b"0\r\n\r\n")

    house = await house_with(default=fast, rules=duel_rules(update_period_s=0.2))
    started = time.monotonic()
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await screen.until_over()
    periods = (time.monotonic() - started) / 0.2
    urgent = 1 + 2 + 2 + 2 + 1  # the first look, two first words, two ends, twice stored, the stored battle
    assert 2 <= len(screen.snapshots) <= periods + urgent


async def test_a_first_word_is_shown_without_waiting_for_the_period(house_with: OpenHouse) -> None:
    held = Held(before=["Bonjour "])
    house = await house_with(default=held, rules=duel_rules(update_period_s=10 * LIMIT_S))
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        for side in Side:
            await screen.until_text(side, "Bonjour ")
        async with house.watching(battle_id) as late:
            await late.until_text(Side.A, "Bonjour ")
        held.opened.set()
        await screen.until_over()


async def test_a_second_page_sees_the_same_battle_generated_once(house_with: OpenHouse) -> None:
    held = Held(before=["Un début "])
    house = await house_with(default=held)
    battle_id = await house.begin()
    async with house.watching(battle_id) as first, house.watching(battle_id) as second:
        for screen in (first, second):
            for side in Side:
                await screen.until_text(side, "Un début ")
        held.opened.set()
        async with asyncio.timeout(PROMPTLY_S):
            await first.until_over()
            await second.until_over()
    assert first.snapshots[-1] == second.snapshots[-1]
    assert [house.upstream.count(one) for one in ("small1", "big1")] == [1, 1]


async def test_a_watcher_of_a_finished_battle_gets_it_once(house: House) -> None:
    battle_id = await house.play()
    snapshots = [snapshot async for snapshot in house.arena.duel.watch(ANNE, battle_id)]
    assert len(snapshots) == 1
    assert snapshots[0].is_over
    assert snapshots[0].can_be_voted


async def test_what_is_shown_as_over_can_be_voted_at_once(house: House) -> None:
    for _ in range(5):
        battle_id = await house.begin()
        async for snapshot in house.arena.duel.watch(ANNE, battle_id):
            if snapshot.is_over:
                await house.arena.battles.vote(ANNE, battle_id, "both_good")
    assert await house.rows("SELECT count(*) FROM vote") == [(5,)]


@pytest.mark.parametrize("is_running", [True, False])
async def test_a_stranger_sees_nothing(house_with: OpenHouse, is_running: bool) -> None:
    house = await house_with(default=Held() if is_running else says("Fini."))
    battle_id = await house.begin()
    if not is_running:
        await house.ended(battle_id)
    for visitor, wanted in ((BRUNO, battle_id), ("", battle_id), (ANNE, "no-such-battle"), (ANNE, "")):
        with pytest.raises(BattleNotFound):
            await anext(house.arena.duel.watch(visitor, wanted))


async def test_a_follow_up_shows_the_turns_before_it(house_with: OpenHouse) -> None:
    house = await house_with(default=InTurn(says("Un. "), says("Un. "), says("Deux ", "et trois.")))
    battle_id = await house.play()
    await house.arena.duel.follow_up(ANNE, battle_id, "Encore ?")
    async with house.watching(battle_id) as screen:
        await screen.until_over()
    assert all(len(snapshot.turns) == 2 for snapshot in screen.snapshots)
    assert set(screen.texts(Side.A, turn=0)) == {"Un. "}
    check_growth(screen)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 200])
async def test_names_that_a_model_gives_away_are_masked_however_they_are_split(
    house_with: OpenHouse, size: int
) -> None:
    pieces = [word(GIVE_AWAY[start : start + size]) for start in range(0, len(GIVE_AWAY), size)]
    house = await house_with(default=streaming((*pieces, finish(), DONE)))
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await screen.until_over()
    check_blindness(screen.snapshots)
    check_growth(screen)
    for side in Side:
        assert screen.answer(side).text.count(MASK) == 4
        assert screen.answer(side).self_named
    stored = (await house.stored(battle_id)).turns[0].answers
    assert {answer.text for answer in stored.values()} == {GIVE_AWAY}
    assert all(answer.self_named for answer in stored.values())


async def test_no_snapshot_of_a_battle_in_trouble_identifies_a_model(house_with: OpenHouse) -> None:
    house = await house_with(small1=InTurn(drops_after("Je suis ", "Xylo"), DENIED, says(GIVE_AWAY)), big1=DENIED)
    battle_id = await house.begin()
    duel = house.arena.duel
    snapshots = []
    async with house.watching(battle_id) as screen:
        await screen.until_over()
    snapshots += screen.snapshots
    for model_id in ("small1", "small1", "big1"):
        side = next(side for side, one in (await house.stored(battle_id)).models.items() if one == model_id)
        await duel.retry(ANNE, battle_id, side)
        async with house.watching(battle_id) as screen:
            await screen.until_over()
        snapshots += screen.snapshots
    check_blindness(snapshots)


async def test_what_was_masked_while_it_was_written_is_masked_when_it_is_read_again(house_with: OpenHouse) -> None:
    house = await house_with(default=streaming((*map(word, re.findall(r"\S+\s*", GIVE_AWAY)), finish(), DONE)))
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await screen.until_over()
    view = await house.arena.battles.view(ANNE, battle_id)
    check_blindness([view.battle])
    assert view.battle == screen.snapshots[-1]
    await house.arena.duel.follow_up(ANNE, battle_id, "Qui es-tu ?")
    async with house.watching(battle_id) as again:
        await again.until_over()
    check_blindness(again.snapshots)


class TestWatcher:
    async def test_progress_wakes_it_at_the_end_of_the_period(self) -> None:
        watcher = Watcher()
        watcher.changed.set()
        started = time.monotonic()
        await watcher.next_change(0.1)
        assert time.monotonic() - started >= 0.09

    async def test_what_is_urgent_wakes_it_now(self) -> None:
        watcher = Watcher()
        asyncio.get_running_loop().call_later(0.02, watcher.urgent.set)
        asyncio.get_running_loop().call_later(0.02, watcher.changed.set)
        async with asyncio.timeout(LIMIT_S):
            await watcher.next_change(10 * LIMIT_S)

    async def test_it_is_used_up_by_waking(self) -> None:
        watcher = Watcher()
        watcher.changed.set()
        watcher.urgent.set()
        await watcher.next_change(10 * LIMIT_S)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await watcher.next_change(0.01)


class TestLiveAnswer:
    @staticmethod
    def live() -> LiveAnswer:
        return LiveAnswer("small1", NameMask({"Xylofer"}), "")

    def test_it_counts_the_thinking_and_the_text_when_nothing_is_reported(self) -> None:
        live = self.live()
        live.add_reasoning("abc")
        live.add_text("defgh")
        answer = live.answer(len)
        assert (answer.usage, answer.token_source) == (Usage(None, 8, 3), TokenSource.ESTIMATED)

    def test_it_keeps_what_the_endpoint_reported(self) -> None:
        live = self.live()
        live.add_text("Bonjour")
        live.usage = Usage(3, 40, None)
        answer = live.answer(len)
        assert (answer.usage, answer.token_source) == (Usage(3, 40, None), TokenSource.REPORTED)

    def test_without_a_word_it_counts_nothing(self) -> None:
        answer = self.live().answer(len)
        assert (answer.token_source, answer.usage.output_tokens) == (None, 0)

    def test_the_first_end_counts(self) -> None:
        live = self.live()
        live.end(AnswerStatus.COMPLETE)
        live.end(AnswerStatus.STOPPED, "error.unexpected")
        assert (live.status, live.error_key) == (AnswerStatus.COMPLETE, None)

    def test_a_substitute_starts_from_nothing(self) -> None:
        live = self.live()
        live.end(AnswerStatus.FAILED, "error.endpoint")
        live.replace_model("small2", "error.endpoint")
        answer = live.answer(len)
        assert (answer.model_id, answer.status, answer.error_key) == ("small2", AnswerStatus.PENDING, None)
        assert answer.replaced == Replacement("small1", "error.endpoint")

    def test_it_takes_over_a_stored_answer_whole(self) -> None:
        live = self.live()
        live.add_text("oubliez ")
        stored = Answer("small2", AnswerStatus.TRUNCATED, "Il était", error_key="error.endpoint.dropped")
        live.resume(stored)
        shown = live.blind()
        assert (shown.text, shown.status, shown.error_key) == (stored.text, stored.status, stored.error_key)
        assert (live.model_id, live.stored) == ("small2", True)
