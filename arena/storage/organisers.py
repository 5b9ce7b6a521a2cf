"""Keeps who may organise an event: its secret links, of which only digests are stored, and the key of cookies."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Engine, or_, update
from sqlmodel import col, select

from arena.domain.event import OrganiserLink
from arena.errors import EventNotFound
from arena.storage.rows import EventRow, OrganiserLinkRow, SigningKeyRow
from arena.storage.transactions import insert_into, reading, writing

_THE_KEY = 1


class OrganiserStore:
    """Each method is one transaction. Every one raises StorageError when the database refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def signing_key(self, fresh: str) -> str:
        """The one key of this database; ``fresh`` becomes it when there is none yet."""
        with writing(self._engine) as session:
            statement = insert_into(session, SigningKeyRow).values(id=_THE_KEY, key=fresh)
            session.exec(statement.on_conflict_do_nothing(index_elements=["id"]))
            return session.get_one(SigningKeyRow, _THE_KEY).key

    def add_link(self, link: OrganiserLink, *, digest: str) -> None:
        """Write a new link with the digest of its secret. Raises EventNotFound."""
        with writing(self._engine) as session:
            if session.get(EventRow, link.event_id, with_for_update={"key_share": True, "read": True}) is None:
                raise EventNotFound(f"no event {link.event_id!r}")
            session.add(
                OrganiserLinkRow(
                    id=link.id,
                    event_id=link.event_id,
                    digest=digest,
                    label=link.label,
                    created_at=link.created_at,
                    expires_at=link.expires_at,
                )
            )

    def links_of(self, event_id: str) -> tuple[OrganiserLink, ...]:
        """Every link of an event, the newest first, whether it works or not."""
        newest = col(OrganiserLinkRow.created_at).desc(), col(OrganiserLinkRow.id)
        with reading(self._engine) as session:
            rows = session.exec(select(OrganiserLinkRow).where(OrganiserLinkRow.event_id == event_id).order_by(*newest))
            return tuple(map(_to_link, rows))

    def link_with(self, digest: str) -> OrganiserLink | None:
        """The link whose secret has that digest, whether it works or not."""
        with reading(self._engine) as session:
            row = session.exec(select(OrganiserLinkRow).where(OrganiserLinkRow.digest == digest)).first()
            return _to_link(row) if row else None

    def event_ids_of(self, link_ids: AbstractSet[str], now: datetime) -> frozenset[str]:
        """The events of those links that work at that moment."""
        lasts = or_(col(OrganiserLinkRow.expires_at).is_(None), col(OrganiserLinkRow.expires_at) > now)
        query = select(OrganiserLinkRow.event_id).where(
            col(OrganiserLinkRow.id).in_(link_ids), col(OrganiserLinkRow.revoked_at).is_(None), lasts
        )
        with reading(self._engine) as session:
            return frozenset(session.exec(query))

    def revoke(self, link_id: str, event_id: str, now: datetime) -> bool:
        """End a link of an event for good, the first time stays; False when the event has no such link."""
        mine = col(OrganiserLinkRow.id) == link_id, col(OrganiserLinkRow.event_id) == event_id
        with writing(self._engine) as session:
            if session.exec(select(OrganiserLinkRow.id).where(*mine)).first() is None:
                return False
            still = col(OrganiserLinkRow.revoked_at).is_(None)
            session.exec(update(OrganiserLinkRow).where(*mine, still).values(revoked_at=now))
            return True


def _to_link(row: OrganiserLinkRow) -> OrganiserLink:
    return OrganiserLink(row.id, row.event_id, row.label, row.created_at, row.expires_at, row.revoked_at)
