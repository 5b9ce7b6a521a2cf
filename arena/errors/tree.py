"""What all errors have in common, and those that a person can be told about."""

from collections.abc import Mapping


class ArenaError(Exception):
    """Base of every error the arena raises on purpose."""

    key = "error.unexpected"


class RequestError(ArenaError):
    """Base of what a visitor can be told to do otherwise; ``values`` fill in the words of its key."""

    key = "error.request"
    values: Mapping[str, object] = {}


class Refusal(RequestError):
    """What was given breaks a rule; ``key`` says which one, ``values`` its limits."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(" ".join([key, *(f"{name}={value}" for name, value in values.items())]))
