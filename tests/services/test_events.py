"""Events through the services: joining, what their settings do to a duel, and what stops when they close."""

import asyncio
from dataclasses import replace

import pytest

from arena.domain.battle import RevealStage
from arena.domain.event import CODE_ALPHABET, CODE_LENGTH, Event, EventState
from arena.domain.event_form import EventForm, FormLimits
from arena.domain.pairing import PairingMode
from arena.domain.rematch import RematchKind
from arena.domain.side import Side
from arena.errors import (
    AccessRefused,
    BattleBusy,
    CodeUnknown,
    EventChanged,
    EventNotFound,
    EventNotOpen,
    EventPairingError,
    EventRejected,
    InvalidChoice,
    PairingError,
    PromptRejected,
    StorageError,
    TooManyTries,
)
from arena.services.battles import BattleView
from arena.services.events import EventRules, Events, new_code
from arena.services.organisers import OF_THE_DEPLOYER, Access
from arena.services.suggestions import load_suggestions
from tests.services.conftest import OpenHouse
from tests.services.house import ANNE, BIG1, BIG2, BRUNO, RULES, SMALL1, SMALL2, House, errors_of
from tests.services.upstream import DENIED, Held

FORM = EventForm(title="Café IA", held_on="2026-03-14")
SUGGESTION = load_suggestions().items[0]
FREE_TEXT = "Que penser des girafes ?"


async def open_event(house: House, form: EventForm = FORM) -> Event:
    """An event that takes prompts."""
    events = house.arena.events
    draft = await events.create(OF_THE_DEPLOYER, form)
    return await events.move(OF_THE_DEPLOYER, draft.id, "open", version=draft.version)


async def close(house: House, event: Event) -> Event:
    return await house.arena.events.move(OF_THE_DEPLOYER, event.id, "closed", version=event.version)


async def joined(house: House, form: EventForm = FORM, visitor: str = ANNE) -> Event:
    """An open event that a visitor has just joined."""
    event = await open_event(house, form)
    return await house.arena.events.join(visitor, event.code)


def test_codes_can_be_read_aloud_and_differ() -> None:
    codes = [new_code() for _ in range(200)]
    assert len(set(codes)) == 200
    assert all(len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) for code in codes)
    assert set(CODE_ALPHABET) & set("0O1IL") == set()


async def test_a_code_that_is_taken_is_drawn_again(house: House) -> None:
    codes = iter(["AAAAAA", "AAAAAA", "BBBBBB"])
    limits = FormLimits(frozenset())
    events = Events(house.stores, load_suggestions(), limits, make_code=lambda: next(codes))
    made = [(await events.create(OF_THE_DEPLOYER, FORM)).code for _ in range(2)]
    assert made == ["AAAAAA", "BBBBBB"]
    stuck = Events(house.stores, load_suggestions(), limits, make_code=lambda: "AAAAAA")
    with pytest.raises(StorageError):
        await stuck.create(OF_THE_DEPLOYER, FORM)


async def test_a_battle_belongs_to_the_event_its_visitor_joined(house: House) -> None:
    outside = await house.stored(await house.play())
    event = await joined(house)
    inside = await house.stored(await house.play())
    neighbour = await house.stored(await house.play(BRUNO))
    assert (outside.event_id, inside.event_id, neighbour.event_id) == (None, event.id, None)
    await house.arena.events.leave(ANNE)
    assert (await house.stored(await house.play())).event_id is None


async def test_a_suggestion_gives_its_theme_to_the_battle_and_free_text_none(house: House) -> None:
    battle = await house.stored(await house.begin(prompt=f" {SUGGESTION.text['en']} "))
    assert battle.theme == SUGGESTION.theme_id
    assert (await house.stored(await house.begin(prompt=FREE_TEXT))).theme is None


async def test_only_allowed_models_are_drawn_and_replace_each_other(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1, BIG2), small1=DENIED)
    await joined(house, replace(FORM, models=("small1", "big1")))
    battle = await house.ended(await house.begin())
    assert set(battle.models.values()) == {"small1", "big1"}, "the failed one was replaced by one that is not allowed"


async def test_a_rematch_asks_only_allowed_models(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, BIG1, BIG2))
    await joined(house, replace(FORM, models=("big1", "big2")))
    battle_id, sides = await house.begin_with_sides()
    await house.ended(battle_id)
    view = await _to_names(house, battle_id, sides["big1"])
    assert view.offers[RematchKind.SMALLER] is not None
    with pytest.raises(InvalidChoice):
        await house.arena.duel.rematch(ANNE, battle_id, RematchKind.SMALLER)


async def _to_names(house: House, battle_id: str, preferred: Side) -> BattleView:
    await house.arena.battles.vote(ANNE, battle_id, preferred)
    await house.arena.battles.reveal_footprints(ANNE, battle_id)
    return await house.arena.battles.choose_again(ANNE, battle_id, None)


async def test_too_few_allowed_models_are_said_as_the_events_fault(house: House) -> None:
    event = await joined(house)
    shrunk = replace(event, settings=replace(event.settings, models=frozenset({"small1", "gone"})))
    await asyncio.to_thread(house.stores.events.change, shrunk)
    with pytest.raises(EventPairingError) as refused:
        await house.begin()
    assert refused.value.key == "error.event.pairing"


async def test_the_events_mode_is_the_only_one(house: House) -> None:
    await joined(house, replace(FORM, mode="small_vs_big"))
    battle = await house.stored(await house.begin(mode=PairingMode.CHOOSE, chosen=("small1",)))
    assert (battle.mode, battle.is_blind) == (PairingMode.SMALL_VS_BIG, True)


async def test_in_an_event_of_chosen_models_only_allowed_ones_can_be_chosen(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1))
    await joined(house, replace(FORM, mode="choose", models=("small1", "big1")))
    assert await errors_of(house.begin(chosen=("small2",))) == [PairingError]
    battle = await house.stored(await house.begin(chosen=("small1",)))
    assert (set(battle.models.values()), battle.is_blind) == ({"small1", "big1"}, False)


async def test_the_events_answer_cap_reaches_the_models_and_never_exceeds_the_arenas(house: House) -> None:
    event = await joined(house, replace(FORM, max_answer_tokens="64"))
    await house.play()
    assert _asked_for(house) == {64}
    tall = replace(event, settings=replace(event.settings, max_answer_tokens=9999))
    await asyncio.to_thread(house.stores.events.change, tall)
    house.upstream.requests.clear()
    await house.play()
    assert _asked_for(house) == {400}


def _asked_for(house: House) -> set[int]:
    """The answer lengths that the models were asked for."""
    return {sent.json["max_tokens"] for requests in house.upstream.requests.values() for sent in requests}


async def test_an_event_of_suggestions_refuses_free_text_in_every_turn(house: House) -> None:
    await joined(house, replace(FORM, moderation="suggestions"))
    for prompt in (FREE_TEXT, SUGGESTION.text["fr"] + " Et encore ?"):
        with pytest.raises(PromptRejected) as refused:
            await house.begin(prompt=prompt)
        assert refused.value.key == "error.prompt.suggestions_only"
    battle_id = await house.begin(prompt=SUGGESTION.text["fr"])
    await house.ended(battle_id)
    assert not (await house.arena.battles.view(ANNE, battle_id)).may_continue
    assert await errors_of(house.arena.duel.follow_up(ANNE, battle_id, FREE_TEXT)) == [PromptRejected]
    await house.arena.duel.follow_up(ANNE, battle_id, SUGGESTION.text["en"])


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDEF", "' or 1=1 --", "x" * 10_000, "\x00", "ÀÉÎÕÜŸ", "%00%00%00"])
async def test_a_wrong_or_forged_code_joins_nothing(house: House, typed: str) -> None:
    await open_event(house)
    with pytest.raises(CodeUnknown):
        await house.arena.events.join(ANNE, typed)
    assert await house.rows("select * from participant") == []


async def test_after_five_wrong_codes_even_a_right_one_waits_for_that_visitor_only(house: House) -> None:
    event = await open_event(house)
    tries = [house.arena.events.join(ANNE, "AAAAAA") for _ in range(8)]
    assert await errors_of(*tries) == [CodeUnknown] * 5 + [TooManyTries] * 3
    assert await errors_of(house.arena.events.join(ANNE, event.code)) == [TooManyTries]
    assert await house.arena.events.join(BRUNO, event.code) == event


@pytest.mark.parametrize("state", ["draft", "closed"])
async def test_an_event_that_is_not_open_cannot_be_joined_and_says_which_it_is(house: House, state: str) -> None:
    event = await house.arena.events.create(OF_THE_DEPLOYER, FORM)
    if state == "closed":
        event = await close(house, await house.arena.events.move(OF_THE_DEPLOYER, event.id, "open", version=1))
    with pytest.raises(EventNotOpen) as refused:
        await house.arena.events.join(ANNE, event.code)
    assert refused.value.key == f"error.event.{state}"


async def test_a_closed_event_takes_no_prompt_no_vote_and_no_retry_but_a_voted_duel_can_be_finished(
    house: House,
) -> None:
    event = await joined(house)
    arena, voted, unvoted = house.arena, await house.play(), await house.play()
    await arena.battles.vote(ANNE, voted, "a")
    await close(house, event)
    requests = (
        house.begin(),
        arena.duel.follow_up(ANNE, unvoted, FREE_TEXT),
        arena.duel.retry(ANNE, unvoted, Side.A),
        arena.battles.vote(ANNE, unvoted, "a"),
        arena.battles.vote(ANNE, voted, "b"),
        arena.battles.react(ANNE, unvoted, "a", True, []),
    )
    assert await errors_of(*requests) == [EventNotOpen] * len(requests)
    assert not (await arena.battles.view(ANNE, unvoted)).may_continue
    assert (await arena.battles.vote(ANNE, voted, "a")).opinion.vote, "the same vote again changes nothing"
    view = await arena.battles.reveal_footprints(ANNE, voted)
    view = await arena.battles.choose_again(ANNE, voted, "b")
    assert view.battle.stage is RevealStage.NAMES
    assert view.offers == {}
    assert await errors_of(arena.duel.rematch(ANNE, voted, RematchKind.SHORTER)) == [EventNotOpen]
    assert len(await house.rows("select * from vote")) == 1
    assert len(await house.rows("select * from turn")) == 2


async def test_after_leaving_a_closed_event_one_plays_on_outside(house: House) -> None:
    event = await joined(house)
    await close(house, event)
    assert await errors_of(house.begin()) == [EventNotOpen]
    await house.arena.events.leave(ANNE)
    assert (await house.stored(await house.begin())).event_id is None


async def test_an_answer_that_is_being_written_when_its_event_closes_is_kept(house_with: OpenHouse) -> None:
    held = Held(before=("Un début, ",))
    house = await house_with(small1=held)
    event = await joined(house)
    battle_id = await house.begin()
    async with house.watching(battle_id) as screen:
        await screen.until(lambda seen: bool(seen.snapshots))
        await close(house, event)
        held.opened.set()
        await screen.until_over()
    assert all(answer.text for answer in (await house.stored(battle_id)).turns[0].answers.values())


async def test_without_a_code_one_lands_in_the_deployers_event_while_it_is_open(house_with: OpenHouse) -> None:
    house = await house_with()
    event = await open_event(house)
    rules = replace(RULES, events=EventRules(open_code=event.code.lower()))
    house = await house_with(rules=rules)
    assert await house.rows("select * from participant") == [], "looking joins nobody"
    assert await house.arena.events.current(ANNE) == event
    assert (await house.stored(await house.begin())).event_id == event.id
    await close(house, event)
    assert await house.arena.events.current(BRUNO) is None
    assert await errors_of(house.begin()) == [EventNotOpen]
    assert (await house.stored(await house.begin(BRUNO))).event_id is None


async def test_two_editors_who_read_the_same_version_do_not_overwrite_each_other(house: House) -> None:
    events, draft = house.arena.events, await house.arena.events.create(OF_THE_DEPLOYER, FORM)
    first, second = (replace(FORM, title=title) for title in ("Un", "Deux"))
    assert (await events.edit(OF_THE_DEPLOYER, draft.id, first, version=1)).version == 2
    with pytest.raises(EventChanged):
        await events.edit(OF_THE_DEPLOYER, draft.id, second, version=1)
    with pytest.raises(EventChanged):
        await events.move(OF_THE_DEPLOYER, draft.id, "open", version=1)
    kept = await events.get(OF_THE_DEPLOYER, draft.id)
    assert (kept.settings.title, kept.state) == ("Un", EventState.DRAFT)


@pytest.mark.parametrize("state", ["closed", "draft", "gone", ""])
async def test_a_draft_is_opened_first(house: House, state: str) -> None:
    draft = await house.arena.events.create(OF_THE_DEPLOYER, FORM)
    with pytest.raises(InvalidChoice):
        await house.arena.events.move(OF_THE_DEPLOYER, draft.id, state, version=1)


async def test_a_model_that_the_catalogue_lost_may_stay_but_not_come(house: House) -> None:
    event = await joined(house)
    shrunk = replace(event, settings=replace(event.settings, models=frozenset({"small1", "gone"})))
    await asyncio.to_thread(house.stores.events.change, shrunk)
    kept = replace(FORM, models=("small1", "gone"))
    assert (await house.arena.events.edit(OF_THE_DEPLOYER, event.id, kept, version=3)).version == 4
    with pytest.raises(EventRejected):
        await house.arena.events.create(OF_THE_DEPLOYER, kept)


async def test_an_event_is_deleted_only_with_its_own_code_and_when_nothing_is_being_written(
    house_with: OpenHouse,
) -> None:
    held = Held(before=("Un début, ",))
    house = await house_with(small1=held)
    event = await joined(house)
    battle_id = await house.begin()
    events, running = house.arena.events, house.arena.duel.is_running

    async def delete(code: str) -> int:
        return await events.delete(OF_THE_DEPLOYER, event.id, typed_code=code, is_running=running)

    assert await errors_of(delete(""), delete("AAAAAA")) == [EventRejected] * 2
    assert await errors_of(delete(event.code)) == [BattleBusy]
    held.opened.set()
    await house.ended(battle_id)
    assert await delete(event.code.lower()) == 1
    for table in ("event", "participant", "battle", "turn", "answer", "footprint_input"):
        assert await house.rows(f"select * from {table}") == [], table
    assert (await house.stored(await house.begin())).event_id is None


async def test_an_organiser_can_neither_read_nor_change_the_event_of_another_one(house: House) -> None:
    theirs, mine = await open_event(house), await open_event(house)
    access, events = Access(frozenset({mine.id})), house.arena.events
    requests = (
        events.get(access, theirs.id),
        events.edit(access, theirs.id, FORM, version=theirs.version),
        events.move(access, theirs.id, "closed", version=theirs.version),
        events.delete(access, theirs.id, typed_code=theirs.code, is_running=house.arena.duel.is_running),
        events.with_code(access, theirs.code),
        events.create(access, FORM),
    )
    assert await errors_of(*requests) == [*[EventNotFound] * 4, CodeUnknown, AccessRefused]
    assert await events.all_of(access) == (mine,)
    assert await events.all_of(Access()) == ()
    assert await events.get(OF_THE_DEPLOYER, theirs.id) == theirs
