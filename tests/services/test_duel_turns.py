"""Turns, pairing modes and limits of a battle."""

import asyncio
from collections import Counter

import pytest

from arena.domain.battle import AnswerStatus, Battle
from arena.domain.catalogue import EndpointKind
from arena.domain.pairing import PairingMode
from arena.domain.side import Side
from arena.errors import (
    BattleBusy,
    BattleClosed,
    BattleNotFound,
    PairingError,
    PromptRejected,
    TooManyBattles,
)
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BIG1, BIG2, BRUNO, PROMPT, SMALL1, SMALL2, House, duel_rules, errors_of, model
from tests.services.upstream import DENIED, Held, InTurn, drops_after, says

NIGHT, DAWN = "Et la nuit ?", "Et à l’aube ?"


async def follow(house: House, battle_id: str, prompt: str) -> Battle:
    await house.arena.duel.follow_up(ANNE, battle_id, prompt)
    return await house.ended(battle_id)


async def test_follow_ups_carry_each_sides_own_history_only(house_with: OpenHouse) -> None:
    house = await house_with(
        small1=InTurn(says("P1."), says("P2."), says("P3.")), big1=InTurn(says("G1."), says("G2."), says("G3."))
    )
    battle_id = await house.play()
    await follow(house, battle_id, NIGHT)
    battle = await follow(house, battle_id, DAWN)
    for model_id, letter in (("small1", "P"), ("big1", "G")):
        assert house.upstream.messages(model_id, 0) == [("user", PROMPT)]
        assert house.upstream.messages(model_id, 2) == [
            ("user", PROMPT),
            ("assistant", f"{letter}1."),
            ("user", NIGHT),
            ("assistant", f"{letter}2."),
            ("user", DAWN),
        ]
    assert [turn.prompt for turn in battle.turns] == [PROMPT, NIGHT, DAWN]
    assert [turn.index for turn in battle.turns] == [0, 1, 2]


async def test_a_turn_that_a_side_failed_is_left_out_of_its_history(house_with: OpenHouse) -> None:
    house = await house_with(small1=InTurn(says("P1."), DENIED, says("P3.")), big1=says("G."))
    battle_id = await house.play()
    await follow(house, battle_id, NIGHT)
    await follow(house, battle_id, DAWN)
    assert house.upstream.messages("small1") == [("user", PROMPT), ("assistant", "P1."), ("user", DAWN)]
    assert len(house.upstream.messages("big1")) == 5


async def test_a_broken_answer_stays_in_the_history_as_far_as_it_came(house_with: OpenHouse) -> None:
    house = await house_with(small1=InTurn(drops_after("Il "), says("Oui.")))
    battle_id = await house.play()
    await follow(house, battle_id, NIGHT)
    assert house.upstream.messages("small1")[1] == ("assistant", "Il ")


async def test_after_a_replacement_the_substitute_goes_on_with_its_own_words(house_with: OpenHouse) -> None:
    bigs = InTurn(DENIED, says("Je remplace."), says("Je continue."))
    house = await house_with(models=(SMALL1, BIG1, BIG2), big1=bigs, big2=bigs)
    battle_id = await house.begin(mode=PairingMode.SMALL_VS_BIG)
    await house.ended(battle_id)
    battle = await follow(house, battle_id, NIGHT)
    substitute = next(one for one in battle.models.values() if one != "small1")
    assert house.upstream.messages(substitute)[1] == ("assistant", "Je remplace.")
    assert house.upstream.count(substitute) == 2


async def test_only_the_allowed_number_of_turns_is_played(house_with: OpenHouse) -> None:
    house = await house_with(rules=duel_rules(max_turns=2))
    battle_id = await house.play()
    await follow(house, battle_id, NIGHT)
    with pytest.raises(BattleClosed):
        await house.arena.duel.follow_up(ANNE, battle_id, DAWN)
    assert house.upstream.count("small1") == 2


async def test_a_follow_up_is_refused_while_answers_are_written(house_with: OpenHouse) -> None:
    held = Held()
    house = await house_with(default=held)
    battle_id = await house.begin()
    with pytest.raises(BattleBusy):
        await house.arena.duel.follow_up(ANNE, battle_id, NIGHT)
    held.opened.set()
    assert len((await house.ended(battle_id)).turns) == 1


async def test_a_follow_up_is_refused_after_the_vote(house: House) -> None:
    battle_id = await house.play()
    await house.arena.battles.vote(ANNE, battle_id, "a")
    with pytest.raises(BattleClosed):
        await house.arena.duel.follow_up(ANNE, battle_id, NIGHT)


async def test_a_follow_up_is_refused_where_a_side_never_said_anything(house_with: OpenHouse) -> None:
    house = await house_with(small1=DENIED)
    battle_id = await house.play()
    with pytest.raises(BattleClosed):
        await house.arena.duel.follow_up(ANNE, battle_id, NIGHT)


async def test_a_follow_up_checks_its_prompt_and_its_visitor(house: House) -> None:
    battle_id = await house.play()
    with pytest.raises(PromptRejected):
        await house.arena.duel.follow_up(ANNE, battle_id, "  ")
    with pytest.raises(BattleNotFound):
        await house.arena.duel.follow_up(BRUNO, battle_id, NIGHT)
    with pytest.raises(BattleNotFound):
        await house.arena.duel.follow_up(ANNE, "no-such-battle", NIGHT)
    assert len((await house.stored(battle_id)).turns) == 1


async def test_the_same_follow_up_sent_twice_is_one_turn(house_with: OpenHouse) -> None:
    held = Held()
    house = await house_with(default=InTurn(says("Oui."), says("Non."), held))
    battle_id = await house.play()
    duel = house.arena.duel
    refusals = await errors_of(*(duel.follow_up(ANNE, battle_id, NIGHT) for _ in range(4)))
    held.opened.set()
    battle = await house.ended(battle_id)
    assert refusals == [BattleBusy] * 3
    assert [turn.prompt for turn in battle.turns] == [PROMPT, NIGHT]


async def test_a_stopped_turn_can_be_followed(house_with: OpenHouse) -> None:
    held = Held(before=["Un début "])
    house = await house_with(default=InTurn(held, held, says("La suite.")))
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        for side in Side:
            await screen.until_text(side, "Un début ")
        await house.arena.duel.stop(ANNE, battle_id)
        await screen.until_over()
    battle = await follow(house, battle_id, NIGHT)
    assert [answer.text for answer in battle.turns[1].answers.values()] == ["La suite."] * 2


async def test_a_visitor_runs_a_few_battles_at_a_time_even_when_asking_at_once(house_with: OpenHouse) -> None:
    held = Held()
    house = await house_with(default=held, rules=duel_rules(max_running_per_visitor=3))
    refusals = await errors_of(*(house.begin() for _ in range(8)))
    assert refusals == [TooManyBattles] * 5
    battle_id = await house.begin(BRUNO)
    held.opened.set()
    await house.ended(battle_id, BRUNO)
    for (mine,) in await house.rows("SELECT id FROM battle WHERE visitor_id = 'anne'"):
        await house.ended(str(mine))
    await house.play()


@pytest.mark.parametrize(
    "prompt", ["", " \n\t", "x" * 2001, "Écris à jean.dupont@exemple.fr", "Mon numéro : 06 12 34 56 78"]
)
async def test_a_prompt_that_breaks_a_rule_starts_nothing(house: House, prompt: str) -> None:
    with pytest.raises(PromptRejected):
        await house.begin(prompt=prompt)
    assert await house.rows("SELECT count(*) FROM battle") == [(0,)]
    assert not house.upstream.requests


async def test_a_visitor_does_not_meet_the_same_pair_twice_while_others_are_left(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, BIG1, BIG2))
    pairs = []
    for _ in range(3):
        battle_id = await house.play()
        pairs.append(frozenset((await house.stored(battle_id)).models.values()))
    assert len(set(pairs)) == 3


async def test_sides_are_balanced_within_a_pair(house: House) -> None:
    seats: Counter[str] = Counter()
    for _ in range(4):
        battle = await house.stored(await house.play())
        seats[battle.models[Side.A]] += 1
    assert seats == {"small1": 2, "big1": 2}


async def test_small_versus_big_and_small_only_draw_what_they_say(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1, BIG2))
    for mode, kinds in ((PairingMode.SMALL_VS_BIG, {"small", "big"}), (PairingMode.SMALL_ONLY, {"small"})):
        battle_id = await house.begin(mode=mode)
        battle = await house.ended(battle_id)
        assert {one.rstrip("12") for one in battle.models.values()} == kinds
        assert battle.mode is mode


async def test_a_battle_between_chosen_models_is_not_blind(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1))
    battle_id = await house.begin(mode=PairingMode.CHOOSE, chosen=("big1", "small2"))
    last = await house.last_snapshot(battle_id)
    battle = await house.stored(battle_id)
    assert (battle.is_blind, last.is_blind) == (False, False)
    assert set(battle.models.values()) == {"big1", "small2"}
    history = await asyncio.to_thread(house.stores.battles.pair_history, ANNE, demo=False)
    assert history.met == {}


async def test_one_chosen_model_meets_another(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1))
    battle = await house.ended(await house.begin(mode=PairingMode.CHOOSE, chosen=("big1",)))
    assert "big1" in battle.models.values()
    assert len(set(battle.models.values())) == 2


@pytest.mark.parametrize(
    ("mode", "chosen"),
    [
        (PairingMode.CHOOSE, ()),
        (PairingMode.CHOOSE, ("small1", "small1")),
        (PairingMode.CHOOSE, ("gpt-∞", "small1")),
        (PairingMode.SMALL_VS_BIG, ()),
    ],
)
async def test_an_impossible_pair_is_refused_and_leaves_nothing(
    house_with: OpenHouse, mode: PairingMode, chosen: tuple[str, ...]
) -> None:
    house = await house_with(models=(SMALL1, SMALL2))
    with pytest.raises(PairingError):
        await house.begin(mode=mode, chosen=chosen)
    assert await house.rows("SELECT count(*) FROM battle") == [(0,)]


async def test_one_model_alone_cannot_meet_anyone(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1,))
    with pytest.raises(PairingError):
        await house.begin()


async def test_battles_of_demo_models_are_marked(house_with: OpenHouse) -> None:
    house = await house_with(kind=EndpointKind.DEMO)
    battle_id = await house.begin()
    last = await house.last_snapshot(battle_id)
    battle = await house.stored(battle_id)
    assert (battle.is_demo, last.is_demo) == (True, True)
    real = await asyncio.to_thread(house.stores.battles.pair_history, ANNE, demo=False)
    demo = await asyncio.to_thread(house.stores.battles.pair_history, ANNE, demo=True)
    assert (real.met, len(demo.met)) == ({}, 1)


async def test_models_of_unknown_size_can_meet_and_have_no_figure(house_with: OpenHouse) -> None:
    house = await house_with(models=(model("small1", None), BIG1))
    battle_id = await house.play()
    side = next(s for s, one in (await house.stored(battle_id)).models.items() if one == "small1")
    _, values = (await house.footprints(battle_id))[0, side]
    assert (dict(values.displayed), values.no_figure_reason is not None) == ({}, True)
    assert (await house.answer_of(battle_id, "small1")).status is AnswerStatus.COMPLETE
