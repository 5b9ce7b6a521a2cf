"""The tables of events: what was decided, who may organise, who joined."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from arena.domain.event import EventState, Moderation
from arena.domain.pairing import PairingMode
from arena.storage.columns import KeyText, StoredText, UtcDateTime, one_of
from arena.storage.table import TableRow


class EventRow(TableRow, table=True):
    """One event. ``version`` guards against two editors at once."""

    __tablename__ = "event"
    __table_args__ = (
        one_of("state", EventState),
        one_of("mode", PairingMode),
        one_of("moderation", Moderation),
        CheckConstraint("max_answer_tokens > 0", name="max_answer_tokens"),
        CheckConstraint("retention_days >= 0", name="retention_days"),
    )

    id: str = Field(sa_type=KeyText, primary_key=True)
    code: str = Field(sa_type=StoredText, unique=True)
    state: str = Field(sa_type=StoredText)
    title: str = Field(sa_type=StoredText)
    held_on: date
    place: str = Field(default="", sa_type=StoredText)
    locale: str = Field(sa_type=StoredText)
    mode: str = Field(sa_type=StoredText)
    max_answer_tokens: int
    moderation: str = Field(sa_type=StoredText)
    retention_days: int
    max_answers: int | None = None
    max_cost_eur: float | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    version: int = 1


class EventModelRow(TableRow, table=True):
    """One model that an event allows; without any, all are allowed."""

    __tablename__ = "event_model"

    event_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    model_id: str = Field(sa_type=StoredText, primary_key=True)


class OrganiserLinkRow(TableRow, table=True):
    """A secret link to an event's own pages. Only the digest of the secret is kept."""

    __tablename__ = "organiser_link"
    __table_args__ = (Index(None, "event_id"),)

    id: str = Field(sa_type=KeyText, primary_key=True)
    event_id: str = Field(sa_type=KeyText, foreign_key="event.id", ondelete="CASCADE")
    digest: str = Field(sa_type=StoredText, unique=True)
    label: str = Field(default="", sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ParticipantRow(TableRow, table=True):
    """One visitor who joined one event; the latest one joined is where their battles go."""

    __tablename__ = "participant"
    __table_args__ = (Index(None, "visitor_id", "joined_at"),)

    event_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText, primary_key=True)
    joined_at: datetime = Field(sa_type=UtcDateTime)


class SigningKeyRow(TableRow, table=True):
    """The key that signs organisers' cookies: one for all processes on this database, made once."""

    __tablename__ = "signing_key"

    id: int = Field(primary_key=True)
    key: str = Field(sa_type=StoredText)


class ExportKeyRow(TableRow, table=True):
    """The secret under which one event's exported ids are made; with it goes what links its files to the database."""

    __tablename__ = "export_key"

    event_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    key: str = Field(sa_type=StoredText)
