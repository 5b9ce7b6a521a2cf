"""Time that passes when a test says so: what the running event loop takes for the time is moved on, or held."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from weakref import WeakKeyDictionary

_the_time = asyncio.BaseEventLoop.time
_moved_s: WeakKeyDictionary[asyncio.AbstractEventLoop, float] = WeakKeyDictionary()
_held_at: WeakKeyDictionary[asyncio.AbstractEventLoop, float] = WeakKeyDictionary()


def _time(loop: asyncio.BaseEventLoop) -> float:
    at = _held_at.get(loop)
    return (_the_time(loop) if at is None else at) + _moved_s.get(loop, 0.0)


# Of the class, since who asks for the time may have kept the method of a loop.
asyncio.BaseEventLoop.time = _time  # type: ignore[assignment, method-assign]


def pass_time(seconds: float) -> None:
    """Whatever the running loop was to do within these seconds is due now.

    A test that waits for somebody to be given up says so once all the rest has happened: the patience can then be
    so long that a machine which stops for seconds makes nobody else be given up.
    """
    loop = asyncio.get_running_loop()
    _moved_s[loop] = _moved_s.get(loop, 0.0) + seconds


async def settle() -> None:
    """Let the loop turn until what has been sent within this process is read."""
    for _ in range(100):
        await asyncio.sleep(0)


@contextmanager
def standing_still() -> Iterator[None]:
    """No time passes for the running loop: nobody is given up, however slow the machine is."""
    loop = asyncio.get_running_loop()
    _held_at[loop] = loop.time() - _moved_s.get(loop, 0.0)
    try:
        yield
    finally:
        del _held_at[loop]


@asynccontextmanager
async def passing_by_turns(turn_s: float = 0.001) -> AsyncIterator[None]:
    """Time passes with the turns of the running loop: a machine that stops meanwhile makes nobody wait longer."""

    async def turn() -> None:
        while True:
            await asyncio.sleep(0)
            pass_time(turn_s)

    with standing_still():
        turning = asyncio.create_task(turn())
        try:
            yield
        finally:
            turning.cancel()
