"""A visitor's own summary: what they asked, chose and caused, and its erasure."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from arena.domain.catalogue import Catalogue
from arena.domain.footprint import Comparison
from arena.domain.side import Side
from arena.domain.summary import Erased, PastBattle, Summary, summarise
from arena.errors import BattleBusy, StorageError
from arena.services.duel import Duel
from arena.services.footprints import FootprintService
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One battle of the list. ``names`` are there once revealed, ``comparison`` for a bet beside footprints."""

    battle: PastBattle
    names: Mapping[Side, str]
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class SummaryView:
    """The sums over all battles, and the latest ones, newest first."""

    summary: Summary
    lines: tuple[SummaryLine, ...]


class Summaries:
    """Reads and erases what belongs to one visitor."""

    def __init__(self, stores: Stores, duel: Duel, footprints: FootprintService, catalogue: Catalogue) -> None:
        self._stores = stores
        self._duel = duel
        self._footprints = footprints
        self._catalogue = catalogue

    async def of(self, visitor_id: str) -> SummaryView:
        """All battles that this visitor started or spoke of in a room, as they may see them. Raises StorageError."""
        return await asyncio.to_thread(self._read, visitor_id)

    async def erase(self, visitor_id: str) -> Erased:
        """Erase all that is kept of this visitor, committed when it returns; the bytes follow if they can.

        Raises BattleBusy, with nothing erased, while a battle of theirs is being written, and also when one
        began meanwhile; StorageError.
        """
        visitors = self._stores.visitors
        erased = await asyncio.to_thread(visitors.erase, visitor_id, is_running=self._duel.is_running)
        if not erased.is_nothing:
            await asyncio.to_thread(self._free_space)
        if await asyncio.to_thread(self._stores.battles.has_battles, visitor_id):
            raise BattleBusy
        return erased

    # -- on a worker thread -------------------------------------------------------------------

    def _read(self, visitor_id: str) -> SummaryView:
        summary = summarise(self._stores.visitors.battles_of(visitor_id))
        return SummaryView(summary, tuple(map(self._line, summary.battles[:MOST_LISTED])))

    def _line(self, battle: PastBattle) -> SummaryLine:
        names = {side: self._catalogue.model_or_stranger(model).display_name for side, model in battle.models.items()}
        if battle.reflections.bet is None:  # nothing to put beside it
            return SummaryLine(battle, names, None)
        return SummaryLine(battle, names, self._footprints.compare({side: battle.inputs_of(side) for side in Side}))

    def _free_space(self) -> None:
        try:
            self._stores.visitors.free_space()
        except StorageError as error:
            logger.warning("rows were erased, their bytes wait: %s", error)
