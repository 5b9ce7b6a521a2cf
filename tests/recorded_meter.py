"""A meter that plays a recording, and the clock that it goes by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from arena.errors import MeterError

JOULES_PER_WH = 3600.0


@dataclass
class HandClock:
    """Seconds that pass only when somebody says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class RecordedMeter:
    """Plays (seconds, joules) with straight lines between; fails from a moment on."""

    clock: HandClock
    trace: Sequence[tuple[float, float]]
    name: str = "nvml"
    fails_from: float = math.inf
    reads: int = 0

    def energy_wh(self) -> float:
        self.reads += 1
        now = self.clock()
        if now >= self.fails_from:
            raise MeterError("the recording is torn")
        for (start, low), (end, high) in pairwise(self.trace):
            if start <= now <= end:
                return (low + (high - low) * (now - start) / (end - start)) / JOULES_PER_WH
        raise AssertionError(f"nothing was recorded at {now} s")


# At rest with 20 W for 3 s, then 120 W for 9 s and 420 W for 9 s.
IDLE_W, FIRST_W, SECOND_W, WINDOW_S = 20.0, 120.0, 420.0, 9.0
BURSTS = ((0.0, 0.0), (3.0, 60.0), (12.0, 1140.0), (21.0, 4920.0), (1e6, 4920.0 + 20 * (1e6 - 21)))
