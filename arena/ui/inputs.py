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


Input = Callable[[object], str | list[str]]
