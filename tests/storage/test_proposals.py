"""Proposals on both databases: counted under pressure, gone with their time and with their author."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from arena.domain.proposal import MOST_OPEN, Proposal, ProposalState
from arena.domain.retention import Due, Purged
from arena.domain.room import Room, RoomState
from arena.errors import ProposalRefused
from arena.storage.proposals import ProposalStore
from arena.storage.retention import RetentionStore
from arena.storage.rooms import RoomStore
from arena.storage.visitors import VisitorStore

from .making import NOON, VISITOR, all_at_once, at
from .test_retention import make_event
from .test_visitors import NEIGHBOUR, nobody_writes

EVENT = "e" * 32


@pytest.fixture
def proposals(engine: Engine) -> ProposalStore:
    """Of an event whose room is open and was joined by two people."""
    make_event(engine, EVENT)
    RoomStore(engine).write(RoomState(Room(EVENT, is_open=True)), seen=0, now=NOON)
    with engine.begin() as connection:
        for visitor_id in (VISITOR, NEIGHBOUR):
            connection.execute(
                text("INSERT INTO participant (event_id, visitor_id, joined_at) VALUES (:event, :visitor, :now)"),
                {"event": EVENT, "visitor": visitor_id, "now": NOON},
            )
    return ProposalStore(engine)


def make(words: str = "Pourquoi la pluie ?", *, who: str = VISITOR, seconds: int = 0) -> Proposal:
    return Proposal(uuid4().hex, EVENT, who, words, ProposalState.PENDING, at(seconds))


def test_what_is_added_comes_back_and_is_changed_once_decided(proposals: ProposalStore) -> None:
    one = proposals.add(make())
    assert proposals.queue(EVENT) == (one,)
    decided = proposals.change(EVENT, one.id, lambda it: it.decided(ProposalState.APPROVED, at(9), text="Autrement ?"))
    assert proposals.queue(EVENT) == (decided,)
    assert decided == replace(one, state=ProposalState.APPROVED, decided_at=at(9), text="Autrement ?")
    assert proposals.of_visitor(EVENT, VISITOR) == [decided]
    assert proposals.of_visitor(EVENT, NEIGHBOUR) == []


def test_many_requests_of_one_person_at_once_leave_no_more_than_allowed(proposals: ProposalStore) -> None:
    ended = all_at_once(8, lambda number: proposals.add(make(f"Question {number} ?")))
    assert sum(isinstance(one, ProposalRefused) for one in ended) == 8 - MOST_OPEN
    assert len(proposals.queue(EVENT)) == MOST_OPEN


def test_the_same_request_many_times_at_once_is_one(proposals: ProposalStore) -> None:
    ended = all_at_once(6, lambda _number: proposals.add(make()))
    assert len({one.id for one in ended if isinstance(one, Proposal)}) == 1
    assert len(proposals.queue(EVENT)) == 1


def test_after_their_time_they_are_gone_and_count_as_prompts(engine: Engine, proposals: ProposalStore) -> None:
    proposals.add(make("Ancienne ?"))
    young = proposals.add(make("Récente ?", seconds=7200))
    retention, due = RetentionStore(engine), Due(EVENT, at(3600))
    assert retention.count(due) == Purged(prompts=1)
    assert retention.count(Due(None, at(9999))) == Purged()
    assert retention.purge(due, at(9999)) == Purged(prompts=1)
    assert retention.purge(due, at(9999)) == Purged()
    assert proposals.queue(EVENT) == (young,)


def test_who_erases_theirs_leaves_those_of_others(engine: Engine, proposals: ProposalStore) -> None:
    proposals.add(make())
    theirs = proposals.add(make(who=NEIGHBOUR))
    assert VisitorStore(engine).erase(VISITOR, is_running=nobody_writes).others == 1
    assert proposals.queue(EVENT) == (theirs,)
