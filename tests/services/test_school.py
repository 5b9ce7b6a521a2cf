"""School mode through the services: whatever a script asks for, participants write nothing and start nothing."""

from dataclasses import replace

import pytest

from arena.domain.battle import RevealStage
from arena.domain.event import Event
from arena.domain.pairing import PairingMode
from arena.domain.rematch import RematchKind
from arena.errors import OrganiserAsks
from arena.services.organisers import OF_THE_DEPLOYER
from tests.services.house import ANNE, BRUNO, House, errors_of
from tests.services.test_events import FORM, FREE_TEXT, SUGGESTION, joined

SCHOOL = replace(FORM, moderation="school")


async def turned_into_a_school(house: House, event: Event) -> Event:
    """The same event, whose organiser has changed their mind."""
    return await house.arena.events.edit(OF_THE_DEPLOYER, event.id, SCHOOL, version=event.version)


@pytest.mark.parametrize("prompt", [FREE_TEXT, *SUGGESTION.text.values()])
@pytest.mark.parametrize("mode", [PairingMode.RANDOM, PairingMode.CHOOSE])
async def test_no_duel_is_started_not_even_with_a_suggestion(house: House, prompt: str, mode: PairingMode) -> None:
    await joined(house, SCHOOL)
    with pytest.raises(OrganiserAsks) as refused:
        await house.begin(prompt=prompt, mode=mode, chosen=("small1", "big1"))
    assert refused.value.key == "error.school.prompt"
    for table in ("battle", "turn", "answer"):
        assert await house.rows(f"select * from {table}") == [], table


async def test_a_duel_from_before_takes_no_turn_no_comment_and_no_rematch_but_is_finished(house: House) -> None:
    event = await joined(house)
    arena, battle_id = house.arena, await house.play()
    await turned_into_a_school(house, event)
    assert not (await arena.battles.view(ANNE, battle_id)).may_continue
    for prompt in (FREE_TEXT, *SUGGESTION.text.values()):
        assert await errors_of(arena.duel.follow_up(ANNE, battle_id, prompt)) == [OrganiserAsks]
    with pytest.raises(OrganiserAsks) as refused:
        await arena.battles.vote(ANNE, battle_id, "a", "Parce que.")
    assert refused.value.key == "error.school.comment"
    assert await house.rows("select * from vote") == [], "the vote does not come without its comment"
    for comment in (None, "", "  \n"):
        assert (await arena.battles.vote(ANNE, battle_id, "a", comment)).opinion.vote
    await arena.battles.react(ANNE, battle_id, "a", True, ["useful"])
    await arena.battles.reveal_footprints(ANNE, battle_id)
    view = await arena.battles.choose_again(ANNE, battle_id, "b")
    assert (view.battle.stage, view.offers) == (RevealStage.NAMES, {})
    rematches = [arena.duel.rematch(ANNE, battle_id, kind) for kind in RematchKind]
    assert await errors_of(*rematches) == [OrganiserAsks] * len(rematches)
    assert len(await house.rows("select * from turn")) == 1
    assert await house.rows("select comment from vote") == [("",)]


async def test_a_comment_from_before_may_stay_or_go_but_not_change(house: House) -> None:
    event = await joined(house)
    battles, battle_id = house.arena.battles, await house.play()
    await battles.vote(ANNE, battle_id, "a", "Avant.")
    await turned_into_a_school(house, event)
    assert await errors_of(battles.vote(ANNE, battle_id, "a", "Après.")) == [OrganiserAsks]
    for comment, kept in ((None, "Avant."), ("Avant.", "Avant."), ("", "")):
        vote = (await battles.vote(ANNE, battle_id, "b", comment)).opinion.vote
        assert vote
        assert vote.comment == kept
    assert await errors_of(battles.vote(ANNE, battle_id, "a", "Avant.")) == [OrganiserAsks]


async def test_elsewhere_nothing_has_changed(house: House) -> None:
    await joined(house, SCHOOL)
    battle_id = await house.play(BRUNO)
    await house.arena.duel.follow_up(BRUNO, battle_id, FREE_TEXT)
    await house.ended(battle_id, BRUNO)
    vote = (await house.arena.battles.vote(BRUNO, battle_id, "a", "Parce que.")).opinion.vote
    assert vote
    assert vote.comment == "Parce que."
    await house.arena.events.leave(ANNE)
    assert (await house.stored(await house.begin())).event_id is None
