"""The buttons of the desk: what each sends, checked, and the one call that it stands for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arena.domain.pairing import PairingMode
from arena.domain.vocabulary import member
from arena.errors import InvalidChoice, Refusal
from arena.services.arena import Arena
from arena.services.live_room import RoomView
from arena.services.organisers import Access

Sent = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a press: how the room is now, what did not work beside it, the secret of a link just made."""

    view: RoomView
    refusal: Refusal | None = None
    secret: str | None = None
    note: str | None = None  # the key of what is said of a press that changes nothing in sight


Press = Callable[[Arena, Access, Sent], Awaitable[RoomView | Pressed]]

_SETTABLE = {"is_black": bool, "hides_counts": bool, "hides_results": bool, "takes_proposals": bool, "page": int}


def _word(sent: Sent, name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        raise InvalidChoice(f"{name} is no text: {value!r}")
    return value


def _word_or_none(sent: Sent, name: str) -> str | None:
    return None if sent.get(name) is None else _word(sent, name)


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


def _mode(sent: Sent) -> PairingMode | None:
    return member(PairingMode, _word(sent, "mode")) if sent.get("mode") else None


async def _open(arena: Arena, access: Access, sent: Sent) -> Pressed:
    """``address`` as it was chosen or typed; without one the door stays as it is. Also for a room that is open."""
    view, refusal = await arena.rooms.open(
        access, _word(sent, "event"), _word_or_none(sent, "address"), seen=_number(sent, "seen")
    )
    return Pressed(view, refusal)


async def _close(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.rooms.close(access, _word(sent, "event"), seen=_number(sent, "seen"))


async def _set(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``name`` and ``value`` of what is set."""
    name = _word(sent, "name")
    if name not in _SETTABLE:
        raise InvalidChoice(f"{name!r} is not set by a button")
    value = _flag(sent, "value") if _SETTABLE[name] is bool else _number(sent, "value")
    return await arena.rooms.set(access, _word(sent, "event"), seen=_number(sent, "seen"), **{name: value})


async def _ask(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``prompt``, or the id of an approved ``proposal``; if wanted ``mode``, ``has_bet``, ``is_streamed``."""
    event_id, seen, proposal_id = _word(sent, "event"), _number(sent, "seen"), _word_or_none(sent, "proposal")
    proposals = arena.rooms.proposals
    if proposal_id is None:
        prompt = _word(sent, "prompt")
    else:
        prompt = (await proposals.approved(access, event_id, proposal_id)).text
    view = await arena.rooms.ask(
        access,
        event_id,
        prompt,
        seen=seen,
        mode=_mode(sent),
        has_bet=_flag(sent, "has_bet"),
        is_streamed=_flag(sent, "is_streamed"),
    )
    if proposal_id is not None:
        await proposals.note_asked(event_id, proposal_id)
    return view


async def _play(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``duel`` is the id of a recorded one; if wanted ``mode``, ``has_bet``, ``is_streamed``."""
    return await arena.room_recordings.play(
        access,
        _word(sent, "event"),
        _word(sent, "duel"),
        seen=_number(sent, "seen"),
        mode=_mode(sent),
        has_bet=_flag(sent, "has_bet"),
        is_streamed=_flag(sent, "is_streamed"),
    )


async def _swap(arena: Arena, access: Access, sent: Sent) -> RoomView:
    return await arena.room_recordings.swap(access, _word(sent, "event"), seen=_number(sent, "seen"))


async def _keep(arena: Arena, access: Access, sent: Sent) -> Pressed:
    """The duel of this round can be played again, with no network."""
    event_id = _word(sent, "event")
    kept = await arena.room_recordings.keep(access, event_id)
    return Pressed(await arena.rooms.views.view(event_id), note="desk.kept" if kept else "desk.kept.before")


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


async def _decide(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``decision`` about a ``proposal``, with its ``text`` if the organiser changed it."""
    event_id = _word(sent, "event")
    await arena.rooms.proposals.decide(
        access, event_id, _word(sent, "proposal"), _word(sent, "decision"), _word_or_none(sent, "text")
    )
    return await arena.rooms.views.view(event_id)


async def _sheet(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``sheet`` is the id of a run sheet that begins now, "" for none."""
    return await arena.rooms.begin_sheet(access, _word(sent, "event"), _word(sent, "sheet"), seen=_number(sent, "seen"))


async def _extend(arena: Arena, access: Access, sent: Sent) -> RoomView:
    """``seconds`` more for the run sheet."""
    return await arena.rooms.extend(access, _word(sent, "event"), _number(sent, "seconds"), seen=_number(sent, "seen"))


async def _link(arena: Arena, access: Access, sent: Sent) -> Pressed:
    """A link for a second desk, called ``label``; its secret is told once."""
    event_id = _word(sent, "event")
    made = await arena.organisers.make_link(access, event_id, label=_word(sent, "label"))
    return Pressed(await arena.rooms.views.view(event_id), secret=made.secret)


PRESSES: Mapping[str, Press] = {
    "open": _open,
    "close": _close,
    "set": _set,
    "ask": _ask,
    "play": _play,
    "swap": _swap,
    "keep": _keep,
    "go": _go,
    "undo": _undo,
    "reset": _reset,
    "skip_names": _skip_names,
    "replace": _replace,
    "hands": _hands,
    "decide": _decide,
    "sheet": _sheet,
    "extend": _extend,
    "link": _link,
}
