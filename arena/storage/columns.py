"""Column types and constraints that behave the same on SQLite and PostgreSQL."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC. SQLite keeps no offset, so it is put back on the way out.

    Raises ValueError for a naive datetime: nobody knows which moment that is.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StoredText(TypeDecorator[str]):
    """Text that both databases can hold: what they cannot becomes U+FFFD.

    PostgreSQL refuses NUL and neither driver can encode a lone surrogate, while a model may send both.
    CommonMark 2.3 replaces NUL in the same way. In a key the mark makes the look-up find nothing instead of
    failing.
    """

    impl: TypeEngine[str] | type[TypeEngine[str]] = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class KeyText(StoredText):
    """An identifier made by the arena: 32 characters at most."""

    impl = String(32)
    cache_ok = True


def storable(text: str) -> str:
    """The text with NUL and lone surrogates replaced; the two halves of a split emoji are joined again."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "\ufffd")


def one_of(column: str, vocabulary: Iterable[str]) -> CheckConstraint:
    """A CHECK that the column holds a word of the vocabulary (or NULL, where the column allows it)."""
    words = ", ".join(f"'{word}'" for word in vocabulary)
    return CheckConstraint(f"{column} IN ({words})", name=column)
