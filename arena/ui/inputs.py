"""What a page sent, brought to the types that a handler expects: a script may send anything."""

from collections.abc import Callable

from arena.errors import InvalidChoice


def word(value: object) -> str:
    """One text; nothing counts as empty. Raises InvalidChoice for what is not a text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidChoice(f"expected a text, got {type(value).__name__}")
    return value.encode("utf-8", "replace").decode().replace("\x00", "")


def words(value: object) -> list[str]:
    """Several texts; nothing counts as none. Raises InvalidChoice for anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidChoice(f"expected texts, got {type(value).__name__}")
    return [word(item) for item in value]


def whole(value: object) -> int:
    """A whole number written as a text; nothing counts as 0. Raises InvalidChoice for anything else."""
    text = word(value)
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidChoice("expected a whole number")
    return int(text)


Input = Callable[[object], str | int | list[str]]
