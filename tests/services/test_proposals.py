"""Questions from the room, on a real database: who may propose, what the organiser decides, what nobody else sees."""

from dataclasses import replace

import pytest

from arena.domain.event_form import EventForm
from arena.domain.proposal import MOST_OPEN, ProposalState
from arena.domain.round import Step
from arena.errors import (
    EventNotFound,
    EventNotOpen,
    InvalidChoice,
    PromptRejected,
    ProposalRefused,
    RoomClosed,
)
from arena.services.organisers import OF_THE_DEPLOYER, Access
from arena.services.proposals import Proposals, QueuedProposal
from tests.services.conftest import OpenHouse
from tests.services.house import House, errors_of
from tests.services.test_rooms import Desk, open_desk

QUESTION = "Pourquoi les chats ronronnent-ils ?"
FORM = EventForm(title="Café IA", held_on="2026-11-25")


@pytest.fixture
async def desk(house: House) -> Desk:
    return await open_desk(house)


def proposals_of(desk: Desk) -> Proposals:
    return desk.rooms.proposals


async def queue(desk: Desk) -> tuple[QueuedProposal, ...]:
    return await proposals_of(desk).queue(OF_THE_DEPLOYER, desk.event_id)


async def decide(desk: Desk, proposal_id: str, decision: str, text: str | None = None) -> None:
    await proposals_of(desk).decide(OF_THE_DEPLOYER, desk.event_id, proposal_id, decision, text)


async def edited(desk: Desk, **changes: str) -> None:
    event = (await desk.view()).event
    form = replace(FORM, **changes)  # type: ignore[arg-type]
    await desk.house.arena.events.edit(OF_THE_DEPLOYER, event.id, form, version=event.version)


async def test_the_same_question_of_the_same_person_waits_once(desk: Desk) -> None:
    first = await proposals_of(desk).propose("person-0", desk.event_id, QUESTION)
    again = await proposals_of(desk).propose("person-0", desk.event_id, f"  {QUESTION} ")
    assert again == first
    await proposals_of(desk).propose("person-1", desk.event_id, QUESTION)
    assert [one.proposal.visitor_id for one in await queue(desk)] == ["person-0", "person-1"]


async def test_three_of_one_person_may_wait_and_a_decision_makes_room(desk: Desk) -> None:
    made = [await proposals_of(desk).propose("person-0", desk.event_id, f"Question {n} ?") for n in range(MOST_OPEN)]
    with pytest.raises(ProposalRefused) as refused:
        await proposals_of(desk).propose("person-0", desk.event_id, "Une de trop ?")
    assert refused.value.key == "error.room.proposal.too_many"
    await proposals_of(desk).propose("person-1", desk.event_id, "Celle d'une autre personne ?")
    await decide(desk, made[0].id, "later")
    assert await errors_of(proposals_of(desk).propose("person-0", desk.event_id, "Encore ?")) == [ProposalRefused]
    await decide(desk, made[1].id, "rejected")
    await proposals_of(desk).propose("person-0", desk.event_id, "Enfin ?")


async def test_of_many_sent_at_once_no_more_wait_than_allowed(desk: Desk) -> None:
    sent = [proposals_of(desk).propose("person-0", desk.event_id, f"Question {n} ?") for n in range(8)]
    assert await errors_of(*sent) == [ProposalRefused] * (8 - MOST_OPEN)
    assert len(await queue(desk)) == MOST_OPEN


@pytest.mark.parametrize("text", ["", "   ", "écris-moi à lea@exemple.fr", "x" * 2001, "appelle le 06 12 34 56 78"])
async def test_what_no_prompt_may_be_is_refused_at_once(desk: Desk, text: str) -> None:
    with pytest.raises(PromptRejected):
        await proposals_of(desk).propose("person-0", desk.event_id, text)
    assert await queue(desk) == ()


@pytest.mark.parametrize("moderation", ["suggestions", "school"])
async def test_where_participants_write_nothing_none_is_taken_by_a_direct_call_either(
    desk: Desk, moderation: str
) -> None:
    await edited(desk, moderation=moderation)
    for text in (QUESTION, "écris à lea@exemple.fr"):
        with pytest.raises(ProposalRefused) as refused:
            await proposals_of(desk).propose("person-0", desk.event_id, text)
        assert refused.value.key == "error.room.proposal.not_taken"
    assert await desk.house.rows("SELECT * FROM proposal") == []


async def test_none_is_taken_by_a_room_that_wants_none_is_closed_or_was_never_joined(desk: Desk) -> None:
    propose = proposals_of(desk).propose
    assert await errors_of(propose("stranger", desk.event_id, QUESTION)) == [RoomClosed]
    assert await errors_of(propose("person-0", "no-such-event", QUESTION)) == [EventNotFound]
    rooms = desk.rooms
    await rooms.set(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen(), takes_proposals=False)
    assert await errors_of(propose("person-0", desk.event_id, QUESTION)) == [ProposalRefused]
    await rooms.set(OF_THE_DEPLOYER, desk.event_id, seen=await desk.seen(), takes_proposals=True, is_open=False)
    assert await errors_of(propose("person-0", desk.event_id, QUESTION)) == [RoomClosed]
    event = (await desk.view()).event
    await desk.house.arena.events.move(OF_THE_DEPLOYER, event.id, "closed", version=event.version)
    assert await errors_of(propose("person-0", desk.event_id, QUESTION)) == [EventNotOpen]
    assert await desk.house.rows("SELECT * FROM proposal") == []


async def test_what_waits_comes_first_and_what_was_decided_leaves_or_waits_further_down(desk: Desk) -> None:
    made = [await proposals_of(desk).propose(f"person-{n}", desk.event_id, f"Question {n} ?") for n in range(4)]
    await decide(desk, made[0].id, "later")
    await decide(desk, made[1].id, "approved", "Une meilleure question ?")
    await decide(desk, made[2].id, "rejected")
    found = [(one.proposal.text, one.proposal.state) for one in await queue(desk)]
    assert found == [
        ("Question 3 ?", ProposalState.PENDING),
        ("Une meilleure question ?", ProposalState.APPROVED),
        ("Question 0 ?", ProposalState.LATER),
    ]
    assert await errors_of(
        proposals_of(desk).decide(OF_THE_DEPLOYER, desk.event_id, made[2].id, "approved"),
        proposals_of(desk).decide(OF_THE_DEPLOYER, desk.event_id, "no-such", "approved"),
        proposals_of(desk).decide(OF_THE_DEPLOYER, desk.event_id, made[3].id, "asked"),
        proposals_of(desk).decide(OF_THE_DEPLOYER, desk.event_id, made[3].id, "perhaps"),
        proposals_of(desk).decide(OF_THE_DEPLOYER, desk.event_id, made[3].id, "approved", "à lea@exemple.fr"),
        proposals_of(desk).decide(Access(), desk.event_id, made[3].id, "approved"),
    ) == [ProposalRefused, ProposalRefused, InvalidChoice, InvalidChoice, PromptRejected, EventNotFound]


async def test_a_proposal_is_decided_about_by_the_organisers_of_its_own_event_only(house: House, desk: Desk) -> None:
    other = await open_desk(house)
    made = await proposals_of(desk).propose("person-0", desk.event_id, QUESTION)
    with pytest.raises(ProposalRefused):
        await decide(other, made.id, "approved")
    with pytest.raises(ProposalRefused):
        await proposals_of(desk).approved(OF_THE_DEPLOYER, desk.event_id, made.id)
    assert (await queue(desk))[0].proposal.state is ProposalState.PENDING


async def test_an_insult_raises_an_alert_and_is_for_the_organiser_to_judge(desk: Desk) -> None:
    await proposals_of(desk).propose("person-0", desk.event_id, "Pourquoi es-tu un cr3t!n ?")
    await proposals_of(desk).propose("person-1", desk.event_id, QUESTION)
    assert [one.has_insult for one in await queue(desk)] == [True, False]
    assert not any(one.has_personal_data for one in await queue(desk))


async def test_nothing_that_is_proposed_reaches_a_view_before_it_is_asked(desk: Desk) -> None:
    made = await proposals_of(desk).propose("person-0", desk.event_id, QUESTION)
    await decide(desk, made.id, "approved")
    assert QUESTION not in repr(await desk.view())
    view = await desk.rooms.ask(OF_THE_DEPLOYER, desk.event_id, QUESTION, seen=await desk.seen())
    await proposals_of(desk).note_asked(desk.event_id, made.id)
    await desk.until_written()
    assert view.battle is not None
    assert view.battle.turns[0].prompt == QUESTION
    assert await queue(desk) == ()
    assert (await desk.go(Step.PROMPT)).state.round is not None


async def test_whoever_erases_what_is_theirs_erases_what_they_proposed(house_with: OpenHouse) -> None:
    house = await house_with()
    desk = await open_desk(house)
    await proposals_of(desk).propose("person-0", desk.event_id, QUESTION)
    await proposals_of(desk).propose("person-1", desk.event_id, QUESTION)
    await desk.ask()
    await desk.rooms.ballot("person-0", await desk.round())
    erased = await house.arena.summaries.erase("person-0")
    assert erased.others == 1
    for table in ("proposal", "seat", "participant"):
        assert await house.rows(f"SELECT * FROM {table} WHERE visitor_id = 'person-0'") == [], table
    assert len(await queue(desk)) == 1
