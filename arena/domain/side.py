"""The two sides of a battle."""

from enum import StrEnum


class Side(StrEnum):
    """Everything that comes in pairs is a mapping by side, never two variables."""

    A = "a"
    B = "b"

    @property
    def other(self) -> "Side":
        return Side.B if self is Side.A else Side.A
