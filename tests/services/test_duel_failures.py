"""What happens to a side that fails: replaced once before its first word, kept and marked after it."""

import asyncio

import pytest

from arena.domain.battle import Answer, AnswerStatus, BlindBattle, Replacement
from arena.domain.pairing import PairingMode
from arena.domain.side import Side
from arena.errors import AccessDenied, BattleBusy, BattleClosed, RateLimited, ServerFault, StreamDropped
from tests.passing_time import pass_time
from tests.providers.fake_server import Connection, Script, replying, streaming
from tests.services.conftest import OpenHouse
from tests.services.house import (
    ANNE,
    BIG1,
    BIG2,
    BRUNO,
    GIVEN_UP_S,
    LIMIT_S,
    SMALL1,
    SMALL2,
    House,
    errors_of,
    model,
)
from tests.services.upstream import BROKEN, DENIED, LIMITED, Held, InTurn, drops_after, says

SIZES = PairingMode.SMALL_VS_BIG
TRIO = (SMALL1, BIG1, BIG2)


async def answer_by_class(house: House, battle_id: str, size: str) -> Answer:
    """The answer of the small or of the big model of a battle."""
    battle = await house.stored(battle_id)
    return next(a for a in battle.turns[-1].answers.values() if a.model_id.startswith(size))


def facts(snapshot: BlindBattle, side: Side) -> tuple[AnswerStatus, str | None]:
    answer = snapshot.turns[-1].answers[side]
    return answer.status, answer.error_key


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (DENIED, AccessDenied.key),
        (BROKEN, ServerFault.key),
        (LIMITED, RateLimited.key),
        (replying(200, b"not json", content_type="text/html"), "error.endpoint.malformed"),
        (streaming((b"data: [DONE]\n\n",)), "error.endpoint.empty"),
    ],
    ids=["401", "500", "429", "malformed", "empty"],
)
async def test_a_side_that_fails_before_its_first_word_is_replaced_unseen(
    house_with: OpenHouse, fault: Script, key: str
) -> None:
    tries = 2 if fault is BROKEN else 1  # the client itself retries a 5xx once
    bigs, small = InTurn(*[fault] * tries, says("Je prends la suite.")), Held(before=["Bonjour "])
    house = await house_with(models=TRIO, small1=small, big1=bigs, big2=bigs)
    battle_id = await house.begin(mode=SIZES)
    drawn = (await house.stored(battle_id)).models
    side = next(side for side in Side if drawn[side] != "small1")
    failed, substitute = drawn[side], "big2" if drawn[side] == "big1" else "big1"
    async with house.watching(battle_id) as screen:
        await screen.until_text(side, "Je prends la suite.")
        small.opened.set()
        await screen.until_over()
    shown = {facts(snapshot, side) for snapshot in screen.snapshots}
    assert shown <= {(status, None) for status in (AnswerStatus.PENDING, AnswerStatus.STREAMING, AnswerStatus.COMPLETE)}
    battle = await house.stored(battle_id)
    answer = battle.turns[0].answers[side]
    assert (answer.model_id, answer.status, answer.error_key) == (substitute, AnswerStatus.COMPLETE, None)
    assert answer.replaced == Replacement(failed, key)
    assert battle.models[side] == substitute
    assert battle.turns[0].answers[side.other].text == "Bonjour fin."
    assert (house.upstream.count("small1"), house.upstream.count(substitute)) == (1, 1)


async def test_a_silent_side_is_replaced_too(house_with: OpenHouse) -> None:
    silent = Held()
    bigs = InTurn(silent, says("Enfin."))
    house = await house_with(models=TRIO, big1=bigs, big2=bigs)
    battle_id = await house.begin(mode=SIZES)
    await house.until_stored(battle_id, "small1", lambda answer: answer.status.is_over)
    await silent.asked.wait()
    pass_time(GIVEN_UP_S)
    await house.ended(battle_id)
    answer = await answer_by_class(house, battle_id, "big")
    assert answer.text == "Enfin."
    assert answer.replaced is not None
    assert answer.replaced.error_key == "error.endpoint.silent"


async def test_a_side_that_fails_twice_is_marked_and_the_healthy_one_completes(house_with: OpenHouse) -> None:
    house = await house_with(models=(*TRIO, model("big3", 210)), big1=DENIED, big2=DENIED, big3=DENIED)
    battle_id = await house.begin(mode=SIZES)
    last = await house.last_snapshot(battle_id)
    failed = await answer_by_class(house, battle_id, "big")
    assert (failed.status, failed.text, failed.error_key) == (AnswerStatus.FAILED, "", AccessDenied.key)
    assert failed.replaced is not None
    assert sum(house.upstream.count(one) for one in ("big1", "big2", "big3")) == 2
    assert (await answer_by_class(house, battle_id, "small")).status is AnswerStatus.COMPLETE
    assert (last.is_over, last.can_be_voted) == (True, False)


async def test_without_another_model_a_failure_is_only_marked(house_with: OpenHouse) -> None:
    house = await house_with(big1=DENIED)
    battle_id = await house.begin()
    await house.ended(battle_id)
    failed = await house.answer_of(battle_id, "big1")
    assert (failed.status, failed.error_key, failed.replaced) == (AnswerStatus.FAILED, AccessDenied.key, None)
    assert (await house.answer_of(battle_id, "small1")).status is AnswerStatus.COMPLETE


async def test_both_sides_may_fail_and_be_replaced_by_two_different_models(house_with: OpenHouse) -> None:
    both_asked = asyncio.Barrier(2)

    async def denied(connection: Connection) -> None:
        async with asyncio.timeout(LIMIT_S):
            await both_asked.wait()
        await DENIED(connection)

    at_first_denied = InTurn(denied, denied, says("Présent."))
    house = await house_with(models=(*TRIO, SMALL2), default=at_first_denied)
    battle = await house.ended(await house.begin())
    answers = battle.turns[0].answers
    assert [answer.text for answer in answers.values()] == ["Présent."] * 2
    assert len(set(battle.models.values())) == 2
    assert all(answer.replaced is not None for answer in answers.values())


async def test_a_chosen_model_is_never_replaced(house_with: OpenHouse) -> None:
    house = await house_with(models=TRIO, big1=DENIED)
    battle_id = await house.begin(mode=PairingMode.CHOOSE, chosen=("small1", "big1"))
    await house.ended(battle_id)
    failed = await house.answer_of(battle_id, "big1")
    assert (failed.status, failed.replaced) == (AnswerStatus.FAILED, None)
    assert house.upstream.count("big2") == 0


async def test_in_a_later_turn_nobody_is_replaced(house_with: OpenHouse) -> None:
    bigs = InTurn(says("Premier tour."), DENIED, says("Jamais demandé."))
    house = await house_with(models=TRIO, big1=bigs, big2=bigs)
    battle_id = await house.begin(mode=SIZES)
    await house.ended(battle_id)
    await house.arena.duel.follow_up(ANNE, battle_id, "Et la nuit ?")
    last = await house.last_snapshot(battle_id)
    failed = await answer_by_class(house, battle_id, "big")
    assert (failed.status, failed.replaced, bigs.played) == (AnswerStatus.FAILED, None, 2)
    assert last.can_be_voted, "each side said something in the first turn"


@pytest.mark.parametrize("fault", ["drop", "silence"])
async def test_a_failure_after_words_keeps_them_marked(house_with: OpenHouse, fault: str) -> None:
    broken = drops_after("Il ", "était ") if fault == "drop" else Held(before=["Il ", "était "])
    house = await house_with(models=TRIO, big1=broken, big2=broken, small1=says("Entier."))
    battle_id = await house.begin(mode=SIZES)
    whole = await house.until_stored(battle_id, "small1", lambda answer: answer.status.is_over)
    async with house.watching(battle_id) as screen:
        if fault == "silence":
            await screen.until(lambda seen: "Il était " in {answer.text for answer in seen.answers()})
            pass_time(GIVEN_UP_S)
        await screen.until_over()
    last = screen.snapshots[-1]
    answer = await answer_by_class(house, battle_id, "big")
    key = StreamDropped.key if fault == "drop" else "error.endpoint.silent"
    assert (answer.status, answer.text, answer.error_key) == (AnswerStatus.TRUNCATED, "Il était ", key)
    assert answer.replaced is None
    assert whole.text == "Entier."
    assert last.can_be_voted


async def broken_battle(house_with: OpenHouse, *scripts: Script) -> tuple[House, str, Side]:
    """A battle whose big side plays these scripts, the first of which breaks."""
    house = await house_with(big1=InTurn(*scripts), small1=says("Je reste.", tokens=5))
    battle_id, side_of = await house.begin_with_sides()
    await house.ended(battle_id)
    return house, battle_id, side_of["big1"]


async def test_a_retry_writes_only_the_broken_side_again(house_with: OpenHouse) -> None:
    house, battle_id, side = await broken_battle(house_with, drops_after("Il "), says("Il était une fois.", tokens=77))
    healthy = await house.answer_of(battle_id, "small1")
    await house.arena.duel.retry(ANNE, battle_id, side)
    async with house.watching(battle_id) as screen:
        await screen.until_over()
    answer = await house.answer_of(battle_id, "big1")
    assert (answer.status, answer.text, answer.error_key) == (AnswerStatus.COMPLETE, "Il était une fois.", None)
    assert await house.answer_of(battle_id, "small1") == healthy
    assert (house.upstream.count("big1"), house.upstream.count("small1")) == (2, 1)
    assert house.upstream.messages("big1", 1) == house.upstream.messages("big1", 0)
    assert set(screen.texts(side.other)) == {"Je reste."}


async def test_a_retried_answer_has_the_footprint_of_what_it_is_now(house_with: OpenHouse) -> None:
    house, battle_id, side = await broken_battle(house_with, drops_after("Il "), says("Il était une fois.", tokens=77))
    await house.arena.duel.retry(ANNE, battle_id, side)
    await house.ended(battle_id)
    footprints = await house.footprints(battle_id)
    assert footprints[0, side].inputs.output_tokens == 77
    assert footprints[0, side.other].inputs.output_tokens == 5


async def test_a_retry_that_brings_no_word_leaves_what_was_there(house_with: OpenHouse) -> None:
    house, battle_id, side = await broken_battle(house_with, drops_after("Il ", "était "), DENIED)
    before = await house.stored(battle_id)
    await house.arena.duel.retry(ANNE, battle_id, side)
    last = await house.last_snapshot(battle_id)
    assert await house.stored(battle_id) == before
    assert last.can_be_voted


async def test_a_retry_keeps_the_record_of_who_was_replaced(house_with: OpenHouse) -> None:
    bigs = InTurn(DENIED, drops_after("Il "), says("Entier."))
    house = await house_with(models=TRIO, big1=bigs, big2=bigs)
    battle_id = await house.begin(mode=SIZES)
    await house.ended(battle_id)
    battle = await house.stored(battle_id)
    side = next(side for side in Side if battle.models[side] != "small1")
    record = battle.turns[0].answers[side].replaced
    assert record is not None
    await house.arena.duel.retry(ANNE, battle_id, side)
    again = (await house.ended(battle_id)).turns[0].answers[side]
    assert (again.text, again.replaced, again.model_id) == ("Entier.", record, battle.models[side])


async def test_a_failed_side_may_be_retried_until_it_answers(house_with: OpenHouse) -> None:
    house, battle_id, side = await broken_battle(house_with, DENIED, DENIED, says("Enfin."))
    for _ in range(2):
        await house.arena.duel.retry(ANNE, battle_id, side)
        last = await house.last_snapshot(battle_id)
    assert last.turns[0].answers[side].text == "Enfin."
    assert last.can_be_voted
    assert house.upstream.count("small1") == 1


async def test_a_retry_is_refused_while_running_on_a_healthy_side_and_after_the_vote(house_with: OpenHouse) -> None:
    held = Held()
    house, battle_id, side = await broken_battle(house_with, drops_after("Il "), held)
    duel = house.arena.duel
    with pytest.raises(BattleClosed):
        await duel.retry(ANNE, battle_id, side.other)
    await duel.retry(ANNE, battle_id, side)
    with pytest.raises(BattleBusy):
        await duel.retry(ANNE, battle_id, side)
    held.opened.set()
    await house.ended(battle_id)
    house, battle_id, side = await broken_battle(house_with, drops_after("Il "))
    await house.arena.battles.vote(ANNE, battle_id, "a")
    with pytest.raises(BattleClosed):
        await house.arena.duel.retry(ANNE, battle_id, side)


async def test_two_retries_at_once_ask_the_model_once(house_with: OpenHouse) -> None:
    house, battle_id, side = await broken_battle(house_with, drops_after("Il "), says("Une seule fois."))
    refusals = await errors_of(*(house.arena.duel.retry(ANNE, battle_id, side) for _ in range(4)))
    await house.ended(battle_id)
    assert len(refusals) == 3
    assert set(refusals) <= {BattleBusy, BattleClosed}, "closed: whoever asked after it was mended"
    assert house.upstream.count("big1") == 2


async def test_a_stranger_cannot_retry(house_with: OpenHouse) -> None:
    house, battle_id, side = await broken_battle(house_with, drops_after("Il "))
    refusals = await errors_of(house.arena.duel.retry(BRUNO, battle_id, side))
    assert [refusal.__name__ for refusal in refusals] == ["BattleNotFound"]
    assert house.upstream.count("big1") == 1
