"""A rehearsal beside its phones: addresses, the disk, the clock, and what is left when it breaks."""

import asyncio
import random
import sqlite3
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from arena.domain.event import Event, EventSettings, EventState
from arena.domain.event_form import EventForm
from arena.domain.rehearsal import Check, Finding, RehearsalReport, trial_id
from arena.errors import EventNotFound, RehearsalRefused
from arena.services.front_door import FrontDoor, Opening
from arena.services.observing import Observer
from arena.services.organisers import OF_THE_DEPLOYER, Access
from arena.services.rehearsal import RehearsalRules, Rehearsals, Wish
from arena.services.rehearsal_checks import check_disk, check_models, own_address
from arena.services.shared_duel import SharedDuel
from tests.passing_time import pass_time, settle
from tests.providers.fake_server import Connection
from tests.services.conftest import OpenHouse
from tests.services.house import BIG1, LIMIT_S, RULES, SMALL1, SMALL2, House
from tests.services.upstream import DENIED, Held, says

TRIAL = Event(
    trial_id("0" * 32),
    "ABC234",
    EventState.OPEN,
    EventSettings("Test", date(2026, 3, 14)),
    datetime(2026, 3, 14, tzinfo=UTC),
)
GB = 10**9


class Doorway:
    """A server that listens where a test says."""

    def __init__(self, own: Opening) -> None:
        self.own = own

    async def listen(self, ip: str, port: int) -> Opening:
        return Opening(ip, port)

    async def stop_listening(self, opening: Opening) -> None:
        assert opening


def door_of(ip: str) -> FrontDoor:
    door = FrontDoor()
    door.fit_into(Doorway(Opening(ip, 7860)))
    return door


def test_this_machine_finds_itself_where_the_arena_was_started() -> None:
    assert own_address(door_of("127.0.0.1"), None) == "http://127.0.0.1:7860"
    assert own_address(door_of("192.168.1.40"), None) == "http://192.168.1.40:7860"
    assert own_address(door_of("0.0.0.0"), None) == "http://127.0.0.1:7860"
    assert own_address(door_of("::"), None) == "http://[::1]:7860"
    assert own_address(FrontDoor(), Opening("127.0.0.1", 8000)) == "http://127.0.0.1:8000"
    assert own_address(FrontDoor(), None) == ""


async def test_a_disk_with_too_little_room_is_told_before_it_is_full(house: House) -> None:
    await asyncio.to_thread(house.stores.events.create, TRIAL)
    assert (await check_disk(house.stores, TRIAL, least_free_bytes=1)).word in ("fine", "slow")
    assert (await check_disk(house.stores, TRIAL, least_free_bytes=10**18)).word == "full"


async def test_a_database_that_takes_no_write_is_told_and_hides_nothing_else(house: House) -> None:
    anne = await house.arena.events.create(OF_THE_DEPLOYER, EventForm("Café IA", "2026-03-14"))

    def forbid(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")  # every write is refused, as on a disk that went read-only

    event.listen(house.engine, "connect", forbid)
    await asyncio.to_thread(house.engine.dispose)
    report = await rehearse(house, anne.id)
    found = {one.check: one for one in report.findings}
    assert found[Check.DISK].word == "refused"
    assert {found[check].word for check in (Check.JOIN, Check.STEPS, Check.VOTES, Check.BACK)} == {"untested"}
    assert found[Check.MODELS].is_fine
    assert found[Check.CLOCK].is_fine
    assert set(found) == set(Check)


async def rehearse(house: House, event_id: str, **changes: object) -> RehearsalReport:
    """A whole rehearsal without any server: nobody gets in."""
    rehearsals = rehearsals_of(house, **changes)
    await rehearsals.start(OF_THE_DEPLOYER, Wish(event_id, "Test", "fr"))
    begun = [check async for check in rehearsals.watch(event_id)]
    assert begun[0] is Check.MODELS
    report = rehearsals.report_of(event_id)
    assert report is not None
    return report


def rehearsals_of(house: House, **changes: object) -> Rehearsals:
    arena, client = house.arena, house.arena.prober.client
    settings: dict[str, Any] = {"rules": RehearsalRules(phones=2), **changes}
    shared = SharedDuel(arena.duel, house.stores, arena.line_up, arena.health, RULES.prompts, random.Random(1))
    return Rehearsals(
        client,
        house.stores,
        arena.events,
        arena.rooms,
        shared,
        arena.line_up,
        Observer(client),
        FrontDoor(),
        arena.recordings,
        **settings,
    )


async def opened(house: House) -> str:
    return (await house.arena.events.create(OF_THE_DEPLOYER, EventForm("Café IA", "2026-03-14"))).id


async def test_a_clock_that_jumps_meanwhile_is_told(house: House) -> None:
    times = iter((1000.0, 4600.0))
    report = await rehearse(house, await opened(house), wall=lambda: next(times))
    clock = next(one for one in report.findings if one.check is Check.CLOCK)
    assert clock.word == "jumped"
    assert 3590 < float(clock.values["drift_s"]) <= 3600


async def test_an_arena_that_does_not_find_itself_says_so(house: House) -> None:
    report = await rehearse(house, await opened(house))
    assert {one.word for one in report.findings if one.check is Check.ADDRESS} == {"unknown"}
    assert report.address == ""


async def models_of(house: House, event: Event, limit_s: float = LIMIT_S) -> Finding:
    client = house.arena.prober.client
    return await check_models(client, house.arena.line_up, Observer(client), event, limit_s=limit_s, recorded=0)


async def test_models_that_fail_are_named_with_the_reason(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1), small2=DENIED)
    found = await models_of(house, TRIAL)
    assert (found.word, found.values) == ("some", {"count": 2})
    assert [(one.name, one.key) for one in found.details] == [("Xylofer Small2", "error.endpoint.access_denied")]


async def test_a_model_that_hangs_does_not_hold_up_the_rehearsal(house_with: OpenHouse) -> None:
    answered, held = asyncio.Event(), Held()

    async def answers(connection: Connection) -> None:
        await says("Bonjour monde.")(connection)
        answered.set()

    house = await house_with(small1=held, big1=answers)
    checking = asyncio.create_task(models_of(house, TRIAL, limit_s=10.0))
    await asyncio.gather(held.asked.wait(), answered.wait())
    await settle()
    pass_time(10.0)
    found = await checking
    assert (found.word, found.values) == ("too_few", {"count": 1})
    assert [one.key for one in found.details] == ["error.endpoint.silent"]


async def test_only_the_models_of_the_event_are_asked(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1), small2=DENIED)
    chosen = EventSettings("Test", date(2026, 3, 14), models=frozenset({"small1", "big1"}))
    found = await models_of(house, Event(TRIAL.id, "ABC234", EventState.OPEN, chosen, TRIAL.created_at))
    assert (found.word, found.is_fine) == ("fine", True)
    assert house.upstream.count("small2") == 0


async def test_one_rehearsal_at_a_time_and_none_of_somebody_elses_event(house: House) -> None:
    event_id = await opened(house)
    rehearsals = rehearsals_of(house)
    with pytest.raises(EventNotFound):
        await rehearsals.start(Access(frozenset({"other"})), Wish(event_id, "Test", "fr"))
    starts = (rehearsals.start(OF_THE_DEPLOYER, Wish(event_id, "Test", "fr")) for _ in range(3))
    ended = await asyncio.gather(*starts, return_exceptions=True)
    assert [type(one) for one in ended if one] == [RehearsalRefused] * 2
    await rehearsals.close()
    assert not rehearsals.is_running_for(event_id)


async def test_what_a_killed_rehearsal_left_goes_with_the_next_clearing(house: House) -> None:
    kept = await opened(house)
    await asyncio.to_thread(house.stores.events.create, TRIAL)
    await house.arena.rehearsals.clear()
    assert [one.id for one in await house.arena.events.all_of(OF_THE_DEPLOYER)] == [kept]
