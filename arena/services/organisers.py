"""Who may organise: secret links and the deployer's secret, turned into a signed badge for a browser."""

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from arena.domain.badge import Badge, read_badge
from arena.domain.event import OrganiserLink
from arena.domain.event_form import day_of, line_of
from arena.errors import AccessRefused, EventNotFound, EventRejected
from arena.storage.stores import Stores

SECRET_BYTES = 32  # 256 bits: nobody guesses one, so a plain digest is enough to keep it
BADGE_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Access:
    """What one browser, or the command line, may organise now."""

    event_ids: frozenset[str] = frozenset()
    is_deployer: bool = False

    @property
    def is_none(self) -> bool:
        return not self.event_ids and not self.is_deployer

    def may_see(self, event_id: str) -> bool:
        """Whether it covers an event, to read and to change alike."""
        return self.is_deployer or event_id in self.event_ids

    def require(self, event_id: str) -> None:
        """Raises EventNotFound: who may not see an event does not learn whether it exists."""
        if not self.may_see(event_id):
            raise EventNotFound(f"no event {event_id!r} for this organiser")


OF_THE_DEPLOYER = Access(is_deployer=True)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link with its secret: the only time that anybody sees it."""

    link: OrganiserLink
    secret: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody came in: the cookie to set, and the language of the event if a link led to one."""

    cookie: str
    locale: str | None


class Organisers:
    """Opens doors and keeps the list of keys. ``deployer_secret`` None means that nobody is the deployer here."""

    def __init__(self, stores: Stores, *, deployer_secret: str | None = None) -> None:
        self._stores = stores
        self._deployer_secret = deployer_secret
        self._key: bytes | None = None

    @property
    def has_deployer(self) -> bool:
        """Whether the deployer can come in over the web at all."""
        return self._deployer_secret is not None

    async def events_of(self, cookie: str | None) -> Access:
        """What a browser with this cookie may organise now: nothing, for one that is missing, forged or too old."""
        return await asyncio.to_thread(self._access, cookie)

    async def enter(self, typed: str, cookie: str | None) -> Entry:
        """Let in whoever brings the secret of a link, the whole link, or the deployer's secret. Raises AccessRefused.

        What the browser could see before, it still can.
        """
        return await asyncio.to_thread(self._enter, typed.strip(), cookie)

    async def make_link(self, access: Access, event_id: str, *, label: str = "", until: str = "") -> NewLink:
        """A new secret link to an event, to the end of the day ``until`` (UTC), or without an end when it is empty.

        Raises EventNotFound, EventRejected.
        """
        access.require(event_id)
        last_day = day_of(until) if until.strip() else None
        return await asyncio.to_thread(self._make_link, event_id, line_of(label, "label"), last_day)

    async def links_of(self, access: Access, event_id: str) -> tuple[OrganiserLink, ...]:
        """The links of an event, the newest first. Raises EventNotFound."""
        access.require(event_id)
        return await asyncio.to_thread(self._stores.organisers.links_of, event_id)

    async def revoke(self, access: Access, event_id: str, link_id: str) -> None:
        """End a link at once, also for those who came in by it. Raises EventNotFound."""
        access.require(event_id)
        if not await asyncio.to_thread(self._stores.organisers.revoke, link_id, event_id, datetime.now(UTC)):
            raise EventNotFound(f"event {event_id} has no link {link_id!r}")

    # -- on a worker thread -------------------------------------------------------------------

    def _access(self, cookie: str | None) -> Access:
        now = datetime.now(UTC)
        badge = self._badge(cookie, now)
        if badge is None:
            return Access()
        events = self._stores.organisers.event_ids_of(frozenset(badge.link_ids), now)
        return Access(events, badge.is_deployer and self.has_deployer)

    def _badge(self, cookie: str | None, now: datetime) -> Badge | None:
        return read_badge(cookie, self._signing_key(), now) if cookie else None

    def _enter(self, typed: str, cookie: str | None) -> Entry:
        now = datetime.now(UTC)
        before = self._badge(cookie, now) or Badge((), is_deployer=False, expires_at=now)
        expires_at = now + BADGE_LASTS
        if self._is_deployers(typed):
            return Entry(Badge(before.link_ids, True, expires_at).signed(self._signing_key()), None)
        link = self._stores.organisers.link_with(_digest(typed.rstrip("/").rpartition("/")[2]))
        if link is None or not link.works_at(now):
            raise AccessRefused
        ids = (*(one for one in before.link_ids if one != link.id), link.id)
        badge = Badge(ids, before.is_deployer, expires_at)
        return Entry(badge.signed(self._signing_key()), self._stores.events.get(link.event_id).settings.locale)

    def _is_deployers(self, typed: str) -> bool:
        """In constant time: digests are compared, so that not even the length shows."""
        ours = self._deployer_secret
        return ours is not None and hmac.compare_digest(_digest(typed), _digest(ours))

    def _make_link(self, event_id: str, label: str, last_day: date | None) -> NewLink:
        now = datetime.now(UTC)
        expires_at = None if last_day is None else datetime.combine(last_day, time.max, UTC)
        if expires_at is not None and expires_at <= now:
            raise EventRejected("error.event.until")
        secret = secrets.token_urlsafe(SECRET_BYTES)
        link = OrganiserLink(uuid4().hex, event_id, label, now, expires_at)
        self._stores.organisers.add_link(link, digest=_digest(secret))
        return NewLink(link, secret)

    def _signing_key(self) -> bytes:
        """The key of the database, mixed with the deployer's secret where there is one.

        A copy of the database alone then signs nothing, and another secret ends every badge.
        """
        if self._key is None:
            stored = self._stores.organisers.signing_key(secrets.token_hex(32))
            self._key = hmac.digest(stored.encode(), (self._deployer_secret or "").encode(), "sha256")
        return self._key


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
