"""Recorded duels in a room: played without asking anybody, put in place of what failed, kept for another day."""

import pytest

from arena.domain.pairing import PairingMode
from arena.domain.round import Step
from arena.domain.side import Side
from arena.errors import RoomClosed
from arena.errors.recordings import RecordedDuelNotFound, RecordingIncomplete
from arena.services.organisers import OF_THE_DEPLOYER
from arena.services.room_recordings import RoomRecordings
from tests.providers.fake_server import hanging_after, word
from tests.services.conftest import OpenHouse
from tests.services.house import PROMPT, House
from tests.services.test_rooms import ORDER, Desk, asked, open_desk
from tests.services.upstream import says


def recorded_in(desk: Desk) -> RoomRecordings:
    return desk.house.arena.room_recordings


async def kept_duel(desk: Desk) -> str:
    """Play a round with models and keep it; the id of the duel."""
    await desk.ask()
    (kept,) = await recorded_in(desk).keep(OF_THE_DEPLOYER, desk.event_id)
    return kept.id


@pytest.fixture
async def desk(house: House) -> Desk:
    return await open_desk(house)


async def test_a_kept_round_is_played_again_and_nobody_is_asked(desk: Desk) -> None:
    duel_id = await kept_duel(desk)
    before = asked(desk.house)
    seen = await desk.seen()
    view = await recorded_in(desk).play(OF_THE_DEPLOYER, desk.event_id, duel_id, seen=seen)
    assert view.state.round is not None
    assert view.state.round.recorded_at is not None
    assert view.state.round.number == 2
    for step in ORDER:
        view = await desk.go(step)
        if step is Step.VOTE:
            for number in range(6):
                await desk.vote(f"person-{number}", "a")
    assert asked(desk.house) == before
    assert view.names is not None
    assert {model.id for model in view.names.models.values()} == {"small1", "big1"}
    assert view.footprints is not None
    assert all(view.footprints.sides[side].displayed for side in Side)


async def test_a_recorded_duel_costs_an_event_nothing(desk: Desk) -> None:
    duel_id = await kept_duel(desk)
    for _ in range(3):
        await recorded_in(desk).play(OF_THE_DEPLOYER, desk.event_id, duel_id, seen=await desk.seen())
    assert await desk.house.rows("SELECT count(*) FROM battle WHERE recorded_at IS NULL") == [(1,)]
    assert await desk.house.rows("SELECT count(*) FROM battle WHERE recorded_at IS NOT NULL") == [(3,)]


async def test_the_sides_of_a_recorded_duel_are_drawn(desk: Desk) -> None:
    duel_id = await kept_duel(desk)
    for _ in range(20):
        await recorded_in(desk).play(OF_THE_DEPLOYER, desk.event_id, duel_id, seen=await desk.seen())
    on_a = await desk.house.rows(
        "SELECT DISTINCT model_id FROM battle_side JOIN battle ON battle.id = battle_id "
        "WHERE side = 'a' AND recorded_at IS NOT NULL"
    )
    assert len(on_a) == 2


async def test_one_press_leaves_a_model_that_hangs_for_a_recorded_duel(house_with: OpenHouse) -> None:
    house = await house_with()
    desk = await open_desk(house)
    await kept_duel(desk)
    house.upstream.scripts["small1"] = hanging_after(word("Le "))
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, "Et la mer ?", seen=await desk.seen())
    await desk.go(Step.PROMPT)
    view = await recorded_in(desk).swap(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen())
    assert view.state.round is not None
    assert (view.state.round.number, view.state.round.step) == (3, Step.PROMPT)
    assert view.battle is not None
    assert view.battle.turns[0].prompt == PROMPT
    await desk.go(Step.ANSWERS, Step.VOTE)


async def test_without_any_recorded_duel_there_is_nothing_to_go_to(desk: Desk) -> None:
    with pytest.raises(RoomClosed):
        await recorded_in(desk).swap(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen())
    await desk.ask()
    with pytest.raises(RecordedDuelNotFound):
        await recorded_in(desk).swap(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen())
    with pytest.raises(RecordedDuelNotFound):
        await recorded_in(desk).play(OF_THE_DEPLOYER, desk.event_id, "nothing", seen=await desk.seen())


async def test_a_round_is_not_kept_before_its_answers_are_there(house_with: OpenHouse) -> None:
    house = await house_with(small1=hanging_after(word("Le ")), big1=says("Bleu."))
    desk = await open_desk(house)
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=await desk.seen())
    with pytest.raises(RecordingIncomplete):
        await recorded_in(desk).keep(OF_THE_DEPLOYER, desk.event_id)


async def test_a_mode_that_a_duel_cannot_serve_does_not_stop_the_room(desk: Desk) -> None:
    duel_id = await kept_duel(desk)
    mode = PairingMode.SMALL_ONLY
    view = await recorded_in(desk).play(OF_THE_DEPLOYER, desk.event_id, duel_id, seen=await desk.seen(), mode=mode)
    assert view.state.round is not None
