"""Dashboards: what organisers see of their events, kept counted, and what they hide or delete."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from arena.domain.asked import PromptPage
from arena.domain.catalogue import Catalogue
from arena.domain.census import Census
from arena.domain.census_taking import BattleFacts, census_of
from arena.domain.dashboard import Dashboard, dashboard_of
from arena.domain.footprint import Comparison
from arena.domain.provenance import FootprintInputs
from arena.domain.side import Side
from arena.errors import BattleBusy, InvalidChoice, StorageError
from arena.services.footprints import FootprintService
from arena.services.organisers import Access
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)
EventIds = frozenset[str] | None  # None: all events, and battles without one

PROMPTS_A_PAGE = 20
VIEW_COUNTS_S = 1.0  # a view waits so long for new counts, then says how many battles are missing
SLICE_S = 0.5  # the background counts so long at a time, so that a view never waits long for its turn
PERIOD_S = 20.0  # and rests so long when all is counted
MOST_KEPT = 32  # dashboards in memory, by choice of events
MOST_COMPARED = 4096  # comparisons in memory: several times the bets of one group of battles


def chosen_events(access: Access, event_id: str) -> EventIds:
    """One event, or all that one may see for "". Raises InvalidChoice for an event of somebody else."""
    if not event_id:
        return None if access.is_deployer else frozenset(access.event_ids)
    if not access.may_see(event_id):
        raise InvalidChoice("no such event")
    return frozenset({event_id})


@dataclass(frozen=True, slots=True)
class DashboardView:
    """A dashboard with the names of its models; ``uncounted`` battles changed too recently to be in it."""

    dashboard: Dashboard
    names: Mapping[str, str]
    stamp: str
    uncounted: int


class Dashboards:
    """Every method may be called on the event loop; the database is read on worker threads."""

    def __init__(
        self,
        stores: Stores,
        footprints: FootprintService,
        catalogue: Catalogue,
        is_running: Callable[[str], bool],
        view_counts_s: float = VIEW_COUNTS_S,
    ) -> None:
        self._stores = stores
        self._view_counts_s = view_counts_s
        self._catalogue = catalogue
        self._is_running = is_running
        self._counting = asyncio.Lock()
        self._kept: dict[EventIds, tuple[str, Dashboard]] = {}

        @lru_cache(MOST_COMPARED)
        def compare(a: tuple[FootprintInputs, ...], b: tuple[FootprintInputs, ...]) -> Comparison | None:
            return footprints.compare({Side.A: a, Side.B: b})

        self._compare = compare

    async def of(self, event_ids: EventIds) -> DashboardView:
        """The dashboard of some events as they are now. Raises StorageError."""
        is_whole = await self._catch_up(self._view_counts_s)
        return await asyncio.to_thread(self._view, event_ids, is_whole=is_whole)

    async def stamp(self, event_ids: EventIds) -> str:
        """A word that changes whenever the dashboard of these events may have. Raises StorageError.

        Two small queries as long as nothing happens.
        """
        await self._catch_up(self._view_counts_s)
        return await asyncio.to_thread(self._stores.censuses.stamp, event_ids)

    async def prompts(self, event_ids: EventIds, words: str, page: int) -> PromptPage:
        """A page, counted from 0, of the prompts that hold some words. Raises StorageError."""
        find, skip = self._stores.prompts.page, max(page, 0) * PROMPTS_A_PAGE
        return await asyncio.to_thread(find, event_ids, words.strip(), skip=skip, limit=PROMPTS_A_PAGE)

    async def hide(self, event_ids: EventIds, battle_id: str, turn_index: int) -> None:
        """Take a prompt and its battle out of every view. Raises BattleNotFound, StorageError."""
        await asyncio.to_thread(self._stores.prompts.hide, battle_id, turn_index, event_ids, datetime.now(UTC))

    async def delete(self, event_ids: EventIds, battle_id: str) -> None:
        """Delete a battle, committed when it returns; the bytes follow if they can.

        Raises BattleBusy while it is being written, BattleNotFound, StorageError.
        """
        if self._is_running(battle_id):
            raise BattleBusy
        await asyncio.to_thread(self._stores.prompts.delete, battle_id, event_ids)
        await self._catch_up(self._view_counts_s)
        await asyncio.to_thread(self._free_space)

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Count in the background for as long as the block lasts."""
        counting = asyncio.create_task(self.keep_counting())
        try:
            yield
        finally:
            counting.cancel()
            await asyncio.gather(counting, return_exceptions=True)

    async def keep_counting(self, period_s: float = PERIOD_S) -> None:
        """Count in the background until cancelled, so that a view finds little left to count."""
        while True:
            try:
                is_whole = await self._catch_up(SLICE_S)
            except StorageError as error:
                logger.warning("battles wait to be counted: %s", error)
                is_whole = True
            await asyncio.sleep(period_s if is_whole else SLICE_S)

    async def _catch_up(self, most_s: float) -> bool:
        async with self._counting:
            work = asyncio.ensure_future(asyncio.to_thread(self._count_until, time.monotonic() + most_s))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:  # a thread cannot be stopped: whoever closes the database waits for it
                await asyncio.wait([work])
                raise

    # -- on a worker thread -------------------------------------------------------------------

    def _count_until(self, limit: float) -> bool:
        """Whether everything is counted."""
        censuses = self._stores.censuses
        while not (notes := censuses.notes()).is_empty:
            censuses.forget(notes.idle)
            for group in sorted(notes.groups | censuses.place(notes.new)):
                if time.monotonic() > limit:
                    return False
                censuses.recount(group, self._count)
        return True

    def _count(self, battles: Iterable[BattleFacts]) -> Census:
        return census_of(battles, lambda inputs: self._compare(inputs[Side.A], inputs[Side.B]))

    def _view(self, event_ids: EventIds, *, is_whole: bool) -> DashboardView:
        stamp = self._stores.censuses.stamp(event_ids)  # before the censuses: what comes between is seen next time
        kept_stamp, dashboard = self._kept.get(event_ids, ("", None))
        if dashboard is None or kept_stamp != stamp:
            dashboard = dashboard_of(self._stores.censuses.total(event_ids))
            self._keep(event_ids, stamp, dashboard)
        models = dashboard.costs.models.shown if dashboard.costs else ()
        return DashboardView(
            dashboard=dashboard,
            names={one.model_id: self._catalogue.model_or_stranger(one.model_id).display_name for one in models},
            stamp=stamp,
            uncounted=0 if is_whole else self._stores.censuses.uncounted(),
        )

    def _keep(self, event_ids: EventIds, stamp: str, dashboard: Dashboard) -> None:
        self._kept.pop(event_ids, None)
        while len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[event_ids] = stamp, dashboard

    def _free_space(self) -> None:
        try:
            self._stores.prompts.free_space()
        except StorageError as error:
            logger.warning("a battle was deleted, its bytes wait: %s", error)
