"""Empties the texts whose time has come: on request, at the start and once a day."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime

from arena.domain.retention import Due, Purged, due_before, due_now
from arena.errors import InvalidChoice, StorageError
from arena.storage.retention import RetentionStore

logger = logging.getLogger(__name__)
ONE_DAY_S = 24 * 3600.0


class Retention:
    """Finds and empties; every method blocks and belongs on a worker thread. Raises StorageError."""

    def __init__(self, store: RetentionStore, *, days_outside: int, now: Callable[[], datetime]) -> None:
        """``days_outside`` is the delay of battles that belong to no event; events bring their own."""
        self._store = store
        self._days_outside = days_outside
        self._now = now

    def due(self, *, code: str | None = None, before: date | None = None) -> tuple[Due, ...]:
        """What the delays ask for now, or all that was begun before a day, of one event or of everything.

        Raises InvalidChoice for a code that no event has.
        """
        terms = self._store.terms()
        wanted = {term.event_id for term in terms if code is None or term.code == code.strip().upper()}
        if code is not None and not wanted:
            raise InvalidChoice(f"no event has the code {code!r}")
        asked = due_now(terms, self._days_outside, self._now()) if before is None else due_before(terms, before)
        return tuple(due for due in asked if due.event_id in wanted or (due.event_id is None and code is None))

    def count(self, due: tuple[Due, ...]) -> Purged:
        """What ``purge`` would take."""
        return sum(map(self._store.count, due), Purged())

    def purge(self, due: tuple[Due, ...], *, is_stopping: Callable[[], bool] = lambda: False) -> Purged:
        """Empty the texts, a page of battles at a time, then give back their bytes; what was taken."""
        purged = sum((self._purge(one, is_stopping) for one in due), Purged())
        if purged.battles or purged.prompts:
            self._free_space()
        return purged

    def _purge(self, due: Due, is_stopping: Callable[[], bool]) -> Purged:
        purged, page = Purged(), None
        while not is_stopping() and (page is None or page.battles):
            page = self._store.purge(due, self._now())
            purged += page
        return purged

    def _free_space(self) -> None:
        try:
            self._store.free_space()
        except StorageError as error:
            logger.warning("texts were emptied, their bytes wait: %s", error)


@asynccontextmanager
async def purging(retention: Retention, *, every_s: float = ONE_DAY_S) -> AsyncIterator[None]:
    """Purge now and then every so often, for as long as the block lasts; a page begun is finished at the end."""
    closing = asyncio.Event()
    task = asyncio.create_task(_keep_purging(retention, closing, every_s), name="purge")
    try:
        yield
    finally:
        closing.set()
        await task


async def _keep_purging(retention: Retention, closing: asyncio.Event, every_s: float) -> None:
    while not closing.is_set():
        try:
            await asyncio.to_thread(_purge_due, retention, closing.is_set)
        except StorageError as error:
            logger.error("texts that are due were not emptied, the next try is in %.0f s: %s", every_s, error)
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), every_s)


def _purge_due(retention: Retention, is_stopping: Callable[[], bool]) -> None:
    purged = retention.purge(retention.due(), is_stopping=is_stopping)
    if purged.battles or purged.prompts:
        logger.info("the texts of %d battles were emptied after their delay", purged.battles)
