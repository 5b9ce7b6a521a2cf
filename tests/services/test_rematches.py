"""Again with less: one request goes out, the kept answer stays what it was, and nobody is told which it is."""

import asyncio
import random
from dataclasses import replace

import pytest

from arena.domain.battle import Answer, AnswerStatus, Battle
from arena.domain.catalogue import EndpointKind
from arena.domain.health import HealthRules
from arena.domain.pairing import PairingMode
from arena.domain.rematch import Refusal, Rematch, RematchKind
from arena.domain.rematch_result import Noticed, SavingKind
from arena.domain.side import Side
from arena.errors import BattleClosed, BattleNotFound, InvalidChoice, TooManyBattles
from arena.services.accounts import Accounts
from arena.services.battles import BattleView
from arena.services.health import Health
from arena.services.rematches import Rematches
from tests.passing_time import pass_time
from tests.services.conftest import OpenHouse
from tests.services.house import (
    ANNE,
    BIG1,
    BIG2,
    BRUNO,
    LIMIT_S,
    PROMPT,
    SMALL1,
    SMALL2,
    House,
    duel_rules,
    errors_of,
    footprint_service,
    line_up_of,
    model,
)
from tests.services.upstream import DENIED, Held, InTurn, drops_after, says

SMALLER, SHORTER = RematchKind
LONG = says("Une ", "longue ", "réponse.", tokens=400)
SILENT_S = 10.0
BRIEF = says("Court.", tokens=20)
INSTRUCTED = f"{PROMPT}\n\nRéponds en 80 mots au plus."


async def reveal(house: House, battle_id: str, vote: str, second: str | None = None) -> BattleView:
    battles = house.arena.battles
    await battles.vote(ANNE, battle_id, vote)
    await battles.reveal_footprints(ANNE, battle_id)
    return await battles.choose_again(ANNE, battle_id, second)


async def origin_preferring(house: House, model_id: str) -> str:
    """A revealed battle in which the answer of a model was voted for."""
    while True:
        battle_id, sides = await house.begin_with_sides()
        await house.ended(battle_id)
        if model_id in sides:
            break
    await reveal(house, battle_id, sides[model_id])
    return battle_id


async def rematch(house: House, origin_id: str, kind: RematchKind) -> Battle:
    return await house.ended(await house.arena.duel.rematch(ANNE, origin_id, kind))


def asked(house: House) -> int:
    return sum(map(len, house.upstream.requests.values()))


def rematch_of(battle: Battle) -> Rematch:
    assert battle.rematch is not None
    return battle.rematch


def kept_of(battle: Battle) -> Answer:
    return battle.turns[0].answers[rematch_of(battle).kept_side]


def lighter_of(battle: Battle) -> Answer:
    return battle.turns[0].answers[rematch_of(battle).kept_side.other]


async def slowed(house: House, origin_id: str, model_id: str) -> None:
    """Make an answer one that took ten seconds to begin and as long to write."""
    battle = await house.stored(origin_id)
    for side, answer in battle.turns[0].answers.items():
        if answer.model_id == model_id:
            slow = replace(answer, first_token_s=SILENT_S, duration_s=2 * SILENT_S)
            await asyncio.to_thread(house.stores.battles.save_answer, origin_id, 0, side, slow)


async def test_one_request_goes_to_the_smallest_model_and_none_to_the_kept_one(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1, BIG2), small1=BRIEF, big1=LONG)
    origin_id = await origin_preferring(house, "big1")
    before = asked(house), house.upstream.count("small1")
    battle = await rematch(house, origin_id, SMALLER)
    assert (asked(house), house.upstream.count("small1")) == (before[0] + 1, before[1] + 1)
    assert house.upstream.messages("small1") == [("user", PROMPT)]
    assert (kept_of(battle).model_id, lighter_of(battle).model_id) == ("big1", "small1")
    assert battle.models == {side: answer.model_id for side, answer in battle.turns[0].answers.items()}


async def test_the_same_model_is_asked_once_for_a_shorter_answer_and_the_prompt_stays(house_with: OpenHouse) -> None:
    house = await house_with(big1=InTurn(LONG, BRIEF))
    origin_id = await origin_preferring(house, "big1")
    before = asked(house)
    battle = await rematch(house, origin_id, SHORTER)
    assert asked(house) == before + 1
    assert house.upstream.messages("big1") == [("user", INSTRUCTED)]
    assert [turn.prompt for turn in battle.turns] == [PROMPT]
    assert (kept_of(battle).text, lighter_of(battle).text) == ("Une longue réponse.", "Court.")
    assert set(battle.models.values()) == {"big1"}


async def test_the_kept_answer_and_its_footprint_are_those_of_the_origin(house: House) -> None:
    origin_id = await origin_preferring(house, "big1")
    battle = await rematch(house, origin_id, SMALLER)
    assert kept_of(battle) == await house.answer_of(origin_id, "big1")
    origin = await house.stored(origin_id)
    source = next(side for side in Side if origin.models[side] == "big1")
    was, now = await house.footprints(origin_id), await house.footprints(battle.id)
    assert now[0, rematch_of(battle).kept_side] == was[0, source]
    assert set(now) == {(0, side) for side in Side}
    assert rematch_of(battle) == Rematch(origin_id, SMALLER, rematch_of(battle).kept_side)
    assert (battle.is_blind, battle.mode, battle.is_demo) == (True, origin.mode, False)


async def test_the_kept_answer_grows_on_the_screen_and_is_whole_on_disk_from_the_start(house_with: OpenHouse) -> None:
    held = Held()
    house = await house_with(small1=InTurn(BRIEF, held), big1=LONG)
    origin_id = await origin_preferring(house, "big1")
    await slowed(house, origin_id, "big1")
    battle_id = await house.arena.duel.rematch(ANNE, origin_id, SMALLER)
    battle = await house.stored(battle_id)
    side = rematch_of(battle).kept_side
    async with house.watching(battle_id) as screen:
        await screen.until(lambda seen: seen.answer(side).text == "")
        pass_time(SILENT_S)
        await screen.until_text(side, "U")
        assert screen.answer(side).status is AnswerStatus.STREAMING
        assert screen.answer(side).text != kept_of(battle).text
        assert kept_of(await house.stored(battle_id)) == await house.answer_of(origin_id, "big1")
        await house.arena.duel.stop(ANNE, battle_id)
        await screen.until_over()
    ended = await house.stored(battle_id)
    assert screen.answer(side).text == kept_of(ended).text == "Une longue réponse."
    assert kept_of(ended) == await house.answer_of(origin_id, "big1")
    assert lighter_of(ended).status is AnswerStatus.STOPPED
    async with asyncio.timeout(LIMIT_S):
        await held.left.wait()


async def test_a_stop_before_the_first_word_keeps_the_whole_answer(house: House) -> None:
    origin_id = await origin_preferring(house, "big1")
    battle_id = await house.arena.duel.rematch(ANNE, origin_id, SMALLER)
    await house.arena.duel.stop(ANNE, battle_id)
    assert kept_of(await house.ended(battle_id)) == await house.answer_of(origin_id, "big1")


async def test_a_rematch_has_one_prompt_only(house: House) -> None:
    battle = await rematch(house, await origin_preferring(house, "big1"), SMALLER)
    view = await house.arena.battles.view(ANNE, battle.id)
    assert not view.may_continue
    with pytest.raises(BattleClosed):
        await house.arena.duel.follow_up(ANNE, battle.id, "Et la nuit ?")


async def test_a_side_that_fails_is_not_replaced_and_may_be_asked_the_same_again(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1, BIG2), default=LONG)
    origin_id = await origin_preferring(house, "big1")
    house.upstream.scripts["big1"] = InTurn(DENIED, BRIEF)
    before = asked(house)
    battle = await rematch(house, origin_id, SHORTER)
    assert lighter_of(battle).status is AnswerStatus.FAILED
    assert (lighter_of(battle).replaced, asked(house)) == (None, before + 1)
    kept_side = rematch_of(battle).kept_side
    with pytest.raises(BattleClosed):
        await house.arena.duel.retry(ANNE, battle.id, kept_side)
    await house.arena.duel.retry(ANNE, battle.id, kept_side.other)
    again = await house.ended(battle.id)
    assert lighter_of(again).text == "Court."
    assert kept_of(again) == kept_of(battle)
    assert house.upstream.messages("big1") == [("user", INSTRUCTED)]
    assert asked(house) == before + 2


async def test_only_a_revealed_battle_of_ones_own_is_played_again(house: House) -> None:
    duel, battles, origin_id = house.arena.duel, house.arena.battles, await house.play()
    await battles.vote(ANNE, origin_id, "a")
    await battles.reveal_footprints(ANNE, origin_id)
    assert (await battles.view(ANNE, origin_id)).offers == {}
    with pytest.raises(InvalidChoice):
        await duel.rematch(ANNE, origin_id, SHORTER)
    await battles.choose_again(ANNE, origin_id, None)
    for stranger, unknown in ((BRUNO, origin_id), (ANNE, "0" * 32)):
        with pytest.raises(BattleNotFound):
            await duel.rematch(stranger, unknown, SHORTER)
    battle = await rematch(house, origin_id, SHORTER)
    view = await reveal(house, battle.id, "a")
    assert view.offers == {}
    with pytest.raises(InvalidChoice):
        await duel.rematch(ANNE, battle.id, SHORTER)


async def test_two_clicks_start_no_more_than_the_usual_limit(house_with: OpenHouse) -> None:
    house = await house_with(rules=duel_rules(max_running_per_visitor=1))
    origin_id = await origin_preferring(house, "big1")
    await slowed(house, origin_id, "big1")
    clicks = (house.arena.duel.rematch(ANNE, origin_id, SMALLER) for _ in range(4))
    assert await errors_of(*clicks) == [TooManyBattles] * 3
    assert await house.rows("SELECT count(*) FROM rematch") == [(1,)]


@pytest.mark.parametrize(
    ("models", "preferred", "offers"),
    [
        ((SMALL1, BIG1), "big1", {SMALLER: None, SHORTER: None}),
        ((SMALL1, BIG1), "small1", {SMALLER: Refusal.NOTHING_SMALLER, SHORTER: None}),
        ((SMALL1, model("mute", None)), "mute", {SMALLER: Refusal.UNKNOWN_SIZE, SHORTER: None}),
        ((BIG1, model("mute", None)), "big1", {SMALLER: Refusal.NOTHING_SMALLER, SHORTER: None}),
    ],
)
async def test_what_cannot_be_had_is_not_offered_and_says_why(
    house_with: OpenHouse, models: tuple[object, ...], preferred: str, offers: dict[RematchKind, Refusal | None]
) -> None:
    house = await house_with(models=models)
    origin_id = await origin_preferring(house, preferred)
    assert (await house.arena.battles.view(ANNE, origin_id)).offers == offers
    for kind, refusal in offers.items():
        if refusal is not None:
            with pytest.raises(InvalidChoice):
                await house.arena.duel.rematch(ANNE, origin_id, kind)


async def test_an_answer_that_broke_off_is_not_kept(house_with: OpenHouse) -> None:
    house = await house_with(big1=drops_after("Un début"))
    origin_id = await origin_preferring(house, "big1")
    offers = (await house.arena.battles.view(ANNE, origin_id)).offers
    assert set(offers.values()) == {Refusal.NO_ANSWER}


async def test_without_its_model_an_answer_can_still_meet_a_smaller_one_but_not_a_shorter(house: House) -> None:
    origin_id = await origin_preferring(house, "big1")
    line_up = line_up_of((SMALL1, BIG1), house.upstream.base_url)
    line_up.candidates = tuple(one for one in line_up.candidates if one.model_id != "big1")
    service = footprint_service()
    accounts = Accounts(house.stores.footprints, service, line_up)
    health = Health(line_up, HealthRules())
    rematches = Rematches(accounts, line_up, service, health, house.arena.events)
    met = await asyncio.to_thread(house.arena.duel.encounter, ANNE, origin_id)
    offers = rematches.offers(met, await house.footprints(origin_id))
    assert offers == {SMALLER: None, SHORTER: Refusal.MODEL_GONE}


async def test_the_kept_answer_stands_on_either_side(house: House) -> None:
    met = await asyncio.to_thread(house.arena.duel.encounter, ANNE, await origin_preferring(house, "big1"))
    rng = random.Random(7)
    openings = [await asyncio.to_thread(house.arena.duel.rematches.open, met, SMALLER, rng) for _ in range(40)]
    sides = [opening.kept_side for opening in openings]
    assert 10 <= sides.count(Side.A) <= 30
    assert all(opening.battle.models[opening.kept_side] == "big1" for opening in openings)


async def test_the_second_choice_decides_what_is_kept_and_follow_ups_do_not_count(house_with: OpenHouse) -> None:
    house = await house_with(small1=InTurn(BRIEF, says("Suite.")), big1=InTurn(LONG, says("Suite."), LONG))
    origin_id, sides = await house.begin_with_sides()
    await house.ended(origin_id)
    await house.arena.duel.follow_up(ANNE, origin_id, "Et la nuit ?")
    await house.ended(origin_id)
    await reveal(house, origin_id, vote=sides["small1"], second=sides["big1"])
    battle = await rematch(house, origin_id, SMALLER)
    assert kept_of(battle).text == "Une longue réponse."
    assert [turn.prompt for turn in battle.turns] == [PROMPT]
    assert house.upstream.messages("small1") == [("user", PROMPT)]


async def test_with_no_side_preferred_the_one_that_took_more_energy_is_kept(house_with: OpenHouse) -> None:
    house = await house_with(small1=BRIEF, big1=LONG)
    origin_id = await house.play()
    await reveal(house, origin_id, "both_good", "both_bad")
    assert kept_of(await rematch(house, origin_id, SMALLER)).model_id == "big1"


@pytest.mark.parametrize(
    ("preferred", "tokens", "saving"),
    [("big1", 20, SavingKind.LESS), ("big1", 300, SavingKind.SAME_ORDER), ("big1", 4000, SavingKind.MORE)],
)
async def test_the_result_says_what_was_noticed_and_saved(
    house_with: OpenHouse, preferred: str, tokens: int, saving: SavingKind
) -> None:
    words = ("Beaucoup ", "trop. ") * 50
    house = await house_with(big1=InTurn(LONG, says(*words, tokens=tokens)))
    battle = await rematch(house, await origin_preferring(house, preferred), SHORTER)
    kept_side = rematch_of(battle).kept_side
    assert (await house.arena.battles.vote(ANNE, battle.id, kept_side)).rematch is None
    assert (await house.arena.battles.reveal_footprints(ANNE, battle.id)).rematch is None
    result = (await house.arena.battles.choose_again(ANNE, battle.id, "both_good")).rematch
    assert result is not None
    assert (result.kind, result.kept_side, result.noticed) == (SHORTER, kept_side, Noticed.NOTICED)
    assert result.is_over_limit
    assert result.saving is not None
    assert result.saving.kind is saving
    assert (result.saving.factor is None) is (saving is SavingKind.SAME_ORDER)


async def test_without_figures_nothing_is_said_of_the_energy(house_with: OpenHouse) -> None:
    house = await house_with(kind=EndpointKind.LOCAL)
    battle = await rematch(house, await origin_preferring(house, "big1"), SMALLER)
    result = (await reveal(house, battle.id, "both_good")).rematch
    assert result is not None
    assert (result.noticed, result.saving, result.is_over_limit) == (Noticed.ENOUGH, None, False)


async def test_a_rematch_is_no_draw(house: House) -> None:
    origin_id = await origin_preferring(house, "big1")
    before = await asyncio.to_thread(house.stores.battles.pair_history, ANNE, demo=False)
    await rematch(house, origin_id, SMALLER)
    await rematch(house, origin_id, SHORTER)
    assert await asyncio.to_thread(house.stores.battles.pair_history, ANNE, demo=False) == before


async def test_scripted_battles_and_battles_of_chosen_models_are_played_again_blind(house_with: OpenHouse) -> None:
    house = await house_with(kind=EndpointKind.DEMO)
    origin_id = await house.begin(mode=PairingMode.CHOOSE, chosen=("small1", "big1"))
    origin = await house.ended(origin_id)
    await reveal(house, origin_id, next(side for side in Side if origin.models[side] == "big1"))
    battle = await rematch(house, origin_id, SMALLER)
    assert (battle.is_demo, battle.is_blind, battle.mode) == (True, True, PairingMode.CHOOSE)


async def test_a_rematch_left_by_its_visitor_is_no_longer_the_current_battle(house: House) -> None:
    battle = await rematch(house, await origin_preferring(house, "big1"), SMALLER)
    current = await house.arena.battles.current(ANNE)
    assert current is not None
    assert current.battle.id == battle.id
    await house.arena.battles.leave(ANNE, battle.id)
    assert await house.arena.battles.current(ANNE) is None
