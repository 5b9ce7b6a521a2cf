"""A shelf of leaderboards: each is kept for a minute, so that many readers cost as much as one."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from arena.domain.catalogue import Openness
from arena.domain.counted import StandingFilter
from arena.services.leaderboards import Leaderboard

KEPT_FOR = timedelta(minutes=1)
MOST_KEPT = 64  # filters of readers; one takes some 200 kB with 50 models

Make = Callable[[StandingFilter, Openness | None], Awaitable[Leaderboard]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A leaderboard and when it was made."""

    board: Leaderboard
    made_at: datetime


class LeaderboardShelf:
    """One leaderboard is made at a time; whoever wants the same one waits for it."""

    def __init__(self, make: Make, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._make = make
        self._now = now
        self._kept: OrderedDict[tuple[StandingFilter, Openness | None], Kept] = OrderedDict()
        self._making = asyncio.Lock()

    async def of(self, wanted: StandingFilter, openness: Openness | None) -> Kept:
        """A leaderboard that is at most a minute old. Raises StorageError, which is not kept."""
        key = (wanted, openness)
        kept = self._fresh(key)
        if kept is not None:
            return kept
        async with self._making:
            kept = self._fresh(key)
            if kept is None:
                made_at = self._now()
                kept = Kept(await self._make(wanted, openness), made_at)
                self._put(key, kept)
        return kept

    def _fresh(self, key: tuple[StandingFilter, Openness | None]) -> Kept | None:
        kept = self._kept.get(key)
        return kept if kept is not None and self._now() - kept.made_at < KEPT_FOR else None

    def _put(self, key: tuple[StandingFilter, Openness | None], kept: Kept) -> None:
        self._kept.pop(key, None)
        self._kept[key] = kept
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
