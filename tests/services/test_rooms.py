"""A room on a real database with scripted models: one generation, everybody votes, the organiser leads."""

import asyncio
from collections import Counter
from dataclasses import dataclass

import pytest

from arena.domain.battle import AnswerStatus, RevealStage
from arena.domain.event_form import EventForm
from arena.domain.pairing import PairingMode
from arena.domain.room import visitor_of_room
from arena.domain.round import BallotKind, Round, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.errors import (
    BallotRefused,
    EventNotFound,
    EventPairingError,
    InvalidChoice,
    RoomChanged,
    RoomClosed,
    StepUnreachable,
)
from arena.services.live_room import Role, RoomView
from arena.services.organisers import OF_THE_DEPLOYER, Access
from arena.services.rooms import Rooms
from tests.providers.fake_server import hanging_after, word
from tests.services.conftest import OpenHouse
from tests.services.house import BIG1, LIMIT_S, PROMPT, SMALL1, SMALL2, House
from tests.services.upstream import BROKEN, says

ORDER = [
    Step.PROMPT,
    Step.ANSWERS,
    Step.VOTE,
    Step.CLOSED,
    Step.FOOTPRINTS,
    Step.SECOND_CHOICE,
    Step.NAMES,
    Step.DEBATE,
]


@dataclass
class Desk:
    """An organiser of one open event, who presses buttons one after the other."""

    house: House
    event_id: str
    code: str

    @property
    def rooms(self) -> Rooms:
        return self.house.arena.rooms

    async def view(self) -> RoomView:
        return await self.rooms.views.view(self.event_id)

    async def round(self) -> Round:
        one = (await self.view()).state.round
        assert one is not None
        return one

    async def seen(self) -> int:
        return (await self.view()).state.room.version

    async def open(self) -> RoomView:
        return await self.rooms.set(OF_THE_DEPLOYER, self.event_id, seen=await self.seen(), is_open=True)

    async def ask(self, *, has_bet: bool = False) -> RoomView:
        view = await self.rooms.ask(OF_THE_DEPLOYER, self.event_id, PROMPT, seen=await self.seen(), has_bet=has_bet)
        await self.until_written()
        return view

    async def until_written(self) -> None:
        battle = (await self.view()).battle
        assert battle is not None
        await self.house.ended(battle.id, visitor_of_room(self.event_id))

    async def go(self, *steps: Step) -> RoomView:
        for step in steps:
            view = await self.rooms.go(OF_THE_DEPLOYER, self.event_id, step.value, seen=await self.seen())
        return view

    async def vote(self, visitor: str, value: str, kind: str = "vote") -> None:
        await self.rooms.cast(visitor, self.event_id, (await self.round()).id, kind, value)


def asked(house: House) -> int:
    """How many requests models got."""
    return sum(map(len, house.upstream.requests.values()))


async def open_desk(house: House, people: int = 6) -> Desk:
    form = EventForm(title="Café IA", held_on="2026-11-25")
    event = await house.arena.events.create(OF_THE_DEPLOYER, form)
    event = await house.arena.events.move(OF_THE_DEPLOYER, event.id, "open", version=event.version)
    for number in range(people):
        await house.arena.events.join(f"person-{number}", event.code)
    desk = Desk(house, event.id, event.code)
    await desk.open()
    return desk


@pytest.fixture
async def desk(house: House) -> Desk:
    return await open_desk(house)


async def test_one_generation_is_shown_to_everybody(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*ORDER[:3])
    for number in range(6):
        await desk.vote(f"person-{number}", "a")
    assert asked(desk.house) == 2
    assert (await desk.house.rows("SELECT count(*) FROM battle")) == [(1,)]
    assert (await desk.house.rows("SELECT count(*) FROM vote")) == [(6,)]


async def test_the_room_goes_through_its_steps_and_shows_no_more_than_each_allows(desk: Desk) -> None:
    await desk.ask()
    for step in ORDER:
        view = await desk.go(step)
        assert (view.footprints is not None) is step.has_come_to(Step.FOOTPRINTS)
        assert (view.names is not None) is step.has_come_to(Step.NAMES)
        if step is Step.VOTE:
            for number in range(6):
                await desk.vote(f"person-{number}", "a" if number else "both_good")
        assert view.tally.votes == ({Outcome.A: 5, Outcome.BOTH_GOOD: 1} if step.has_come_to(Step.CLOSED) else {})


async def test_a_ballot_changes_until_the_vote_closes_and_not_after(desk: Desk) -> None:
    await desk.ask()
    with pytest.raises(BallotRefused) as early:
        await desk.vote("person-0", "a")
    assert early.value.key == "error.room.ballot.early"
    await desk.go(*ORDER[:3])
    await desk.vote("person-0", "a")
    await desk.vote("person-0", "b")
    await desk.vote("person-0", "b")
    view = await desk.go(Step.CLOSED)
    assert view.tally.votes == {Outcome.B: 1}
    with pytest.raises(BallotRefused) as late:
        await desk.vote("person-0", "a")
    assert late.value.key == "error.room.ballot.late"
    await desk.vote("person-0", "b")  # the same request, sent twice
    assert (await desk.view()).tally.count(BallotKind.VOTE) == 1


async def test_only_who_joined_may_speak(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*ORDER[:3])
    with pytest.raises(RoomClosed):
        await desk.vote("stranger", "a")
    with pytest.raises(InvalidChoice):
        await desk.vote("person-0", "c")
    assert (await desk.house.rows("SELECT count(*) FROM vote")) == [(0,)]


async def test_two_desks_that_press_at_once_move_one_step(desk: Desk) -> None:
    await desk.ask()
    seen = await desk.seen()
    presses = [desk.rooms.go(OF_THE_DEPLOYER, desk.event_id, "prompt", seen=seen) for _ in range(2)]
    ended = await asyncio.gather(*presses, return_exceptions=True)
    assert [type(one) for one in ended if isinstance(one, Exception)] == [RoomChanged]
    assert (await desk.view()).state.room.version == seen + 1


async def test_two_desks_that_ask_at_once_make_one_round_and_leave_no_orphan(desk: Desk) -> None:
    seen = await desk.seen()
    asked = [desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=seen) for _ in range(2)]
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in ended if isinstance(one, Exception)] == [RoomChanged]
    await desk.until_written()
    assert (await desk.house.rows("SELECT count(*) FROM battle")) == [(1,)]


async def test_answers_are_not_shown_before_they_are_there(house_with: OpenHouse) -> None:
    house = await house_with(small1=hanging_after(word("Le ")))
    desk = await open_desk(house)
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=await desk.seen())
    with pytest.raises(StepUnreachable):
        await desk.go(Step.ANSWERS)


async def test_an_undone_step_is_the_one_before(desk: Desk) -> None:
    await desk.ask()
    await desk.go(Step.PROMPT, Step.ANSWERS, Step.VOTE)
    for before in (Step.ANSWERS, Step.PROMPT):
        await desk.rooms.undo(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen())
        assert (await desk.round()).step is before


async def test_a_vote_given_after_the_footprints_is_not_blind_any_more(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*ORDER[:3])
    await desk.vote("person-0", "a")
    await desk.go(Step.CLOSED, Step.FOOTPRINTS)
    await desk.go(Step.VOTE)
    assert (await desk.round()).shown is RevealStage.FOOTPRINTS
    assert (await desk.house.rows("SELECT is_blind FROM battle")) == [(1,)]
    await desk.vote("person-1", "b")
    assert (await desk.house.rows("SELECT is_blind FROM battle")) == [(0,)]
    assert (await desk.house.rows("SELECT kind, sum(votes) FROM pair_tally GROUP BY kind")) == [("named", 2)]


async def test_a_reset_erases_what_was_said_and_keeps_the_answers(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*ORDER[:3])
    await desk.vote("person-0", "a")
    await desk.rooms.reset(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen())
    assert (await desk.round()).step is Step.WAITING
    assert (await desk.house.rows("SELECT count(*) FROM vote")) == [(0,)]
    assert asked(desk.house) == 2
    await desk.go(*ORDER[:3])
    await desk.vote("person-0", "b")


async def test_sides_are_balanced_and_stay(desk: Desk) -> None:
    await desk.ask()
    one = await desk.round()
    firsts = {f"person-{n}": (await desk.rooms.ballot(f"person-{n}", one)).first for n in range(6)}
    assert Counter(firsts.values()) == {Side.A: 3, Side.B: 3}
    assert {f"person-{n}": (await desk.rooms.ballot(f"person-{n}", one)).first for n in range(6)} == firsts


async def test_whoever_voted_was_shown_what_the_room_was_shown(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*ORDER[:3])
    for number in range(3):
        await desk.vote(f"person-{number}", "a")
    await desk.go(*ORDER[3:6])
    await desk.vote("person-0", "b", "second_choice")
    assert (await desk.house.rows("SELECT count(footprints_at), count(names_at) FROM reveal")) == [(3, 0)]
    view = await desk.go(Step.NAMES)
    assert (await desk.house.rows("SELECT count(footprints_at), count(names_at) FROM reveal")) == [(3, 3)]
    assert view.tally.flow == {(Outcome.A, Outcome.B): 1}


async def test_a_bet_on_the_gap_comes_before_the_answers(desk: Desk) -> None:
    await desk.ask(has_bet=True)
    await desk.go(Step.PROMPT, Step.BET)
    await desk.vote("person-0", "10", "bet")
    await desk.vote("person-1", "same", "bet")
    with pytest.raises(InvalidChoice):
        await desk.vote("person-2", "7", "bet")
    await desk.go(*ORDER[1:4])
    assert (await desk.view()).tally.bets == {}
    assert (await desk.go(Step.FOOTPRINTS)).tally.bets == {10: 1, 1: 1}


async def test_raised_hands_are_counted_and_marked(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*ORDER[:3])
    await desk.vote("person-0", "a")
    for counts in ({"a": 9}, {"a": 3, "both_good": 1, "both_bad": 0, "b": 4}):
        await desk.rooms.raise_hands(OF_THE_DEPLOYER, desk.event_id, "vote", counts)
    view = await desk.go(Step.CLOSED)
    assert view.tally.votes == {Outcome.A: 4, Outcome.BOTH_GOOD: 1, Outcome.B: 4}
    assert view.tally.hands == {BallotKind.VOTE: 8}
    with pytest.raises(InvalidChoice):
        await desk.rooms.raise_hands(OF_THE_DEPLOYER, desk.event_id, "vote", {"a": -1})


async def test_who_may_not_organise_an_event_does_nothing_in_its_room(desk: Desk) -> None:
    nobody = Access()
    with pytest.raises(EventNotFound):
        await desk.rooms.set(nobody, desk.event_id, seen=1, is_open=False)
    with pytest.raises(EventNotFound):
        await desk.rooms.ask(nobody, desk.event_id, PROMPT, seen=1)


async def test_a_side_that_fails_is_replaced_in_one_press(house_with: OpenHouse) -> None:
    house = await house_with(models=(SMALL1, SMALL2, BIG1), small1=BROKEN, small2=BROKEN, big1=says("Bleu, voilà."))
    desk = await open_desk(house)
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=await desk.seen())
    await desk.until_written()
    battle = await house.stored((await desk.round()).battle_id)
    failed = [side for side, answer in battle.turns[0].answers.items() if answer.status is AnswerStatus.FAILED]
    assert failed
    with pytest.raises(StepUnreachable):
        await desk.go(Step.ANSWERS)
    house.upstream.scripts.update(small1=says("Rayleigh."), small2=says("Rayleigh."))
    for side in failed:
        await desk.rooms.replace(OF_THE_DEPLOYER, desk.event_id, side)
        await desk.until_written()
    await desk.go(Step.ANSWERS)
    mended = await house.stored(battle.id)
    assert all(answer.text for answer in mended.turns[0].answers.values())


async def test_a_side_that_hangs_is_given_up_and_replaced_and_the_other_one_is_kept(house_with: OpenHouse) -> None:
    models = (SMALL1, SMALL2, BIG1)
    house = await house_with(models=models, **{one.id: says("Bleu.") for one in models})
    desk = await open_desk(house)
    for one in (SMALL1, SMALL2):
        house.upstream.scripts[one.id] = hanging_after(*map(word, ("Le ", "ciel ", "est ", "bleu ", "parce ", "que ")))
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=await desk.seen(), mode=PairingMode.SMALL_VS_BIG)
    battle_id = (await desk.round()).battle_id
    hanging = next(side for side, model in (await house.stored(battle_id)).models.items() if model != BIG1.id)
    async with house.watching(battle_id, visitor_of_room(desk.event_id)) as screen:
        await screen.until_text(hanging, "Le ciel")
    for one in (SMALL1, SMALL2):
        house.upstream.scripts[one.id] = says("Rayleigh.")
    await desk.rooms.replace(OF_THE_DEPLOYER, desk.event_id, hanging)
    await desk.until_written()
    battle = await house.stored(battle_id)
    assert {side: answer.text for side, answer in battle.turns[0].answers.items()} == {
        hanging: "Rayleigh.",
        hanging.other: "Bleu.",
    }
    assert house.upstream.count(BIG1.id) == 1


async def test_with_nobody_left_to_replace_a_side_the_room_is_told(house_with: OpenHouse) -> None:
    house = await house_with(small1=BROKEN, big1=says("Bleu."))
    desk = await open_desk(house)
    await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, PROMPT, seen=await desk.seen())
    await desk.until_written()
    battle = await house.stored((await desk.round()).battle_id)
    failed = next(side for side, answer in battle.turns[0].answers.items() if not answer.text)
    with pytest.raises(EventPairingError):
        await desk.rooms.replace(OF_THE_DEPLOYER, desk.event_id, failed)


async def test_after_a_restart_the_room_is_where_it_was(house_with: OpenHouse) -> None:
    house = await house_with()
    desk = await open_desk(house)
    await desk.ask()
    await desk.go(*ORDER[:3])
    await desk.vote("person-0", "a")
    again = await house_with()  # another process on the same database
    after = Desk(again, desk.event_id, desk.code)
    assert (await after.round()).step is Step.VOTE
    assert (await after.rooms.ballot("person-0", await after.round())).vote is Outcome.A
    await after.vote("person-1", "b")
    assert (await after.go(Step.CLOSED)).tally.votes == {Outcome.A: 1, Outcome.B: 1}


async def test_what_another_process_did_is_seen(house_with: OpenHouse) -> None:
    house = await house_with()
    desk = await open_desk(house)
    await desk.ask()
    other = Desk(await house_with(), desk.event_id, desk.code)
    async with other.rooms.views.following(desk.event_id, Role.PHONE, "person-0") as phone:
        await desk.go(Step.PROMPT)
        async with asyncio.timeout(LIMIT_S):
            while (await other.round()).step is not Step.PROMPT:
                await phone.next_change()


async def test_a_second_choice_is_not_made_after_the_names_and_the_votes_stay_blind(desk: Desk) -> None:
    await desk.ask()
    await desk.go(*ORDER[:3])
    await desk.vote("person-0", "a")
    await desk.go(*ORDER[3:7])
    await desk.go(Step.SECOND_CHOICE)
    with pytest.raises(BallotRefused) as refused:
        await desk.vote("person-0", "b", "second_choice")
    assert refused.value.key == "error.room.ballot.named"
    assert (await desk.house.rows("SELECT is_blind FROM battle")) == [(1,)]
