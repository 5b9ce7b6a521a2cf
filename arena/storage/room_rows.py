"""The tables of rooms: what is set for everybody, the rounds with their steps, who reads what first, proposals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from arena.domain.battle import RevealStage
from arena.domain.proposal import ProposalState
from arena.domain.round import Step
from arena.domain.side import Side
from arena.storage.columns import KeyText, StoredText, UtcDateTime, one_of
from arena.storage.table import TableRow


class RoundRow(TableRow, table=True):
    """One round of an event. Its question and its answers are those of the battle, and go with them."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("battle_id"),
        UniqueConstraint("event_id", "number"),
        one_of("step", Step),
        one_of("shown", RevealStage),
    )

    id: str = Field(sa_type=KeyText, primary_key=True)
    event_id: str = Field(sa_type=KeyText, foreign_key="event.id", ondelete="CASCADE")
    battle_id: str = Field(sa_type=KeyText, foreign_key="battle.id", ondelete="CASCADE")
    number: int
    step: str = Field(sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    has_bet: bool = False
    is_streamed: bool = False
    skips_names: bool = False
    shown: str = Field(sa_type=StoredText)


class RoundStepRow(TableRow, table=True):
    """One step that a round was brought to, in order; one that was undone stays, marked."""

    __tablename__ = "round_step"
    __table_args__ = (one_of("step", Step),)

    round_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="round.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    step: str = Field(sa_type=StoredText)
    at: datetime = Field(sa_type=UtcDateTime)
    is_undone: bool = False


class RoomRow(TableRow, table=True):
    """The room of an event. ``version`` guards against two desks at once."""

    __tablename__ = "room"
    __table_args__ = (
        ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_room_round", ondelete="SET NULL"),
        CheckConstraint("page >= 0", name="page"),
    )

    event_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="event.id", ondelete="CASCADE")
    version: int
    is_open: bool
    round_id: str | None = Field(default=None, sa_type=KeyText)
    base_url: str = Field(default="", sa_type=StoredText)
    is_black: bool = False
    hides_counts: bool = False
    hides_results: bool = False
    takes_proposals: bool = True
    page: int = 0
    sheet_id: str = Field(default="", sa_type=StoredText)
    sheet_began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    extra_s: int = 0


class SeatRow(TableRow, table=True):
    """Which answer one visitor reads first in one round."""

    __tablename__ = "seat"
    __table_args__ = (one_of("first_side", Side),)

    round_id: str = Field(sa_type=KeyText, primary_key=True, foreign_key="round.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText, primary_key=True)
    first_side: str = Field(sa_type=StoredText)


class ProposalRow(TableRow, table=True):
    """A question that somebody in the room proposed. ``text`` is what the organiser made of it, if they changed it."""

    __tablename__ = "proposal"
    __table_args__ = (one_of("state", ProposalState), Index(None, "event_id", "created_at"), Index(None, "visitor_id"))

    id: str = Field(sa_type=KeyText, primary_key=True)
    event_id: str = Field(sa_type=KeyText, foreign_key="event.id", ondelete="CASCADE")
    visitor_id: str = Field(sa_type=StoredText)
    text: str = Field(sa_type=StoredText)
    state: str = Field(sa_type=StoredText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
