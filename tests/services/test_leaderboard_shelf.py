"""The shelf of leaderboards: made once a minute, one at a time, and never more than some."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from arena.domain.catalogue import Openness
from arena.domain.counted import StandingFilter
from arena.errors import StorageError
from arena.services.leaderboard_shelf import MOST_KEPT, LeaderboardShelf
from arena.services.leaderboards import Leaderboard

ALL = StandingFilter()


@dataclass
class Maker:
    """Counts what it is asked for; a leaderboard is just a word here. ``now`` is the time that the shelf reads."""

    now: datetime = datetime(2026, 3, 14, 12, tzinfo=UTC)
    asked: list[tuple[StandingFilter, Openness | None]] = field(default_factory=list)
    fails: bool = False
    at_once: int = 0
    most_at_once: int = 0

    async def make(self, wanted: StandingFilter, openness: Openness | None) -> Leaderboard:
        self.asked.append((wanted, openness))
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0.001)
        self.at_once -= 1
        if self.fails:
            raise StorageError("no")
        return cast(Leaderboard, cast(Any, f"board {len(self.asked)}"))


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def shelf(maker: Maker) -> LeaderboardShelf:
    return LeaderboardShelf(maker.make, now=lambda: maker.now)


async def test_a_board_is_made_once_a_minute_and_says_when(shelf: LeaderboardShelf, maker: Maker) -> None:
    first = await shelf.of(ALL, None)
    maker.now += timedelta(seconds=59)
    assert await shelf.of(ALL, None) is first
    maker.now += timedelta(seconds=1)
    second = await shelf.of(ALL, None)
    assert second.made_at - first.made_at == timedelta(minutes=1)
    assert maker.asked == [(ALL, None)] * 2


async def test_each_filter_has_a_board_of_its_own(shelf: LeaderboardShelf, maker: Maker) -> None:
    french = StandingFilter(locale="fr")
    boards = [await shelf.of(*key) for key in [(ALL, None), (french, None), (ALL, Openness.CLOSED)] * 2]
    assert maker.asked == [(ALL, None), (french, None), (ALL, Openness.CLOSED)]
    assert boards[:3] == boards[3:]


async def test_many_readers_cost_as_much_as_one_and_one_is_made_at_a_time(
    shelf: LeaderboardShelf, maker: Maker
) -> None:
    await asyncio.gather(*(shelf.of(ALL, None) for _ in range(20)), shelf.of(StandingFilter(theme="x"), None))
    assert (len(maker.asked), maker.most_at_once) == (2, 1)


async def test_the_oldest_board_makes_room(shelf: LeaderboardShelf, maker: Maker) -> None:
    for number in range(MOST_KEPT + 1):
        await shelf.of(StandingFilter(theme=str(number)), None)
    await shelf.of(StandingFilter(theme=str(MOST_KEPT)), None)
    assert len(maker.asked) == MOST_KEPT + 1
    await shelf.of(StandingFilter(theme="0"), None)
    assert len(maker.asked) == MOST_KEPT + 2


async def test_a_failure_is_told_and_not_kept(shelf: LeaderboardShelf, maker: Maker) -> None:
    maker.fails = True
    with pytest.raises(StorageError):
        await shelf.of(ALL, None)
    maker.fails = False
    assert (await shelf.of(ALL, None)).made_at == maker.now
