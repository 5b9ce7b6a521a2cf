"""Who may organise: links with a secret, revoked and expired ones, forged cookies, the deployer's secret."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from arena.domain.event import OrganiserLink
from arena.domain.event_form import EventForm
from arena.errors import AccessRefused, EventNotFound, EventRejected
from arena.services.organisers import OF_THE_DEPLOYER, Access, Organisers
from tests.services.house import House, errors_of

FORM = EventForm(title="Café IA", held_on="2026-03-14", locale="en")
SECRET = "a-secret-of-the-deployer-with-/-in-it"


@pytest.fixture
async def event_id(house: House) -> str:
    return (await house.arena.events.create(OF_THE_DEPLOYER, FORM)).id


async def make_link(house: House, event_id: str) -> tuple[str, str]:
    """The id and the secret of a new link."""
    made = await house.arena.organisers.make_link(OF_THE_DEPLOYER, event_id)
    return made.link.id, made.secret


async def test_a_link_opens_its_event_and_no_other(house: House, event_id: str) -> None:
    other = await house.arena.events.create(OF_THE_DEPLOYER, FORM)
    _, secret = await make_link(house, event_id)
    entry = await house.arena.organisers.enter(secret, None)
    access = await house.arena.organisers.events_of(entry.cookie)
    assert access == Access(frozenset({event_id}))
    assert access.may_see(event_id)
    assert not access.may_see(other.id)
    assert not access.may_see("")
    assert entry.locale == "en"


async def test_the_whole_address_that_was_sent_opens_too(house: House, event_id: str) -> None:
    _, secret = await make_link(house, event_id)
    for typed in (f"https://arena.example/organise/open/{secret}", f" {secret}/ \n"):
        entry = await house.arena.organisers.enter(typed, None)
        assert (await house.arena.organisers.events_of(entry.cookie)).may_see(event_id)


async def test_several_links_are_opened_in_one_browser(house: House, event_id: str) -> None:
    other = await house.arena.events.create(OF_THE_DEPLOYER, FORM)
    cookie = None
    for event in (event_id, other.id):
        _, secret = await make_link(house, event)
        cookie = (await house.arena.organisers.enter(secret, cookie)).cookie
    assert await house.arena.organisers.events_of(cookie) == Access(frozenset({event_id, other.id}))


async def test_no_secret_is_kept_and_each_has_256_bits(house: House, event_id: str) -> None:
    made = [await make_link(house, event_id) for _ in range(20)]
    assert len({secret for _, secret in made}) == 20
    assert all(len(secret) >= 43 for _, secret in made)
    kept = repr(await house.rows("select * from organiser_link"))
    assert [secret for _, secret in made if secret in kept] == []


async def test_a_revoked_link_stops_at_once_for_those_inside_and_outside(house: House, event_id: str) -> None:
    link_id, secret = await make_link(house, event_id)
    _, other_secret = await make_link(house, event_id)
    organisers = house.arena.organisers
    entry, other = await organisers.enter(secret, None), await organisers.enter(other_secret, None)
    await organisers.revoke(OF_THE_DEPLOYER, event_id, link_id)
    assert (await organisers.events_of(entry.cookie)).is_none
    assert await errors_of(organisers.enter(secret, None)) == [AccessRefused]
    assert (await organisers.events_of(other.cookie)).may_see(event_id)


async def test_an_expired_link_opens_nothing(house: House, event_id: str) -> None:
    now = datetime.now(UTC)
    link = OrganiserLink("1" * 32, event_id, "", now - timedelta(days=2), now - timedelta(seconds=1))
    digest = hashlib.sha256(b"expired").hexdigest()
    await asyncio.to_thread(house.stores.organisers.add_link, link, digest=digest)
    assert await errors_of(house.arena.organisers.enter("expired", None)) == [AccessRefused]


async def test_a_link_lasts_to_the_end_of_its_last_day(house: House, event_id: str) -> None:
    today = datetime.now(UTC).date()
    made = await house.arena.organisers.make_link(OF_THE_DEPLOYER, event_id, until=today.isoformat())
    assert made.link.expires_at is not None
    assert made.link.expires_at.date() == today
    for wrong in ("2021-01-01", "demain", "2026-02-30"):
        with pytest.raises(EventRejected):
            await house.arena.organisers.make_link(OF_THE_DEPLOYER, event_id, until=wrong)
    with pytest.raises(EventRejected):
        await house.arena.organisers.make_link(OF_THE_DEPLOYER, event_id, label="x" * 1000)


@pytest.mark.parametrize("typed", ["", " ", "/", "x", "organise/open/", "' or 1=1 --", "é" * 1000, "\x00", "\ud800"])
async def test_a_forged_secret_opens_nothing(house: House, event_id: str, typed: str) -> None:
    await make_link(house, event_id)
    assert await errors_of(house.arena.organisers.enter(typed, None)) == [AccessRefused]


async def test_a_tampered_cookie_opens_nothing(house: House, event_id: str) -> None:
    other = await house.arena.events.create(OF_THE_DEPLOYER, FORM)
    (mine, secret), (theirs, _) = await make_link(house, event_id), await make_link(house, other.id)
    cookie = (await house.arena.organisers.enter(secret, None)).cookie
    expires, ids, signature = cookie.split(".")
    for forged in (
        f"{expires}.{theirs}.{signature}",
        f"{expires}.{mine}-{theirs}.{signature}",
        f"{expires}.deployer-{mine}.{signature}",
        f"ffffffffff.{ids}.{signature}",
        f"{expires}.{ids}.{'0' * 64}",
        f"{expires}.{ids}",
        "deployer",
        "",
        "é",
    ):
        assert (await house.arena.organisers.events_of(forged)).is_none, forged
    assert (await house.arena.organisers.events_of(None)).is_none


async def test_a_cookie_survives_a_restart_but_not_another_secret_of_the_deployer(house: House, event_id: str) -> None:
    _, secret = await make_link(house, event_id)
    cookie = (await house.arena.organisers.enter(secret, None)).cookie
    assert (await Organisers(house.stores).events_of(cookie)).may_see(event_id)
    assert (await Organisers(house.stores, deployer_secret=SECRET).events_of(cookie)).is_none


async def test_the_deployer_sees_everything_until_the_secret_goes(house: House, event_id: str) -> None:
    organisers = Organisers(house.stores, deployer_secret=SECRET)
    entry = await organisers.enter(SECRET, None)
    access = await organisers.events_of(entry.cookie)
    assert access.is_deployer
    assert access.may_see(event_id)
    for wrong in (SECRET[:-1], SECRET + "x", SECRET.upper(), "in-it"):
        assert await errors_of(organisers.enter(wrong, None)) == [AccessRefused]
    assert (await Organisers(house.stores, deployer_secret=SECRET + "2").events_of(entry.cookie)).is_none


async def test_without_a_secret_there_is_no_deployer(house: House) -> None:
    assert not house.arena.organisers.has_deployer
    assert await errors_of(house.arena.organisers.enter("", None)) == [AccessRefused]


async def test_the_links_of_another_event_can_neither_be_read_nor_made_nor_revoked(house: House, event_id: str) -> None:
    link_id, _ = await make_link(house, event_id)
    mine = (await house.arena.events.create(OF_THE_DEPLOYER, FORM)).id
    access, organisers = Access(frozenset({mine})), house.arena.organisers
    requests = (
        organisers.links_of(access, event_id),
        organisers.make_link(access, event_id),
        organisers.revoke(access, event_id, link_id),
        organisers.revoke(access, mine, link_id),
    )
    assert await errors_of(*requests) == [EventNotFound] * 4
    (link,) = await organisers.links_of(OF_THE_DEPLOYER, event_id)
    assert link.revoked_at is None
