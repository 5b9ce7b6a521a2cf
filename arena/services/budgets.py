"""What visitors and events may use: battles within an hour, answers and euros. Never counted by address.

An event's budget is enforced where its battles are written down, see ``arena.storage.budgets``; here it is read.
"""

import asyncio
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from arena.domain.budget import Balance
from arena.errors import QuotaReached
from arena.storage.stores import Stores

_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Budgets:
    """Reads the database only, so that a restart changes nothing."""

    stores: Stores
    max_battles_per_hour: int

    async def balance_of(self, event_id: str) -> Balance | None:
        """What an event may spend and spent, None when there is no such event."""
        return await asyncio.to_thread(self.stores.budgets.balance_of, event_id)

    async def refuse_beyond_quota(self, visitor_id: str) -> None:
        """Raise QuotaReached when this visitor started as many battles within the last hour as allowed."""
        limit = self.max_battles_per_hour
        start = await asyncio.to_thread(self.stores.battles.latest_start, visitor_id, limit)
        left_s = 0.0 if start is None else (start + _WINDOW - datetime.now(UTC)).total_seconds()
        if left_s > 0:
            raise QuotaReached(minutes=math.ceil(left_s / 60))
