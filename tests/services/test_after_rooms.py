"""What becomes of a round that is hidden, deleted or purged while its room is in it, and of what was said in it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from arena.domain.retention import Due
from arena.domain.round import Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import BattleClosed, EventNotFound, RoomClosed, StepUnreachable
from arena.services.live_room import Role
from arena.services.organisers import OF_THE_DEPLOYER
from tests.services.house import PROMPTLY_S, House
from tests.services.test_rooms import ORDER, Desk, open_desk

VOTING = ORDER[:3]


@pytest.fixture
async def desk(house: House) -> Desk:
    return await open_desk(house)


async def vote_of_everybody(desk: Desk, value: str = "a", kind: str = "vote") -> None:
    for number in range(6):
        await desk.vote(f"person-{number}", value, kind)


async def take_away(desk: Desk, how: str, battle_id: str) -> None:
    dashboards, event_ids = desk.house.arena.dashboards, frozenset({desk.event_id})
    if how == "hide":
        await dashboards.hide(event_ids, battle_id, 0)
    else:
        await dashboards.delete(event_ids, battle_id)


@pytest.mark.parametrize("how", ["hide", "delete"])
async def test_a_question_that_is_taken_away_leaves_the_room_without_a_round(desk: Desk, how: str) -> None:
    await desk.ask()
    await desk.go(*VOTING)
    await vote_of_everybody(desk)
    one = await desk.round()
    async with desk.rooms.views.following(desk.event_id, Role.SCREEN) as screen:
        assert (await desk.view()).battle is not None
        await take_away(desk, how, one.battle_id)
        async with asyncio.timeout(PROMPTLY_S):
            while (await desk.view()).battle is not None:
                await screen.next_change()
        assert (await desk.view()).state.round is None
    with pytest.raises(RoomClosed):
        await desk.rooms.cast("person-0", desk.event_id, one.id, "vote", "b")
    with pytest.raises(RoomClosed):
        await desk.go(Step.CLOSED)
    await desk.ask()
    assert (await desk.round()).number == (1 if how == "delete" else 2)


async def test_a_round_whose_texts_are_purged_goes_no_further_and_leaves_its_room_to_another(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*VOTING)
    await vote_of_everybody(desk)
    one = await desk.round()
    due = Due(desk.event_id, datetime.now(UTC) + timedelta(days=1))
    retention = desk.house.stores.retention
    purged = await asyncio.to_thread(retention.purge, due, datetime.now(UTC))
    assert (purged.battles, purged.prompts, purged.answers) == (1, 1, 2)
    view = await desk.rooms.views.refreshed(desk.event_id)
    assert view.battle is not None
    assert {turn.prompt for turn in view.battle.turns} == {""}
    with pytest.raises(BattleClosed):
        await desk.rooms.cast("person-0", desk.event_id, one.id, "vote", "b")
    with pytest.raises(StepUnreachable):
        await desk.go(Step.CLOSED)
    assert (await asyncio.to_thread(desk.house.stores.ballots.tally, one.battle_id)).votes == {Outcome.A: 6}
    await desk.ask()
    assert (await desk.round()).number == 2


async def test_a_deleted_event_takes_its_room_along(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*VOTING)
    await vote_of_everybody(desk)
    await desk.rooms.raise_hands(OF_THE_DEPLOYER, desk.event_id, "vote", {"b": 3})
    await desk.house.arena.events.delete(
        OF_THE_DEPLOYER, desk.event_id, typed_code=desk.code, is_running=lambda _id: False
    )
    for table in ("room", "round", "round_step", "seat", "vote", "battle", "pair_tally"):
        assert await desk.house.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    with pytest.raises(EventNotFound):
        await desk.view()


async def test_a_participant_finds_the_round_in_their_summary_as_the_room_saw_it(desk: Desk) -> None:
    await desk.ask(has_bet=True)
    await desk.go(Step.PROMPT, Step.BET)
    await desk.vote("person-0", "10", "bet")
    await desk.go(*ORDER[1:3])
    await vote_of_everybody(desk)
    summaries = desk.house.arena.summaries
    blind = await summaries.of("person-0")
    assert (blind.lines[0].names, blind.lines[0].comparison, blind.summary.shared.is_empty) == ({}, None, True)
    await desk.go(*ORDER[3:6])
    await vote_of_everybody(desk, "b", "second_choice")
    half = await summaries.of("person-0")
    assert (half.lines[0].names, half.summary.caused.is_empty, half.summary.shared.is_empty) == ({}, True, False)
    assert half.lines[0].comparison is not None
    await desk.go(Step.NAMES)
    told = await summaries.of("person-0")
    assert set(told.lines[0].names) == set(Side)
    assert (told.summary.started, told.lines[0].battle.round_number) == (0, 1)
    erased = await summaries.erase("person-0")
    assert (erased.battles, erased.votes, erased.others) == (0, 1, 2)
    assert (await summaries.of("person-0")).lines == ()
    assert len((await summaries.of("person-1")).lines) == 1


async def test_the_report_of_a_room_tells_its_rounds(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*VOTING)
    await vote_of_everybody(desk)
    await desk.rooms.raise_hands(OF_THE_DEPLOYER, desk.event_id, "vote", {"b": 4})
    await desk.go(*ORDER[3:6])
    await vote_of_everybody(desk, "b", "second_choice")
    await desk.rooms.raise_hands(OF_THE_DEPLOYER, desk.event_id, "second_choice", {"b": 3})
    handout = await desk.house.arena.reports.of(desk.event_id)
    assert handout is not None
    report = handout.report
    (one,) = report.rounds
    assert (report.people, report.votes_cast, report.vote_hands) == (6 + 4, 10, 4)
    assert one.tally.votes == {Outcome.A: 6, Outcome.B: 4}
    assert one.tally.second_choices == {Outcome.B: 9}
    assert one.switched is not None
    assert (one.switched.count, one.switched.total) == (6, 6)


async def test_steps_cannot_be_taken_in_a_round_that_is_gone(desk: Desk) -> None:
    await desk.ask()
    one = await desk.round()
    await take_away(desk, "delete", one.battle_id)
    with pytest.raises((RoomClosed, StepUnreachable)):
        await desk.rooms.undo(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen())
