"""Measures answers with the energy counter of this machine, one at a time."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from arena.domain.metering import Sample, idle_power_w, reading_of
from arena.domain.provenance import MeterReading
from arena.errors import MeterError
from arena.providers.meters import Meter

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MeasuringRules:
    """Times in seconds: the slices of a measure at rest, how long it holds, and patience with the counter."""

    idle_slices: int = 3
    idle_slice_s: float = 1.0
    idle_holds_s: float = 300.0
    read_timeout_s: float = 1.0
    rest_s: float = 60.0  # a counter that failed is left alone for this long


@dataclass(slots=True)
class Window:
    """The time in which one answer was written; ``reading`` is there when it is over and the counter did not fail."""

    reading: MeterReading | None = None


@dataclass(frozen=True, slots=True)
class _Rest:
    """Power with nothing asked of the machine, and when that was measured."""

    power_w: float
    at_s: float


class Measuring:
    """Wraps a counter that counts everything on its device, whoever caused it: so only one answer at a time.

    Whatever the counter does, the answer goes on. ``clock`` gives seconds, ``sleep`` waits for some.
    """

    def __init__(
        self,
        meter: Meter,
        rules: MeasuringRules | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.meter = meter
        self._rules = rules or MeasuringRules()
        self._clock = clock
        self._sleep = sleep
        self._alone = asyncio.Lock()
        self._rest: _Rest | None = None
        self._asked: asyncio.Task[float] | None = None
        self._left_alone_until = -math.inf

    @asynccontextmanager
    async def window(self) -> AsyncIterator[Window]:
        """Wait until no other answer is written, then count what the block takes, also when it is cut short."""
        window = Window()
        async with self._alone:
            before = await self._begin()
            try:
                yield window
            finally:
                if before is not None:
                    window.reading = await self._end(*before)

    async def _begin(self) -> tuple[Sample, float] | None:
        """The counter and the power at rest before an answer; None when it cannot be measured."""
        if self._clock() < self._left_alone_until:
            return None
        try:
            idle_w = await self._idle_w()
            return await self._sample(), idle_w
        except MeterError as error:
            logger.warning("an answer is not measured: %s", error)
            return None

    async def _end(self, before: Sample, idle_w: float) -> MeterReading | None:
        try:
            return reading_of(self.meter.name, before, await self._sample(), idle_w)
        except MeterError as error:
            logger.warning("the measure of an answer is lost: %s", error)
            return None

    async def _idle_w(self) -> float:
        """Power at rest, measured again when the last measure is old."""
        if self._rest is None or self._clock() - self._rest.at_s > self._rules.idle_holds_s:
            samples = [await self._sample()]
            for _ in range(self._rules.idle_slices):
                await self._sleep(self._rules.idle_slice_s)
                samples.append(await self._sample())
            self._rest = _Rest(idle_power_w(samples), samples[-1].at_s)
            logger.info("%s at rest: %.3g W", self.meter.name, self._rest.power_w)
        return self._rest.power_w

    async def _sample(self) -> Sample:
        """Read the counter. One that fails or hangs is then left alone for a while. Raises MeterError."""
        try:
            async with asyncio.timeout(self._rules.read_timeout_s):
                energy_wh = await self._ask()
        except Exception as error:  # whatever a driver does must not reach the answer
            self._left_alone_until = self._clock() + self._rules.rest_s
            reason = "no reply in time" if isinstance(error, TimeoutError) else str(error)
            raise MeterError(f"{self.meter.name}: {reason}") from error
        return Sample(self._clock(), energy_wh)

    async def _ask(self) -> float:
        """One question at a time: a driver that hangs holds one thread, however often it is asked."""
        if self._asked is not None:
            await asyncio.wait({self._asked})
        self._asked = asyncio.create_task(asyncio.to_thread(self.meter.energy_wh))
        return await asyncio.shield(self._asked)
