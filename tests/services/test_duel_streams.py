"""The two sides of a battle are written in parallel, and neither waits for the other."""

import asyncio

from arena.domain.battle import AnswerStatus, TokenSource, Usage
from arena.domain.side import Side
from arena.services.arena import Rules
from tests.providers.fake_server import DONE, Connection, delta, finish, streaming, word
from tests.services.conftest import OpenHouse
from tests.services.house import BIG1, KEY, LIMIT_S, PROMPT, SMALL1, House, writing_rules
from tests.services.upstream import Endless, Held, says


async def test_both_models_are_asked_before_either_answers(house_with: OpenHouse) -> None:
    both_asked = asyncio.Barrier(2)

    async def waits_for_the_other(connection: Connection) -> None:
        async with asyncio.timeout(LIMIT_S):
            await both_asked.wait()
        await says("Me voici.")(connection)

    house = await house_with(default=waits_for_the_other)
    battle = await house.ended(await house.begin())
    assert [answer.text for answer in battle.turns[0].answers.values()] == ["Me voici."] * 2


async def test_a_hung_side_does_not_delay_the_other(house_with: OpenHouse) -> None:
    slow = Held()
    house = await house_with(small1=slow, big1=says("Vite ", "fait."))
    battle_id, side_of = await house.begin_with_sides()
    async with house.watching(battle_id) as screen:
        await screen.until(lambda seen: seen.answer(side_of["big1"]).status is AnswerStatus.COMPLETE)
        assert screen.answer(side_of["big1"]).text == "Vite fait."
        assert screen.answer(side_of["small1"]).status is AnswerStatus.PENDING
        stored = await house.until_stored(battle_id, "big1", lambda answer: answer.status.is_over)
        assert (stored.status, stored.text) == (AnswerStatus.COMPLETE, "Vite fait.")
        slow.opened.set()
        await screen.until_over()
    assert screen.answer(side_of["small1"]).text == "fin."


async def test_the_words_of_a_fast_side_pass_those_of_a_slow_one(house_with: OpenHouse) -> None:
    slow, fast = Held(before=["Un "], after=["deux."]), Held(before=["Tout "], after=["est ", "dit."])
    house = await house_with(small1=slow, big1=fast)
    battle_id, side_of = await house.begin_with_sides()
    async with house.watching(battle_id) as screen:
        await screen.until_text(side_of["small1"], "Un ")
        await screen.until_text(side_of["big1"], "Tout ")
        fast.opened.set()
        await screen.until_text(side_of["big1"], "Tout est dit.")
        assert screen.answer(side_of["small1"]).text == "Un "
        slow.opened.set()
        await screen.until_text(side_of["small1"], "Un deux.")


async def test_a_battle_is_stored_with_all_that_came(house_with: OpenHouse) -> None:
    thinker = streaming(
        (delta(reasoning_content="Voyons."), word("Bonjour."), finish(), DONE),
    )
    house = await house_with(small1=thinker, big1=says("Salut.", tokens=42))
    battle_id = await house.begin()
    battle = await house.ended(battle_id)
    assert (battle.visitor_id, battle.locale, battle.turns[0].prompt) == ("anne", "fr", PROMPT)
    assert (battle.is_blind, battle.is_demo, set(battle.models.values())) == (True, False, {"small1", "big1"})
    thought, said = await house.answer_of(battle_id, "small1"), await house.answer_of(battle_id, "big1")
    assert (thought.text, thought.reasoning, thought.token_source) == ("Bonjour.", "Voyons.", TokenSource.ESTIMATED)
    assert (said.text, said.usage, said.token_source) == ("Salut.", Usage(7, 42), TokenSource.REPORTED)
    for answer in (thought, said):
        assert answer.status is AnswerStatus.COMPLETE
        assert answer.error_key is None
        assert 0 < (answer.first_token_s or 0) <= (answer.duration_s or 0)


async def test_each_endpoint_is_asked_with_its_key_and_the_length_cap(house: House) -> None:
    await house.play()
    for model in (SMALL1, BIG1):
        request = house.upstream.requests[model.wire_name][0]
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.json["max_tokens"] == 400


async def test_an_endless_answer_is_cut_at_the_cap(house_with: OpenHouse) -> None:
    endless = Endless(period_s=0)
    rules: Rules = writing_rules(max_answer_tokens=30)
    house = await house_with(small1=endless, rules=rules)
    battle_id = await house.begin()
    await house.ended(battle_id)
    answer = await house.answer_of(battle_id, "small1")
    assert (answer.status, answer.error_key) == (AnswerStatus.CAPPED, None)
    assert 10 < len(answer.text.split()) < 100
    await asyncio.wait_for(endless.left.wait(), LIMIT_S)


async def test_an_endpoint_with_one_place_is_asked_by_one_side_at_a_time(house_with: OpenHouse) -> None:
    first, second = Held(), Held()
    house = await house_with(small1=first, big1=second, max_parallel=1)
    battle_id = await house.begin()
    waits = [asyncio.create_task(held.asked.wait()) for held in (first, second)]
    done, late = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=LIMIT_S)
    await asyncio.sleep(0.1)
    assert len(done) == 1
    assert not any(wait.done() for wait in late)
    first.opened.set()
    second.opened.set()
    battle = await house.ended(battle_id)
    assert [battle.turns[0].answers[side].text for side in Side] == ["fin.", "fin."]


async def test_growing_answers_are_saved_now_and_then(house_with: OpenHouse) -> None:
    held = Held(before=["Une ", "moitié "])
    house = await house_with(default=held, rules=writing_rules(save_every_s=0.05))
    battle_id = await house.begin()
    answer = await house.until_stored(battle_id, "small1", lambda growing: growing.text == "Une moitié ")
    assert answer.status is AnswerStatus.STREAMING
    assert answer.token_source is TokenSource.ESTIMATED
