"""When an answer does not come: what the desk is told of it, and another model in its place."""

import pytest

from arena.domain.pairing import PairingMode
from arena.domain.room import visitor_of_room
from arena.domain.round import Step
from arena.domain.side import Side
from arena.errors import StepUnreachable
from arena.services.organisers import OF_THE_DEPLOYER
from arena.services.writing_progress import PATIENCE_S, SideProgress, WritingProgress
from tests.services.conftest import OpenHouse
from tests.services.house import BIG1, BIG2, PROMPT, SMALL1
from tests.services.test_rooms import Desk, open_desk
from tests.services.upstream import BROKEN, Held, InTurn, says

OTHER_PROMPT = "Combien de temps vit un arbre ?"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def begun(desk: Desk) -> None:
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=await desk.seen())


async def side_of(desk: Desk, model_id: str) -> Side:
    battle = await desk.house.stored((await desk.round()).battle_id)
    return next(side for side, one in battle.models.items() if one == model_id)


async def test_a_side_without_news_for_long_needs_help_and_the_other_does_not(house_with: OpenHouse) -> None:
    held = Held(before=("Un ", "début "))
    house = await house_with(big1=held)
    desk = await open_desk(house)
    await begun(desk)
    slow = await side_of(desk, BIG1.id)
    clock = Clock()
    progress = WritingProgress(house.arena.duel, clock)
    one = await desk.round()
    async with house.watching(one.battle_id, visitor_of_room(desk.event_id)) as screen:
        await screen.until_text(slow, "Un début")
        await screen.until(lambda seen: seen.answer(slow.other).status.is_over)
        first = progress.of(await desk.view())
        assert first[slow] == SideProgress(words=2, elapsed_s=0, silent_s=0, is_over=False, is_broken=False)
        clock.seconds += PATIENCE_S + 1
        later = progress.of(await desk.view())
        assert (later[slow].needs_help, later[slow].elapsed_s, later[slow].words) == (True, 21, 2)
        assert (later[slow.other].needs_help, later[slow.other].is_over) == (False, True)
        held.opened.set()
        await screen.until_over()
    assert progress.of(await desk.view()) == {}


async def test_a_side_that_failed_is_told_and_another_model_takes_its_place(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, BIG1), big1=BROKEN)
    desk = await open_desk(house)
    await begun(desk)
    await desk.until_written()
    failed = await side_of(desk, BIG1.id)
    progress = desk.rooms.writing.of(await desk.view())
    assert (progress[failed].is_broken, progress[failed].needs_help) == (True, True)
    assert not progress[failed.other].needs_help
    with pytest.raises(StepUnreachable):
        await desk.go(Step.ANSWERS)


async def test_another_model_writes_in_one_press(house_with: OpenHouse) -> None:
    held = Held(before=["Un "])
    big = InTurn(held, says("Une réponse."))
    house = await house_with(models=(SMALL1, BIG1, BIG2), big1=big, big2=big)
    desk = await open_desk(house)
    mode = PairingMode.SMALL_VS_BIG
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=await desk.seen(), mode=mode)
    battle = await house.stored((await desk.round()).battle_id)
    hanging = next(side for side, one in battle.models.items() if one != SMALL1.id)
    await held.asked.wait()
    await desk.rooms.replace(OF_THE_DEPLOYER, desk.event_id, hanging.value)
    await desk.until_written()
    after = (await house.stored(battle.id)).turns[0].answers[hanging]
    assert (after.text, after.model_id != battle.models[hanging]) == ("Une réponse.", True)
    await desk.go(Step.PROMPT, Step.ANSWERS)
