"""The tables of censuses: battles counted up in groups, and which battles changed since.

Triggers of the database write ``census_change``, whoever writes the battle; see ``arena.storage.census_notes``.
"""

from sqlalchemy import Index
from sqlmodel import Field

from arena.storage.columns import KeyText, StoredText
from arena.storage.table import TableRow


class CensusRow(TableRow, table=True):
    """A group of battles of one event (or of none) counted up; without content it was never counted.

    ``version`` is another word after each count.
    """

    __tablename__ = "census"
    __table_args__ = (Index(None, "event_id", "version"),)  # what changed, without a visit to the table

    id: int | None = Field(default=None, primary_key=True)
    event_id: str | None = Field(default=None, sa_type=KeyText, foreign_key="event.id", ondelete="CASCADE")
    battles: int = 0  # ever placed in it
    version: str = Field(sa_type=KeyText)
    content: str | None = Field(default=None, sa_type=StoredText)


class CensusPlaceRow(TableRow, table=True):
    """The group of a battle."""

    __tablename__ = "census_place"
    __table_args__ = (Index(None, "census_id"),)

    battle_id: str = Field(sa_type=KeyText, primary_key=True)  # goes with its battle, by a trigger
    census_id: int = Field(foreign_key="census.id", ondelete="CASCADE")


class CensusChangeRow(TableRow, table=True):
    """A battle of which something was written, or the group of one that was deleted.

    Only added to, so that no writer waits for another.
    """

    __tablename__ = "census_change"
    __table_args__ = (Index(None, "battle_id"), Index(None, "census_id"))

    id: int | None = Field(default=None, primary_key=True)
    battle_id: str | None = Field(default=None, sa_type=KeyText)
    census_id: int | None = Field(default=None, foreign_key="census.id", ondelete="CASCADE")
