"""Pages that follow a room: what they are told of, and what phones know of their owners."""

import asyncio
from contextlib import AsyncExitStack, suppress

import pytest

from arena.domain.round import BallotKind, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import EventNotFound
from arena.services.live_room import Role
from arena.services.organisers import OF_THE_DEPLOYER
from tests.services.house import LIMIT_S, PROMPTLY_S, House
from tests.services.test_rooms import ORDER, Desk, open_desk


@pytest.fixture
async def desk(house: House) -> Desk:
    return await open_desk(house)


async def test_a_page_that_follows_is_told_of_steps_and_a_screen_of_counts(desk: Desk) -> None:
    await desk.ask()
    async with (
        desk.rooms.views.following(desk.event_id, Role.PHONE, "person-0") as phone,
        desk.rooms.views.following(desk.event_id, Role.SCREEN) as screen,
    ):
        for follower in (phone, screen):
            await follower.next_change()
        await desk.go(*ORDER[:3])
        async with asyncio.timeout(LIMIT_S):
            await phone.changed.wait()
            phone.changed.clear()
        await desk.vote("person-1", "a")
        async with asyncio.timeout(PROMPTLY_S):
            while (await desk.view()).counts.ballots.get(BallotKind.VOTE) != 1:
                await screen.next_change()
        assert (await desk.view()).counts.connected == 1
        assert not phone.changed.is_set()
        await desk.vote("person-0", "b")
        assert phone.changed.is_set()  # their other pages show what they said


async def test_what_phones_show_of_their_owners_is_what_is_on_disk(desk: Desk) -> None:
    await desk.ask()
    async with AsyncExitStack() as stack:
        for number in range(3):
            await stack.enter_async_context(desk.rooms.views.following(desk.event_id, Role.PHONE, f"person-{number}"))
        await desk.go(*ORDER[:3])
        one = await desk.round()
        await desk.vote("person-0", "b")
        await desk.vote("person-1", "a")
        await desk.vote("person-1", "both_bad")
        for _ in range(2):  # from memory, and as it was read at a step
            said = [(await desk.rooms.ballot(f"person-{number}", one)).vote for number in range(3)]
            assert said == [Outcome.B, Outcome.BOTH_BAD, None]
            await desk.go(Step.CLOSED)
        assert {(await desk.rooms.ballot(f"person-{number}", one)).first for number in range(3)} == set(Side)
        await desk.rooms.reset(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen())
        assert (await desk.rooms.ballot("person-0", one)).vote is None


async def test_an_event_that_closes_or_goes_is_told_to_those_who_follow(desk: Desk) -> None:
    events = desk.house.arena.events
    async with desk.rooms.views.following(desk.event_id, Role.PHONE, "person-0") as phone, asyncio.timeout(PROMPTLY_S):
        event = await events.move(OF_THE_DEPLOYER, desk.event_id, "closed", version=(await desk.view()).event.version)
        while (await desk.view()).event.is_open:
            await phone.next_change()
        await events.delete(
            OF_THE_DEPLOYER, desk.event_id, typed_code=event.code, is_running=desk.house.arena.duel.is_running
        )
        with suppress(EventNotFound):
            while await desk.view():
                await phone.next_change()
        with pytest.raises(EventNotFound):
            await desk.view()
