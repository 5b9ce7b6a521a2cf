"""A room under stress: a hundred phones, a killed server, two desks, a phone that was away, a model that hangs."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from arena.services.simulated_phones import SimulatedPhone, open_phone_client
from tests.e2e.organiser_client import DEPLOYER, OrganiserClient
from tests.e2e.room_client import Desk
from tests.serving import Application, running

PROMPT = "Pourquoi le ciel est-il bleu ?"
OUTCOMES = ("a", "both_good", "both_bad", "b")
LIMIT_S = 60.0
CROWD, ROUNDS = 100, 10

Scene = Callable[[Desk, Sequence[SimulatedPhone]], Awaitable[None]]


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    """One of its own: it is killed, and its database is counted."""
    with running(Application(tmp_path, demo="always", demo_speed="100", deployer_secret=DEPLOYER)) as application:
        yield application


def play(application: Application, people: int, scene: Scene) -> Desk:
    """Open a room, let people join and follow it, and play a scene; presses run beside the phones."""

    async def in_the_room(desk: Desk) -> None:
        async with open_phone_client(application.url) as client, AsyncExitStack() as stack:
            phones = [SimulatedPhone(client, desk.code) for _ in range(people)]
            await asyncio.gather(*(phone.join() for phone in phones))
            for phone in phones:
                await stack.enter_async_context(phone.following())
            async with asyncio.timeout(LIMIT_S * 4):
                await scene(desk, phones)

    with OrganiserClient(application) as organiser:
        event_id, code = organiser.make(title="Café IA")
        desk = Desk(application, organiser, event_id, code)
        desk.does("open")
        with ThreadPoolExecutor(1) as thread:  # this one may have a loop already: that of a browser of other tests
            thread.submit(asyncio.run, in_the_room(desk)).result()
        return desk


async def ask(desk: Desk, phones: Sequence[SimulatedPhone]) -> None:
    """A new round, its vote open on every phone."""
    await asyncio.to_thread(desk.does, "ask", prompt=PROMPT)
    await go(desk, phones, "answers", "vote")


async def go(desk: Desk, phones: Sequence[SimulatedPhone], *steps: str) -> None:
    await asyncio.to_thread(desk.goes, *steps)
    async with asyncio.timeout(LIMIT_S):
        await asyncio.gather(*(phone.until(steps[-1]) for phone in phones))


def votes_by_round(application: Application, event_id: str) -> list[tuple[int, str, int]]:
    return application.rows(
        "select round.number, vote.outcome, count(*) from vote join round on round.battle_id = vote.battle_id "
        "where round.event_id = ? group by 1, 2 order by 1, 2",
        event_id,
    )


def test_a_hundred_phones_vote_in_ten_rounds_and_no_ballot_is_lost_or_doubled(application: Application) -> None:
    expected: Counter[tuple[int, str]] = Counter()

    async def ten_rounds(desk: Desk, phones: Sequence[SimulatedPhone]) -> None:
        for number in range(1, ROUNDS + 1):
            await ask(desk, phones)
            firsts = Counter(phone.data["own"]["first"] for phone in phones)
            assert abs(firsts["a"] - firsts["b"]) <= 1
            said = [OUTCOMES[(number + index) % 4] for index in range(CROWD)]
            hasty = [phone.say("vote", OUTCOMES[index % 4]) for index, phone in enumerate(phones) if index % 3 == 0]
            replies = [*await asyncio.gather(*hasty)]
            both = [phone.say("vote", value) for phone, value in zip(phones, said, strict=True) for _ in range(2)]
            replies += await asyncio.gather(*both)  # each one twice at once, as a nervous thumb does
            assert {reply.status_code for reply in replies} == {200}
            expected.update((number, value) for value in said)
            await go(desk, phones, "closed")

    desk = play(application, CROWD, ten_rounds)
    kept = {(number, value): count for number, value, count in votes_by_round(application, desk.event_id)}
    assert kept == dict(expected)
    assert sum(kept.values()) == CROWD * ROUNDS


def test_after_a_kill_in_the_middle_of_a_vote_every_acknowledged_ballot_is_there(application: Application) -> None:
    acknowledged: set[int] = set()

    async def a_power_cut(desk: Desk, phones: Sequence[SimulatedPhone]) -> None:
        await ask(desk, phones)

        late = asyncio.Event()

        async def vote(index: int) -> None:
            await asyncio.sleep(index * 0.02)
            if index % 2:
                await late.wait()
            if (await phones[index].say("vote", "b")).status_code == 200:
                acknowledged.add(index)

        voting = [asyncio.create_task(vote(index)) for index in range(len(phones))]
        while len(acknowledged) < 5:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        await asyncio.to_thread(application.kill)
        late.set()
        await asyncio.gather(*voting, return_exceptions=True)
        assert 0 < len(acknowledged) < len(phones)
        assert votes_by_round(application, desk.event_id)[0][2] >= len(acknowledged)
        for phone in phones:
            phone.data = {}
        await asyncio.to_thread(application.start)
        async with asyncio.timeout(LIMIT_S):
            await asyncio.gather(*(phone.until("vote") for phone in phones))
        own = {index for index, phone in enumerate(phones) if phone.data["own"]["vote"] == "b"}
        assert acknowledged <= own
        await asyncio.gather(*(phone.say("vote", "b") for phone in phones))
        await go(desk, phones, "closed")

    desk = play(application, 40, a_power_cut)
    assert votes_by_round(application, desk.event_id) == [(1, "b", 40)]


def test_a_phone_that_was_away_votes_late_or_is_told_why_not(application: Application) -> None:
    async def away(desk: Desk, phones: Sequence[SimulatedPhone]) -> None:
        here, absent = phones[:5], phones[5]
        await ask(desk, phones)
        late_round = absent.data["round"]
        await go(desk, here, "closed")
        late = await absent.say("vote", "a", round_id=late_round)
        assert late.status_code == 409
        assert late.json()["is_final"]
        assert late.json()["problem"]
        await go(desk, here, "vote")
        assert (await absent.say("vote", "a", round_id=late_round)).status_code == 200
        await go(desk, here, "closed")
        await ask(desk, phones)
        assert (await absent.say("vote", "b", round_id=late_round)).json()["problem"]

    desk = play(application, 6, away)
    assert votes_by_round(application, desk.event_id) == [(1, "a", 1)]


def test_of_many_desks_that_press_at_once_one_moves_the_room(application: Application) -> None:
    async def a_race(desk: Desk, phones: Sequence[SimulatedPhone]) -> None:
        await asyncio.to_thread(desk.does, "ask", prompt=PROMPT)
        seen = desk.look()["data"]["version"]
        presses = [asyncio.to_thread(desk.press, "go", seen=seen, step="prompt") for _ in range(8)]
        statuses = Counter(reply.status_code for reply in await asyncio.gather(*presses))
        assert statuses == {200: 1, 409: 7}
        async with asyncio.timeout(LIMIT_S):
            await asyncio.gather(*(phone.until("prompt") for phone in phones))

    play(application, 3, a_race)
