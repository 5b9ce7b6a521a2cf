"""The run sheet of a room: which one was chosen, and where it is now."""

import asyncio
from dataclasses import dataclass, replace

from arena.domain.room import RoomState
from arena.domain.round import Step
from arena.domain.run_sheet import Progress, RunSheet, progress
from arena.errors import InvalidChoice
from arena.services.run_sheets import load_run_sheets
from arena.services.sheet_clock import SheetClock
from arena.storage.stores import Stores


@dataclass(frozen=True, slots=True)
class SheetNow:
    """A sheet that is under way."""

    sheet: RunSheet
    progress: Progress


class RoomSheets:
    """The sheets that ship with the arena, by id. Raises CatalogueError when their file is wrong."""

    def __init__(self, stores: Stores, clock: SheetClock | None = None) -> None:
        self._stores = stores
        self.clock = clock or SheetClock()
        self.all = load_run_sheets()

    def require(self, sheet_id: str) -> RunSheet:
        """The sheet of an id. Raises InvalidChoice."""
        found = next((sheet for sheet in self.all if sheet.id == sheet_id), None)
        if found is None:
            raise InvalidChoice(f"no run sheet is called {sheet_id!r}")
        return found

    async def now(self, state: RoomState) -> SheetNow | None:
        """Where the sheet of a room is: at the room's own step, early or late. None when none was begun."""
        room = state.room
        sheet = next((one for one in self.all if one.id == room.sheet_id), None)
        if sheet is None or room.sheet_began_at is None:
            return None
        elapsed_s = self.clock.elapsed_s(room, sheet.length_s)
        at = None if sheet.is_loop else await asyncio.to_thread(self._at, state, sheet)
        return SheetNow(sheet, _with_extra(progress(sheet, elapsed_s - room.extra_s, at), room.extra_s - elapsed_s))

    def _at(self, state: RoomState, sheet: RunSheet) -> int:
        """The step of the sheet that the room's step stands for; rounds from before the sheet began do not count."""
        one, began_at = state.round, state.room.sheet_began_at
        if one is None or began_at is None:
            return sheet.step_for(Step.WAITING)
        rounds = self._stores.rooms.rounds(state.room.event_id)
        finished = sum(began_at <= other.created_at < one.created_at for other in rounds)
        return sheet.step_for(one.step, finished_rounds=finished)


def _with_extra(found: Progress, unused_s: float) -> Progress:
    """More time was given than has passed: what is left of it counts for the step under way and for the whole."""
    more = max(0, int(unused_s))
    if not more or found.left_overall_s is None:
        return found
    return replace(found, left_s=found.left_s + more, left_overall_s=found.left_overall_s + more)
