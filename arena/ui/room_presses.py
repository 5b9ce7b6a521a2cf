"""The buttons of the desk: what each sends, checked, and the one call that it stands for."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from arena.domain.pairing import PairingMode
from arena.domain.vocabulary import member
from arena.errors import InvalidChoice
from arena.services.arena import Arena
from arena.services.live_room import RoomView
from arena.services.organisers import Access

Sent = Mapping[str, Any]
Press = Callable[[Arena, Access, Sent], Awaitable[RoomView]]

_SETTABLE = {"is_black": bool, "hides_counts": bool, "hides_results": bool, "takes_proposals": bool, "page": int}


def _word(sent: Sent, name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        raise InvalidChoice(f"{name} is no text: {value!r}")
    return value


def _number(sent: Sent, name: str) -> int:
    value = sent.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1_000_000_000:
        raise InvalidChoice(f"{name} is no number: {value!r}")
    return value


def _flag(sent: Sent, name: str) -> bool:
    value = sent.get(name, False)
    if not isinstance(value, bool):
        raise InvalidChoice(f"{name} is neither true nor false: {value!r}")
    return value


async def _open(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.rooms.set(access, _word(sent, "event"), seen=_number(sent, "seen"), is_open=True)


async def _close(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.rooms.set(access, _word(sent, "event"), seen=_number(sent, "seen"), is_open=False)


async def _set(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``name`` and ``value`` of what is set."""
    name = _word(sent, "name")
    if name not in _SETTABLE:
        raise InvalidChoice(f"{name!r} is not set by a button")
    value = _flag(sent, "value") if _SETTABLE[name] is bool else _number(sent, "value")
    return await arena.rooms.set(access, _word(sent, "event"), seen=_number(sent, "seen"), **{name: value})


async def _ask(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``prompt``, and if wanted ``mode``, ``has_bet``, ``is_streamed``."""
    return await arena.rooms.ask(
        access,
        _word(sent, "event"),
        _word(sent, "prompt"),
        seen=_number(sent, "seen"),
        mode=member(PairingMode, _word(sent, "mode")) if sent.get("mode") else None,
        has_bet=_flag(sent, "has_bet"),
        is_streamed=_flag(sent, "is_streamed"),
    )


async def _go(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.rooms.go(access, _word(sent, "event"), _word(sent, "step"), seen=_number(sent, "seen"))


async def _undo(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.rooms.undo(access, _word(sent, "event"), seen=_number(sent, "seen"))


async def _reset(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.rooms.reset(access, _word(sent, "event"), seen=_number(sent, "seen"))


async def _skip_names(arena: Arena, access: Access, sent: Sent) -> RoomView:
    skips = _flag(sent, "value")
    return await arena.rooms.set_round(access, _word(sent, "event"), seen=_number(sent, "seen"), skips_names=skips)


async def _replace(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.rooms.replace(access, _word(sent, "event"), _word(sent, "side"))


async def _hands(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``kind`` and ``counts`` by outcome."""
    counts = sent.get("counts")
    if not isinstance(counts, dict):
        raise InvalidChoice(f"these are no counts: {counts!r}")
    typed = {str(outcome): _number(counts, outcome) for outcome in counts}
    return await arena.rooms.raise_hands(access, _word(sent, "event"), _word(sent, "kind"), typed)


PRESSES: Mapping[str, Press] = {
    "open": _open,
    "close": _close,
    "set": _set,
    "ask": _ask,
    "go": _go,
    "undo": _undo,
    "reset": _reset,
    "skip_names": _skip_names,
    "replace": _replace,
    "hands": _hands,
}
