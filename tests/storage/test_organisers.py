"""Secret links as they are kept: no secret among them, revoked at once, and one signing key a database."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from arena.domain.event import OrganiserLink
from arena.errors import EventNotFound
from arena.storage.events import EventStore
from arena.storage.organisers import OrganiserStore

from .making import NOON, all_at_once, at
from .making_events import EVENT, make_event, make_link

LINK, OTHER_LINK = "a" * 32, "b" * 32


@pytest.fixture
def organisers(engine: Engine) -> OrganiserStore:
    EventStore(engine).create(make_event())
    return OrganiserStore(engine)


def test_a_link_is_found_by_its_digest_only(organisers: OrganiserStore) -> None:
    link = make_link(label="Pour Léa", expires_at=at(60))
    organisers.add_link(link, digest="d" * 64)
    assert organisers.link_with("d" * 64) == link
    assert organisers.link_with("e" * 64) is None
    assert organisers.links_of(EVENT) == (link,)
    assert organisers.links_of("nowhere") == ()


def test_a_link_needs_its_event(organisers: OrganiserStore) -> None:
    with pytest.raises(EventNotFound):
        organisers.add_link(make_link(event_id="nowhere"), digest="d" * 64)


def test_only_links_that_work_open_an_event(organisers: OrganiserStore) -> None:
    organisers.add_link(make_link(LINK), digest="1")
    organisers.add_link(make_link(OTHER_LINK, expires_at=at(60)), digest="2")
    both = frozenset({LINK, OTHER_LINK})
    assert organisers.event_ids_of(both, at(0)) == {EVENT}
    assert organisers.event_ids_of(frozenset({OTHER_LINK}), at(59)) == {EVENT}
    assert organisers.event_ids_of(frozenset({OTHER_LINK}), at(60)) == frozenset()
    assert organisers.event_ids_of(frozenset(), at(0)) == frozenset()
    assert organisers.event_ids_of(frozenset({"nobody"}), at(0)) == frozenset()


def test_a_revoked_link_opens_nothing_from_then_on_and_keeps_its_hour(organisers: OrganiserStore) -> None:
    organisers.add_link(make_link(LINK), digest="1")
    assert organisers.revoke(LINK, EVENT, at(5))
    assert organisers.revoke(LINK, EVENT, at(9))
    assert organisers.event_ids_of(frozenset({LINK}), at(0)) == frozenset()
    (link,) = organisers.links_of(EVENT)
    assert link.revoked_at == at(5)
    assert not link.works_at(NOON + timedelta(days=1))


def test_a_link_of_another_event_is_not_revoked(organisers: OrganiserStore) -> None:
    organisers.add_link(make_link(LINK), digest="1")
    assert not organisers.revoke(LINK, "nowhere", at(5))
    assert not organisers.revoke("nobody", EVENT, at(5))
    assert organisers.event_ids_of(frozenset({LINK}), at(9)) == {EVENT}


def test_all_processes_get_the_one_signing_key(organisers: OrganiserStore) -> None:
    keys = all_at_once(8, lambda number: organisers.signing_key(f"fresh {number}"))
    assert len(set(map(str, keys))) == 1
    assert organisers.signing_key("later") == keys[0]


def test_a_link_without_an_end_works_until_it_is_revoked() -> None:
    assert make_link().works_at(NOON + timedelta(days=9999))
    assert not OrganiserLink(LINK, EVENT, "", NOON, expires_at=at(1)).works_at(at(1))
