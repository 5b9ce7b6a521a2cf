"""The base of every row."""

from typing import ClassVar

from sqlalchemy import MetaData
from sqlmodel import SQLModel

# Every constraint has a name, or a later migration could not drop it.
NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class TableRow(SQLModel):
    """Base of every row, with metadata of its own."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
