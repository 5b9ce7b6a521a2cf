"""What everybody in a room sees: read once for all of them, and told to each page that follows."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from arena.domain.ballot import Ballot
from arena.domain.debate import Question
from arena.domain.encounter import Encounter
from arena.domain.event import Event
from arena.domain.room import RoomState
from arena.domain.round import BallotKind, Round, Step
from arena.domain.vote import Opinion
from arena.errors import ArenaError, EventNotFound
from arena.services.battles import Battles
from arena.services.duel import Duel
from arena.services.live_room import Counts, Follower, LiveRoom, Role, RoomView
from arena.services.reading_aloud import read_until
from arena.services.reports import Reports
from arena.services.shared_duel import SharedDuel
from arena.storage.stores import Stores

COUNT_EVERY_S = 0.5  # the screen counts ballots no faster than people read
LOOK_EVERY_S = 2.0  # for what another process wrote


class RoomViews:
    """Keeps the view of each room that somebody follows. One per application, on one event loop."""

    def __init__(
        self,
        stores: Stores,
        duel: Duel,
        shared: SharedDuel,
        battles: Battles,
        reports: Reports,
        rng: random.Random,
    ) -> None:
        self._stores = stores
        self._duel = duel
        self._shared = shared
        self._battles = battles
        self._reports = reports
        self._rng = rng
        self._live: dict[str, LiveRoom] = {}

    async def view(self, event_id: str) -> RoomView:
        """What a room is shown now. Raises EventNotFound."""
        live = self._live.get(event_id)
        if live is not None and live.view is not None:
            return live.view
        return await asyncio.to_thread(self._load, event_id, live)

    async def is_open(self, event_id: str) -> bool:
        """Whether the room of an event is open."""
        return (await asyncio.to_thread(self._stores.rooms.state, event_id)).room.is_open

    @asynccontextmanager
    async def following(self, event_id: str, role: Role, visitor_id: str | None = None) -> AsyncIterator[Follower]:
        """Follow a room for as long as the block lasts: ``view`` is then always the latest. Raises EventNotFound."""
        live = self._room(event_id)
        with live.following(role, visitor_id) as follower:
            if live.view is None:
                await self._look_first(live)
            if live.keeper is None:
                live.keeper = asyncio.create_task(self._keep_up(live), name=f"room {event_id}")
            try:
                yield follower
            finally:
                if live.followers == {follower}:
                    self._let_go(live)

    async def touched(self, event_id: str, *roles: Role) -> None:
        """Something that pages show beside the round has changed."""
        if live := self._live.get(event_id):
            live.tell(*roles)

    async def close(self) -> None:
        """Stop keeping up with every room."""
        tasks = [task for live in self._live.values() for task in (live.keeper, *live.attending.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _room(self, event_id: str) -> LiveRoom:
        return self._live.setdefault(event_id, LiveRoom(event_id))

    def note_ballot(self, event_id: str, visitor_id: str, ballot: Ballot) -> None:
        """Somebody spoke, and it is on disk: their own pages show it, it is counted soon."""
        if live := self._live.get(event_id):
            live.note_ballot(visitor_id, ballot)

    def known_ballot(self, one: Round, visitor_id: str) -> Ballot | None:
        """What somebody who follows said in the round that their room is in, without asking the database."""
        live = self._live_in(one)
        return live.ballots.get(visitor_id) if live else None

    def remember_ballot(self, one: Round, visitor_id: str, ballot: Ballot) -> None:
        """What was just read of somebody who came late; what they said since then stays."""
        if live := self._live_in(one):
            live.ballots.setdefault(visitor_id, ballot)

    def _live_in(self, one: Round) -> LiveRoom | None:
        """The room of a round, while it is in that round and somebody follows."""
        live = self._live.get(one.event_id)
        current = live.view.state.round if live and live.view else None
        return live if current and current.id == one.id else None

    def begin_answers(self, one: Round) -> None:
        """The answers of a round are shown from now on."""
        self._room(one.event_id).answers_began = (one.id, time.monotonic())

    async def refreshed(self, event_id: str) -> RoomView:
        """Read the room again and tell everybody."""
        live = self._room(event_id)
        async with live.loading:
            view = await self._read(live)
        live.tell()
        return view

    async def _look_first(self, live: LiveRoom) -> None:
        """For the first page of a room; a hundred that come back together after a restart wait for one reading."""
        async with live.loading:
            if live.view is None:
                await self._read(live)

    async def _read(self, live: LiveRoom) -> RoomView:
        """Read the room and what was said in it; nobody is told yet."""
        view = await asyncio.to_thread(self._load, live.event_id, live)
        one = view.state.round
        live.begin_reading()
        if one is not None and live.phones:
            await self._seat_those_connected(live, one)
            live.take_read(await asyncio.to_thread(self._stores.ballots.ballots, one))
        else:
            live.take_read({})
        live.view = view if live.followers else None
        self._attend(live, view)
        return view

    def _load(self, event_id: str, live: LiveRoom | None) -> RoomView:
        event = self._stores.events.get(event_id)
        state = self._stores.rooms.state(event_id)
        number = 1 + (live.view.number if live and live.view else 0)
        if state.round is None:
            return RoomView(event, state, number, counts=Counts(len(live.phones) if live else 0))
        one = state.round
        battle = self._stores.battles.get_battle(one.battle_id)
        shown = self._battles.shown(Encounter(battle, one.stage, Opinion(None, {})))
        blind = shown.battle
        if one.is_streamed and one.step is Step.ANSWERS and live is not None:
            blind = read_until(blind, battle, live.elapsed_s(one.id))
        tally = self._stores.ballots.tally(one.battle_id)
        return RoomView(
            event=event,
            state=state,
            number=number,
            battle=blind,
            footprints=shown.footprints,
            names=shown.names,
            tally=tally.shown_at(one.step),
            counts=Counts(len(live.phones) if live else 0, {kind: tally.count(kind) for kind in BallotKind}),
            question=self._question(one),
        )

    def _question(self, one: Round) -> Question | None:
        """What the event's own results lead to; read once a room debates, and no sooner."""
        handout = self._reports.read(one.event_id) if one.step is Step.DEBATE else None
        return next(iter(handout.questions), None) if handout else None

    async def _seat_those_connected(self, live: LiveRoom, one: Round) -> None:
        """All at once, in an order that is drawn, when a round begins: one write instead of a hundred."""
        if live.seated == one.id:
            return
        live.seated = one.id
        people = sorted(live.phones)
        self._rng.shuffle(people)
        await asyncio.to_thread(self._stores.ballots.seat, one, people)

    def _attend(self, live: LiveRoom, view: RoomView) -> None:
        one = view.state.round
        if one is None or one.battle_id in live.attending or not self._duel.is_running(one.battle_id):
            return

        async def attend() -> None:
            await self._shared.attend(view.event, one.battle_id)
            live.attending.pop(one.battle_id, None)
            await self.refreshed(live.event_id)

        live.attending[one.battle_id] = asyncio.create_task(attend(), name=f"writing for room {live.event_id}")

    async def _keep_up(self, live: LiveRoom) -> None:
        """As long as somebody follows: count ballots, show more of streamed answers, see what other processes wrote."""
        looked_at = time.monotonic()
        while True:
            await asyncio.sleep(COUNT_EVERY_S)
            if self._is_being_written(live):
                live.tell(Role.DESK)  # how far the answers are
            try:
                if time.monotonic() - looked_at > LOOK_EVERY_S:
                    looked_at = time.monotonic()
                    await self._look(live)
                elif self._is_streaming(live):
                    await self.refreshed(live.event_id)
                elif live.has_new_ballots:
                    await self._count(live)
            except EventNotFound:
                live.view = None  # it was deleted: whoever looks now is told so
                live.tell()
            except ArenaError:
                continue  # the database is away for a moment: look again later

    def _is_being_written(self, live: LiveRoom) -> bool:
        one = live.view.state.round if live.view else None
        return one is not None and self._duel.is_running(one.battle_id)

    @staticmethod
    def _is_streaming(live: LiveRoom) -> bool:
        battle = live.view and live.view.battle
        return bool(battle and not battle.is_over and live.answers_began)

    async def _count(self, live: LiveRoom) -> None:
        live.has_new_ballots = False
        view = live.view
        if view is None:
            return
        ballots: Mapping[BallotKind, int] = {}
        if view.state.round is not None:
            tally = await asyncio.to_thread(self._stores.ballots.tally, view.state.round.battle_id)
            ballots = {kind: tally.count(kind) for kind in BallotKind}
        if live.view is view:
            live.view = replace(view, counts=Counts(len(live.phones), ballots))
            live.tell(Role.SCREEN, Role.DESK)

    async def _look(self, live: LiveRoom) -> None:
        """For what changed without a button of a desk: the event closed, a text erased, another process."""
        found = await asyncio.to_thread(self._found, live.event_id)
        if live.view is None or (live.view.state, live.view.event) != found:
            await self.refreshed(live.event_id)

    def _found(self, event_id: str) -> tuple[RoomState, Event]:
        return self._stores.rooms.state(event_id), self._stores.events.get(event_id)

    def _let_go(self, live: LiveRoom) -> None:
        """Nobody follows any more."""
        live.view = None
        if live.keeper is not None:
            live.keeper.cancel()
            live.keeper = None
