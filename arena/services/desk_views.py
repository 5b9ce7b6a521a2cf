"""What the desk of a room shows beside what everybody sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arena.domain.event import Event, allowed_in
from arena.domain.pairing import PairingMode, can_serve
from arena.domain.recording import BlindDuel
from arena.domain.round import Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.arena import Arena
from arena.services.live_room import RoomView
from arena.services.organisers import Access
from arena.services.proposals import QueuedProposal
from arena.services.room_door import DoorState
from arena.services.room_sheets import SheetNow
from arena.services.writing_progress import SideProgress


@dataclass(frozen=True, slots=True)
class DeskView:
    """A room as its organiser sees it; blind like everybody else's view."""

    view: RoomView
    door: DoorState
    queue: tuple[QueuedProposal, ...]
    writing: Mapping[Side, SideProgress]
    sheet: SheetNow | None
    recorded: Sequence[BlindDuel]
    undone: Step | None  # where an undo leads to
    hands: Mapping[Outcome, int]  # what was typed of the hands that may be counted now


async def desk_view(arena: Arena, access: Access, view: RoomView) -> DeskView:
    """Raises EventNotFound for an event that is not this organiser's, or not any more; StorageError."""
    rooms = arena.rooms
    return DeskView(
        view=view,
        door=rooms.door.state(),
        queue=await rooms.proposals.queue(access, view.event.id),
        writing=rooms.writing.of(view),
        sheet=await rooms.sheets.now(view.state),
        recorded=arena.room_recordings.listing(),
        undone=await rooms.undone(view.state),
        hands=await rooms.hands(view.state),
    )


def modes_of(arena: Arena, event: Event) -> tuple[PairingMode, ...]:
    """How two models of an event can be drawn, the one to begin with first: small against big where that can be."""
    candidates = allowed_in(event, arena.line_up.candidates)
    wanted = (PairingMode.SMALL_VS_BIG, PairingMode.RANDOM, PairingMode.SMALL_ONLY)
    return tuple(mode for mode in wanted if can_serve(candidates, mode)) or (PairingMode.RANDOM,)
