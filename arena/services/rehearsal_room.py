"""The room of a rehearsal: a throw-away event in which simulated phones go through a whole round."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import httpx

from arena.data import read_shipped
from arena.domain.battle import Answer, AnswerStatus
from arena.domain.event import Event
from arena.domain.rehearsal import Check, Trial
from arena.domain.round import BallotKind, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.live_room import HEARTBEAT_S, RoomView
from arena.services.organisers import Access
from arena.services.rooms import Rooms
from arena.services.shared_duel import SharedDuel
from arena.services.simulated_phones import PhoneFault, SimulatedPhone, open_phone_client
from arena.storage.stores import Stores

FILE = "rehearsal.yaml"
JOIN_LIMIT_S = 8.0
STEP_LIMIT_S = 6.0  # three times what is promised: a phone that needs longer has not seen the step
GONE_LOOKS, GONE_LOOK_S = 30, 0.1
VOTES_WITHIN_S = 1.0
SCOUT_LIMIT_S = 4.0
_SILENCE_S = HEARTBEAT_S + 3.0  # a stream that is silent for longer is broken

Notice = Callable[[Check], None]


def load_script(locale: str) -> Mapping[str, str]:
    """The ``prompt`` and the answers ``a`` and ``b`` of the packaged round, in one language."""
    script: Mapping[str, str] = read_shipped(FILE)[locale]
    return script


async def leads_here(base_url: str, code: str) -> bool:
    """Whether a phone that opens this address joins the event of that code."""
    try:
        async with asyncio.timeout(SCOUT_LIMIT_S), open_phone_client(base_url) as client:
            await SimulatedPhone(client, code).join()
    except (TimeoutError, PhoneFault, httpx.HTTPError, httpx.InvalidURL):
        return False
    return True


class RehearsalRoom:
    """Plays the desk by calling what its buttons call, while the phones come over HTTP."""

    def __init__(self, rooms: Rooms, shared: SharedDuel, stores: Stores, event: Event, notice: Notice) -> None:
        """``event`` is open and of this rehearsal alone; ``notice`` is told what is tried next."""
        self._rooms = rooms
        self._shared = shared
        self._stores = stores
        self._event = event
        self._notice = notice
        self._access = Access(frozenset({event.id}))
        self._version = 0
        self._round_id = ""

    async def open(self) -> None:
        """Let phones in. Raises StorageError."""
        self._follow_up(await self._rooms.set(self._access, self._event.id, seen=0, is_open=True))

    async def play(self, base_url: str, trial: Trial) -> None:
        """A whole round. What happens is noted in ``trial`` at once, so that it counts if the time is over.

        Raises TimeoutError for a step that no phone shows: nothing is learnt from going on; ArenaError.
        """
        async with open_phone_client(base_url, timeout_s=_SILENCE_S) as client:
            self._notice(Check.JOIN)
            phones = await self._join(client, trial)
            if not phones:
                return
            away, here = phones[: len(phones) // 4], phones[len(phones) // 4 :]
            async with _following(here):
                async with _following(away):
                    self._notice(Check.STEPS)
                    await self._connected(phones)
                    await self._begin()
                    await self._go_until(Step.ANSWERS, phones, trial)
                self._notice(Check.BACK)
                trial.away = len(away)
                await self._go(Step.VOTE, here, trial)
                async with _following(away):
                    trial.came_back = sum(await asyncio.gather(*(self._sees(one, Step.VOTE) for one in away)))
                    self._notice(Check.VOTES)
                    await self._vote(phones, trial)
                    await self._go_until(Step.DEBATE, phones, trial)
        trial.still_there = await self._still_there()

    # -- the phones ---------------------------------------------------------------------------

    async def _join(self, client: httpx.AsyncClient, trial: Trial) -> list[SimulatedPhone]:
        phones = [SimulatedPhone(client, self._event.code, self._event.settings.locale) for _ in range(trial.phones)]
        trial.joined = 0

        async def join(phone: SimulatedPhone) -> bool:
            try:
                async with asyncio.timeout(JOIN_LIMIT_S):
                    await phone.join()
            except (TimeoutError, PhoneFault, httpx.HTTPError):
                return False
            return True

        came = await asyncio.gather(*map(join, phones))
        trial.joined = sum(came)
        return [phone for phone, is_in in zip(phones, came, strict=True) if is_in]

    @staticmethod
    async def _connected(phones: Sequence[SimulatedPhone]) -> None:
        """Wait until they follow; those that do not are found out at the first step."""

        async def connected(phone: SimulatedPhone) -> None:
            async with phone.news:
                await phone.news.wait_for(lambda: bool(phone.data))

        waiting = [asyncio.create_task(connected(phone)) for phone in phones]
        _, late = await asyncio.wait(waiting, timeout=STEP_LIMIT_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _sees(self, phone: SimulatedPhone, step: Step) -> bool:
        try:
            async with asyncio.timeout(STEP_LIMIT_S):
                await phone.until(step, round_id=self._round_id)
        except TimeoutError:
            return False
        return True

    async def _vote(self, phones: Sequence[SimulatedPhone], trial: Trial) -> None:
        """Everybody within a second, and each one twice at once, as a nervous thumb does."""
        outcomes = [list(Outcome)[number % len(Outcome)] for number in range(len(phones))]
        said = [
            _timed(phone, outcome, after_s=number / len(phones) * VOTES_WITHIN_S)
            for number, (phone, outcome) in enumerate(zip(phones, outcomes, strict=True))
            for _ in range(2)
        ]
        trial.vote_delays += [delay for delay in await asyncio.gather(*said) if delay is not None]
        view = await self._rooms.views.view(self._event.id)
        assert view.state.round is not None, "a round that voted is there"
        tally = await asyncio.to_thread(self._stores.ballots.tally, view.state.round.battle_id)
        right = (Counter(tally.votes) & Counter(outcomes)).total()
        trial.votes_kept = max(right, tally.count(BallotKind.VOTE)) if right == len(phones) else right

    async def _still_there(self) -> int:
        """How many of those who left the server still takes for connected."""
        for _ in range(GONE_LOOKS):
            left = (await self._rooms.views.view(self._event.id)).counts.connected
            if left == 0:
                break
            await asyncio.sleep(GONE_LOOK_S)
        return left

    # -- the desk -----------------------------------------------------------------------------

    async def _begin(self) -> None:
        locale, now = self._event.settings.locale, datetime.now(UTC)
        script = load_script(locale)
        answers = {side: Answer(f"rehearsal-{side}", AnswerStatus.COMPLETE, script[side]) for side in Side}
        event, state = await self._rooms.open_state(self._access, self._event.id, self._version)
        battle_id = await self._shared.play(
            event, script["prompt"], answers, dict.fromkeys(Side), recorded_at=now, is_blind=False
        )
        view = await self._rooms.begin(event, state, battle_id, seen=self._version, has_bet=True, is_streamed=False)
        self._follow_up(view)

    async def _go_until(self, last: Step, phones: Sequence[SimulatedPhone], trial: Trial) -> None:
        view = await self._rooms.views.view(self._event.id)
        assert view.state.round is not None, "a round was begun"
        at = view.state.round.step
        for step in view.state.round.steps:
            if at.number < step.number <= last.number:
                await self._go(step, phones, trial)

    async def _go(self, step: Step, phones: Sequence[SimulatedPhone], trial: Trial) -> None:
        pressed = time.monotonic()
        self._follow_up(await self._rooms.go(self._access, self._event.id, step, seen=self._version))
        saw = await asyncio.gather(*(self._sees(phone, step) for phone in phones))
        trial.steps_unseen += saw.count(False)
        if not any(saw):
            raise TimeoutError(f"no phone showed the step {step}")
        trial.step_delays += [
            phone.seen_at[self._round_id, step] - pressed
            for phone, is_there in zip(phones, saw, strict=True)
            if is_there
        ]

    def _follow_up(self, view: RoomView) -> None:
        self._version = view.state.room.version
        self._round_id = view.state.round.id if view.state.round else ""


@asynccontextmanager
async def _following(phones: Sequence[SimulatedPhone]) -> AsyncIterator[None]:
    """They follow the room for as long as the block lasts, then vanish without a word."""
    async with AsyncExitStack() as stack:
        for phone in phones:
            await stack.enter_async_context(phone.following())
        yield


async def _timed(phone: SimulatedPhone, outcome: Outcome, *, after_s: float) -> float | None:
    """How long it took until a vote was acknowledged, in seconds; None when it was not."""
    await asyncio.sleep(after_s)
    began = time.monotonic()
    try:
        reply = await phone.say(BallotKind.VOTE, outcome)
    except httpx.HTTPError:
        return None
    return time.monotonic() - began if reply.status_code == 200 else None
