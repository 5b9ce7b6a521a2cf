"""A vocabulary: the words that a choice may have."""

from enum import StrEnum
from typing import TypeVar

from arena.errors import InvalidChoice

_Member = TypeVar("_Member", bound=StrEnum)


def member(vocabulary: type[_Member], value: str) -> _Member:
    """The member of a vocabulary that a page named. Raises InvalidChoice."""
    try:
        return vocabulary(value)
    except ValueError as error:
        raise InvalidChoice(f"{value!r} is not a {vocabulary.__name__}") from error
