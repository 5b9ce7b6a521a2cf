"""The rehearsal of a room: simulated phones and every check there is, on the running server, one at a time."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from arena.domain.event import Event, EventSettings, EventState
from arena.domain.rehearsal import (
    PHONES,
    Check,
    Disk,
    Finding,
    RehearsalReport,
    Trial,
    is_trial,
    judge_address,
    judge_clock,
    judge_disk,
    judge_screen,
    judge_trial,
    trial_id,
)
from arena.errors import ArenaError, RehearsalRefused, StorageError
from arena.services.events import Events, new_code
from arena.services.front_door import FrontDoor, Opening
from arena.services.lan import find_addresses
from arena.services.line_up import LineUp
from arena.services.observing import Observer
from arena.services.organisers import Access
from arena.services.recordings import Recordings
from arena.services.rehearsal_checks import (
    check_disk,
    check_models,
    check_rooms,
    is_anybody_voting,
    own_address,
)
from arena.services.rehearsal_room import RehearsalRoom, leads_here
from arena.services.room_address import Find, home_of
from arena.services.rooms import Rooms
from arena.services.shared_duel import SharedDuel
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RehearsalRules:
    """Limits of one rehearsal; all of it, the tidying included, ends within a minute."""

    phones: int = PHONES
    least_free_bytes: int = 500 * 10**6  # a hundred people for ten rounds write less than a tenth of it
    models_s: float = 20.0
    round_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organiser asks for: the event, what its throw-away double is called, the width of the projected image.

    ``served_at`` is where the server was asked.
    """

    event_id: str
    title: str
    locale: str
    width_m: float | None = None
    served_at: Opening | None = None


@dataclass(eq=False, slots=True)
class _Run:
    event_id: str
    begun: list[Check] = field(default_factory=list)
    is_over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def notice(self, check: Check) -> None:
        self.begun.append(check)
        self._tell()

    def end(self) -> None:
        self.is_over = True
        self._tell()

    def _tell(self) -> None:
        """Whoever waits has the old event, whoever comes gets the new one."""
        before, self.news = self.news, asyncio.Event()
        before.set()


class Rehearsals:
    """Belongs to one event loop; a rehearsal is a task of the application and goes on without its page."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        stores: Stores,
        events: Events,
        rooms: Rooms,
        shared: SharedDuel,
        line_up: LineUp,
        observer: Observer,
        front_door: FrontDoor,
        recordings: Recordings,
        *,
        rules: RehearsalRules | None = None,
        wall: Callable[[], float] = time.time,
        addresses: Find = find_addresses,
    ) -> None:
        """``wall`` is the clock on the wall, in seconds."""
        self._client = client
        self._stores = stores
        self._events = events
        self._rooms = rooms
        self._shared = shared
        self._line_up = line_up
        self._observer = observer
        self._front_door = front_door
        self._recordings = recordings
        self._rules = rules or RehearsalRules()
        self._wall = wall
        self._addresses = addresses
        self._run: _Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._reports: dict[str, RehearsalReport] = {}

    async def start(self, access: Access, wish: Wish) -> None:
        """Begin, and return at once. Raises EventNotFound, StorageError, RehearsalRefused while one is under way or
        an open room is being asked something.
        """
        event = await self._events.get(access, wish.event_id)
        if self._run is not None:
            raise RehearsalRefused("running")
        self._run = run = _Run(event.id)
        try:
            if await asyncio.to_thread(is_anybody_voting, self._stores):
                raise RehearsalRefused("voting")
        except ArenaError:
            self._run = None
            raise
        self._task = asyncio.create_task(self._until_over(run, access, event, wish), name="rehearsal")

    def is_running_for(self, event_id: str) -> bool:
        """Whether that event is being rehearsed now."""
        return self._run is not None and self._run.event_id == event_id

    def report_of(self, event_id: str) -> RehearsalReport | None:
        """What the latest rehearsal of an event found; kept in memory, as the next day nothing of it holds."""
        return self._reports.get(event_id)

    async def watch(self, event_id: str) -> AsyncGenerator[Check]:
        """What is being tried, from the beginning of the rehearsal that runs to its end."""
        run = self._run
        if run is None or run.event_id != event_id:
            return
        seen = 0
        while True:
            news, is_over = run.news, run.is_over
            for check in run.begun[seen:]:
                yield check
            seen = len(run.begun)
            if is_over:
                return
            await news.wait()

    async def clear(self) -> None:
        """Remove what a rehearsal left behind that was killed; only while none runs. Raises StorageError."""
        await asyncio.to_thread(self._clear)

    async def close(self) -> None:
        """Break off the rehearsal that runs, and tidy up after it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # -- inside -------------------------------------------------------------------------------

    async def _until_over(self, run: _Run, access: Access, event: Event, wish: Wish) -> None:
        try:
            self._reports[event.id] = await self._rehearse(run, access, event, wish)
        finally:
            self._run = None
            run.end()

    async def _rehearse(self, run: _Run, access: Access, event: Event, wish: Wish) -> RehearsalReport:
        began, wall_began = time.monotonic(), self._wall()
        run.notice(Check.MODELS)
        findings = [await _found(Check.MODELS, self._check_models(event))]
        address, of_room = await self._in_a_room(run, event, wish)
        run.notice(Check.ROOMS)
        took_s = time.monotonic() - began
        findings += [
            *of_room,
            judge_screen(wish.width_m),
            judge_clock(self._wall() - wall_began - took_s),
            await _found(Check.ROOMS, asyncio.to_thread(check_rooms, self._stores, access, event.id)),
        ]
        return RehearsalReport(datetime.now(UTC), took_s, address, findings)

    def _check_models(self, event: Event) -> Awaitable[Finding]:
        limit_s, recorded = self._rules.models_s, len(self._recordings.all())
        return check_models(self._client, self._line_up, self._observer, event, limit_s=limit_s, recorded=recorded)

    async def _in_a_room(self, run: _Run, event: Event, wish: Wish) -> tuple[str, list[Finding]]:
        """Everything that needs the throw-away event, which is gone afterwards, whatever happened."""
        trial, address = Trial(self._rules.phones), ""
        found: list[Finding] = []
        run.notice(Check.DISK)
        try:
            await self.clear()
            double = await asyncio.to_thread(self._make_double, wish)
            found.append(await _found(Check.DISK, check_disk(self._stores, double, least_free_bytes=self._least_free)))
            run.notice(Check.ADDRESS)
            room = RehearsalRoom(self._rooms, self._shared, self._stores, double, run.notice)
            await room.open()
            address, finding = await self._find_way(event, double, wish)
            found.append(finding)
            if address:
                async with asyncio.timeout(self._rules.round_s):
                    await room.play(address, trial)
        except TimeoutError as error:
            logger.warning("a rehearsal was broken off: %s", error or f"{self._rules.round_s} s are over")
        except Exception:  # whatever it is, the organiser gets a page that says what worked until then
            logger.exception("a rehearsal broke off")
        finally:
            with suppress(StorageError):  # tried again by the next rehearsal, and at the next start
                await self.clear()
        checks = {one.check for one in found}
        if Check.DISK not in checks:
            found.append(judge_disk(Disk(None), (), least_free_bytes=0))
        if Check.ADDRESS not in checks:
            found.append(judge_address(""))
        return address, [*found, *judge_trial(trial)]

    @property
    def _least_free(self) -> int:
        return self._rules.least_free_bytes

    async def _find_way(self, event: Event, double: Event, wish: Wish) -> tuple[str, Finding]:
        """The address for the phones: that of the QR code, or of this machine where that does not lead here."""
        state = await asyncio.to_thread(self._stores.rooms.state, event.id)
        shown = await asyncio.to_thread(home_of, state.room, self._front_door, "", find=self._addresses)
        if shown and await leads_here(shown, double.code):
            return shown, judge_address(shown)
        own = own_address(self._front_door, wish.served_at)
        if own and not await leads_here(own, double.code):
            own = ""
        return own, judge_address(own, unanswered=shown)

    def _make_double(self, wish: Wish) -> Event:
        now = datetime.now(UTC)
        for _ in range(10):  # as in Events: a clash of codes is rare, ten in a row are a broken generator
            settings = EventSettings(wish.title, now.date(), locale=wish.locale)
            double = Event(trial_id(uuid4().hex), new_code(), EventState.OPEN, settings, now)
            if self._stores.events.create(double):
                return double
        raise StorageError("no free code was found")

    def _clear(self) -> None:
        for event in self._stores.events.all():
            if is_trial(event.id):
                self._stores.events.delete(event.id, is_running=_is_never_written)


def _is_never_written(_battle_id: str) -> bool:
    """The answers of a rehearsal exist before its battle."""
    return False


async def _found(check: Check, finding: Awaitable[Finding]) -> Finding:
    try:
        return await finding
    except Exception:  # one check that breaks must not hide what the others found
        logger.exception("the check %s of a rehearsal broke", check)
        return Finding(check, "broken")
