"""Measuring answers: rest before, one at a time, and never a number that the counter did not give."""

import asyncio
import math
import threading
from dataclasses import dataclass, field, replace

import pytest

from arena.domain.provenance import MeterReading
from arena.services.measuring import Measuring, MeasuringRules, Window
from tests.passing_time import pass_time, settle
from tests.recorded_meter import BURSTS, FIRST_W, IDLE_W, SECOND_W, WINDOW_S, HandClock, RecordedMeter

PATIENT = MeasuringRules(read_timeout_s=60.0)  # a reading takes a thread, which may wait for its turn
STEADY = ((0.0, 0.0), (1e6, 20e6))  # 20 W for ever


def measuring_with(meter: RecordedMeter, **rules: float) -> Measuring:
    return Measuring(meter, replace(PATIENT, **rules), clock=meter.clock, sleep=meter.clock.sleep)  # type: ignore[arg-type]


def recorded(trace: tuple[tuple[float, float], ...] = BURSTS, *, fails_from: float = math.inf) -> RecordedMeter:
    return RecordedMeter(HandClock(), trace, fails_from=fails_from)


async def answer(measuring: Measuring, clock: HandClock, seconds: float = WINDOW_S) -> MeterReading | None:
    """An answer that takes this long by the clock."""
    async with measuring.window() as window:
        await clock.sleep(seconds)
    return window.reading


async def test_an_answer_is_what_was_counted_and_what_rest_would_not_have_taken() -> None:
    meter = recorded()
    measuring = measuring_with(meter)
    first, second = [await answer(measuring, meter.clock) for _ in range(2)]
    for reading, power_w in ((first, FIRST_W), (second, SECOND_W)):
        assert reading is not None
        assert (reading.meter, reading.window_s) == ("nvml", WINDOW_S)
        assert reading.idle_w == pytest.approx(IDLE_W)
        assert reading.gross_wh == pytest.approx(power_w * WINDOW_S / 3600)
        assert reading.net_wh == pytest.approx((power_w - IDLE_W) * WINDOW_S / 3600)


async def test_rest_is_measured_before_the_first_answer_and_again_when_that_is_long_ago() -> None:
    meter = recorded(STEADY)
    measuring = measuring_with(meter, idle_slices=2, idle_holds_s=100)
    await answer(measuring, meter.clock)
    assert (meter.clock.seconds, meter.reads) == (2 + WINDOW_S, 3 + 2)
    await answer(measuring, meter.clock)
    assert meter.reads == 5 + 2
    await meter.clock.sleep(100)
    await answer(measuring, meter.clock)
    assert meter.reads == 7 + 3 + 2


async def test_the_lowest_power_is_rest() -> None:
    meter = recorded(((0, 0), (1, 500), (2, 520), (3, 900), (1e6, 900 + 100e6)))
    reading = await answer(measuring_with(meter), meter.clock)
    assert reading is not None
    assert reading.idle_w == pytest.approx(20)


async def test_windows_never_overlap() -> None:
    meter = recorded(STEADY)
    measuring = measuring_with(meter)
    inside: list[int] = []

    async def one(number: int) -> MeterReading | None:
        async with measuring.window() as window:
            inside.append(number)
            assert inside == [number]
            await asyncio.sleep(0.01)
            await meter.clock.sleep(WINDOW_S)
            inside.remove(number)
        return window.reading

    readings = await asyncio.gather(*(one(number) for number in range(4)))
    assert [reading and reading.window_s for reading in readings] == [WINDOW_S] * 4


async def test_an_answer_that_is_cut_short_was_measured_up_to_there() -> None:
    meter = recorded()
    measuring = measuring_with(meter)
    windows: asyncio.Queue[Window] = asyncio.Queue()

    async def cut() -> None:
        async with measuring.window() as window:
            await meter.clock.sleep(3)
            windows.put_nowait(window)
            await asyncio.Event().wait()

    writing = asyncio.create_task(cut())
    window = await windows.get()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert window.reading is not None
    assert window.reading.gross_wh == pytest.approx(FIRST_W * 3 / 3600)
    assert await answer(measuring, meter.clock) is not None


async def test_who_gives_up_waiting_leaves_the_line_to_the_next() -> None:
    meter = recorded(STEADY)
    measuring = measuring_with(meter)
    async with measuring.window():
        waiting = asyncio.create_task(answer(measuring, meter.clock))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await meter.clock.sleep(1)
    assert await answer(measuring, meter.clock) is not None


async def test_the_faults_of_an_answer_go_on_their_way() -> None:
    meter = recorded()
    measuring = measuring_with(meter)

    async def broken() -> None:
        async with measuring.window():
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await broken()
    assert await answer(measuring, meter.clock) is not None


@pytest.mark.parametrize("fails_from", [0, 2.5, 3, 10], ids=["at once", "at rest", "before", "in the middle"])
async def test_a_counter_that_fails_gives_no_number_and_the_answer_goes_on(fails_from: float) -> None:
    meter = recorded(fails_from=fails_from)
    assert await answer(measuring_with(meter), meter.clock) is None
    assert meter.clock.seconds >= WINDOW_S


async def test_a_counter_that_failed_is_left_alone_for_a_while_then_tried_again() -> None:
    meter = recorded(STEADY, fails_from=10)
    measuring = measuring_with(meter, rest_s=60)
    assert await answer(measuring, meter.clock) is None
    meter.fails_from, reads = math.inf, meter.reads
    assert await answer(measuring, meter.clock) is None
    assert meter.reads == reads
    await meter.clock.sleep(60)
    reading = await answer(measuring, meter.clock)
    assert reading is not None
    assert reading.window_s == WINDOW_S


async def test_a_counter_that_stands_still_gives_no_number() -> None:
    meter = recorded(((0, 0), (3, 60), (1e6, 60)))
    assert await answer(measuring_with(meter), meter.clock) is None


async def test_a_counter_that_goes_backwards_gives_no_number() -> None:
    meter = recorded(((0, 900), (3, 960), (1e6, 0)))
    assert await answer(measuring_with(meter), meter.clock) is None


@dataclass
class OddMeter:
    """Raises what no counter should, or hangs until it is let go."""

    fault: Exception | None = None
    name: str = "nvml"
    reads: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)

    def energy_wh(self) -> float:
        self.reads += 1
        if self.fault is not None:
            raise self.fault
        self.let_go.wait(120)
        return float(self.reads)


@pytest.mark.parametrize("fault", [ValueError("?"), OSError("no such device"), RuntimeError()])
async def test_whatever_a_driver_raises_never_reaches_the_answer(fault: Exception) -> None:
    clock = HandClock()
    measuring = Measuring(OddMeter(fault), PATIENT, clock=clock, sleep=clock.sleep)
    assert await answer(measuring, clock) is None


async def test_a_driver_that_hangs_holds_one_thread_however_often_it_is_asked() -> None:
    clock, meter = HandClock(), OddMeter()
    measuring = Measuring(meter, replace(PATIENT, rest_s=1), clock=clock, sleep=clock.sleep)
    try:
        for _ in range(3):
            answering = asyncio.create_task(answer(measuring, clock, seconds=2))
            await settle()
            pass_time(PATIENT.read_timeout_s)
            assert await answering is None
        assert meter.reads == 1
    finally:
        meter.let_go.set()
    assert await answer(measuring, clock, seconds=2) is not None
