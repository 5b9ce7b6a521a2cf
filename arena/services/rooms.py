"""Rooms: what organisers do with them, what people say in them, and what everybody in them sees."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from arena.domain.ballot import Ballot, read_bet, read_outcome
from arena.domain.event import Event
from arena.domain.pairing import PairingMode
from arena.domain.room import RoomState
from arena.domain.round import BallotKind, Round, Step, further
from arena.domain.side import Side
from arena.domain.vocabulary import member
from arena.domain.vote import Outcome
from arena.errors import InvalidChoice, Refusal, RoomChanged, RoomClosed, StepUnreachable
from arena.services.battles import Battles
from arena.services.duel import Duel
from arena.services.events import Events
from arena.services.front_door import FrontDoor
from arena.services.live_room import RoomView
from arena.services.organisers import Access
from arena.services.prompts import PromptRules
from arena.services.proposals import Proposals
from arena.services.reports import Reports
from arena.services.room_door import RoomDoor
from arena.services.room_sheets import RoomSheets
from arena.services.room_views import RoomViews
from arena.services.shared_duel import SharedDuel
from arena.services.writing_progress import WritingProgress
from arena.storage.stores import Stores

MOST_HANDS = 500
HANDS_AT = {
    Step.VOTE: BallotKind.VOTE,
    Step.CLOSED: BallotKind.VOTE,
    Step.SECOND_CHOICE: BallotKind.SECOND_CHOICE,
}  # at which steps raised hands are counted
MOST_EXTRA_S = 4 * 3600


class Rooms:
    """Every method may be called on the event loop; the database is read and written on worker threads.

    What an organiser does names the version of the room that they ``seen``, so that two desks cannot press at once:
    the second one raises RoomChanged, and nothing happens. All of them raise EventNotFound for an event that the
    access does not cover, EventNotOpen and StorageError.
    """

    def __init__(
        self,
        stores: Stores,
        events: Events,
        duel: Duel,
        shared: SharedDuel,
        battles: Battles,
        reports: Reports,
        rng: random.Random,
        prompts: PromptRules,
        front_door: FrontDoor,
    ) -> None:
        self._stores = stores
        self._events = events
        self._duel = duel
        self._shared = shared
        self.views = RoomViews(stores, duel, shared, battles, reports, rng)
        self.proposals = Proposals(stores, self.views, prompts)
        self.door = RoomDoor(stores, front_door)
        self.sheets = RoomSheets(stores)
        self.writing = WritingProgress(duel)

    # -- what an organiser does ---------------------------------------------------------------

    async def set(self, access: Access, event_id: str, *, seen: int, **changes: Any) -> RoomView:
        """Change what is set of a room: ``is_open``, ``is_black``, ``hides_counts``, ``page``… see ``Room``."""
        state = await self._state(access, event_id)
        return await self._write(replace(state, room=replace(state.room, **changes)), seen=seen)

    async def open(
        self, access: Access, event_id: str, address: str | None, *, seen: int
    ) -> tuple[RoomView, Refusal | None]:
        """Let people in, and the arena onto the network at an address that was chosen or typed.

        None leaves the door as it is. A room that is open goes to another address. A door that does not open is told
        and stops nothing. Raises AddressRefused for what is no address, RoomChanged.
        """
        event = await self._events.get(access, event_id)
        event.require_open()
        state = await self._state(access, event_id)
        state.room.require_version(seen)
        changes: dict[str, Any] = {"is_open": True}
        entrance = None if address is None else await self.door.open(address)
        if entrance is not None:
            changes["base_url"] = entrance.base_url
        view = await self.set(access, event_id, seen=seen, **changes)
        return view, entrance.refusal if entrance else None

    async def close(self, access: Access, event_id: str, *, seen: int) -> RoomView:
        """Let nobody in any more; the last room that closes takes the arena off the network."""
        view = await self.set(access, event_id, seen=seen, is_open=False)
        await self.door.close()
        return view

    async def begin_sheet(self, access: Access, event_id: str, sheet_id: str, *, seen: int) -> RoomView:
        """Follow a run sheet from now on, or none for "". Raises InvalidChoice."""
        access.require(event_id)
        began_at = self.sheets.clock.begin(event_id) if sheet_id and self.sheets.require(sheet_id) else None
        return await self.set(access, event_id, seen=seen, sheet_id=sheet_id, sheet_began_at=began_at, extra_s=0)

    async def extend(self, access: Access, event_id: str, seconds: int, *, seen: int) -> RoomView:
        """Give the run sheet some time more. Raises InvalidChoice."""
        state = await self._state(access, event_id)
        extra_s = state.room.extra_s + seconds
        if not 0 < seconds <= MOST_EXTRA_S or extra_s > MOST_EXTRA_S:
            raise InvalidChoice(f"{seconds} seconds cannot be added")
        return await self.set(access, event_id, seen=seen, extra_s=extra_s)

    async def ask(
        self,
        access: Access,
        event_id: str,
        prompt: str,
        *,
        seen: int,
        mode: PairingMode | None = None,
        has_bet: bool = False,
        is_streamed: bool = False,
    ) -> RoomView:
        """Begin a round: two models are drawn and answer at once, while the room still waits.

        Raises PromptRejected, EventPairingError, BudgetSpent, RoomClosed, RoomChanged.
        """
        event, state = await self.open_state(access, event_id, seen)
        mode = mode or event.settings.mode
        mode = PairingMode.RANDOM if mode is PairingMode.CHOOSE else mode
        battle_id = await self._shared.start(event, prompt, mode, self._events.theme_of_text(prompt))
        return await self.begin(event, state, battle_id, seen=seen, has_bet=has_bet, is_streamed=is_streamed)

    async def begin(
        self, event: Event, state: RoomState, battle_id: str, *, seen: int, has_bet: bool, is_streamed: bool
    ) -> RoomView:
        """A round on a battle that exists; it goes again when another desk was faster."""
        event_id = state.room.event_id
        one = Round(
            id=uuid4().hex,
            event_id=event_id,
            battle_id=battle_id,
            number=await asyncio.to_thread(self._stores.rooms.next_number, event_id),
            step=Step.WAITING,
            created_at=datetime.now(UTC),
            has_bet=has_bet,
            is_streamed=is_streamed,
        )
        room = replace(state.room, round_id=one.id, page=0, is_black=False, hides_results=False)
        try:
            return await self._write(RoomState(room, one), seen=seen)
        except RoomChanged:
            await self._shared.drop(event, battle_id)
            raise

    async def go(self, access: Access, event_id: str, step: str, *, seen: int) -> RoomView:
        """Bring the round to a step, forward or back.

        Raises InvalidChoice, RoomClosed, StepUnreachable, RoomChanged.
        """
        _, state = await self.open_state(access, event_id, seen)
        wanted, one = member(Step, step), _round_of(state)
        one.require(wanted, answers_are_there=await self._answers_are_there(one))
        return await self._move(state, one, wanted, seen=seen)

    async def undo(self, access: Access, event_id: str, *, seen: int) -> RoomView:
        """Go back to the step before the latest one. Raises RoomClosed, StepUnreachable with nothing to undo."""
        _, state = await self.open_state(access, event_id, seen)
        one = _round_of(state)
        steps = await asyncio.to_thread(self._stores.rooms.steps, one.id)
        if len(steps) < 2:
            raise StepUnreachable
        return await self._move(state, one, steps[-2], seen=seen, is_undo=True)

    async def reset(self, access: Access, event_id: str, *, seen: int) -> RoomView:
        """Begin the round again with the same answers: what was said in it is erased, not what was shown.

        Raises RoomClosed, RoomChanged.
        """
        _, state = await self.open_state(access, event_id, seen)
        one = _round_of(state)
        view = await self._move(state, one, Step.WAITING, seen=seen)
        await asyncio.to_thread(self._stores.ballots.forget, one)
        return await self.views.refreshed(view.event.id)

    async def set_round(self, access: Access, event_id: str, *, seen: int, **changes: Any) -> RoomView:
        """Change ``has_bet``, ``is_streamed`` or ``skips_names`` of the round. Raises RoomClosed, RoomChanged."""
        _, state = await self.open_state(access, event_id, seen)
        return await self._write(replace(state, round=replace(_round_of(state), **changes)), seen=seen)

    async def replace(self, access: Access, event_id: str, side: str) -> RoomView:
        """Let another model write a side that failed or hangs. Raises RoomClosed, EventPairingError, InvalidChoice."""
        event, state = await self.open_state(access, event_id)
        one = _round_of(state)
        await self._shared.replace(event, one.battle_id, member(Side, side))
        return await self.views.refreshed(event_id)

    async def raise_hands(self, access: Access, event_id: str, kind: str, counts: Mapping[str, int]) -> RoomView:
        """Take counts of raised hands in place of those typed before.

        Raises RoomClosed, InvalidChoice, BallotRefused when the round is not there yet, or past it.
        """
        _, state = await self.open_state(access, event_id)
        one, ballot = _round_of(state), member(BallotKind, kind)
        hands = {read_outcome(outcome): count for outcome, count in counts.items()}
        if ballot is BallotKind.BET or min(hands.values(), default=0) < 0 or sum(hands.values()) > MOST_HANDS:
            raise InvalidChoice(f"{counts!r} are not counts of a {kind}")
        if HANDS_AT.get(one.step) is not ballot:
            one.require_open(ballot)
        await asyncio.to_thread(self._stores.ballots.raise_hands, one, ballot, hands, datetime.now(UTC))
        return await self.views.refreshed(event_id)

    async def undone(self, state: RoomState) -> Step | None:
        """The step that an undo leads to, None when there is nothing to undo."""
        if state.round is None:
            return None
        steps = await asyncio.to_thread(self._stores.rooms.steps, state.round.id)
        return steps[-2] if len(steps) > 1 else None

    async def hands(self, state: RoomState) -> Mapping[Outcome, int]:
        """What was typed of raised hands at the step that a room is at; nothing where none are counted."""
        one = state.round
        kind = None if one is None else HANDS_AT.get(one.step)
        if one is None or kind is None:
            return {}
        return await asyncio.to_thread(self._stores.ballots.hands, one.battle_id, kind)

    # -- what a participant does --------------------------------------------------------------

    async def cast(self, visitor_id: str, event_id: str, round_id: str, kind: str, value: str) -> Ballot:
        """Take what a person says in a round, on disk when it returns; the same again changes nothing.

        Raises InvalidChoice, EventNotOpen, RoomClosed, BallotRefused, StorageError.
        """
        ballot = member(BallotKind, kind)
        said = read_bet(value) if ballot is BallotKind.BET else read_outcome(value)
        now = datetime.now(UTC)
        cast = await asyncio.to_thread(self._stores.ballots.cast, event_id, round_id, visitor_id, ballot, said, now)
        self.views.note_ballot(event_id, visitor_id, cast)
        return cast

    async def ballot(self, visitor_id: str, one: Round) -> Ballot:
        """What a person said in a round so far, with the answer that they read first."""
        if remembered := self.views.known_ballot(one, visitor_id):
            return remembered
        known = await asyncio.to_thread(self._stores.ballots.ballot, one, visitor_id)
        if known is None:
            await asyncio.to_thread(self._stores.ballots.seat, one, [visitor_id])
            known = await asyncio.to_thread(self._stores.ballots.ballot, one, visitor_id)
        assert known is not None, "somebody who was just seated has a ballot"
        self.views.remember_ballot(one, visitor_id, known)
        return known

    # -- inside -------------------------------------------------------------------------------

    async def _state(self, access: Access, event_id: str) -> RoomState:
        access.require(event_id)
        return await asyncio.to_thread(self._stores.rooms.state, event_id)

    async def open_state(self, access: Access, event_id: str, seen: int | None = None) -> tuple[Event, RoomState]:
        """The event and its room, once that is open. Raises RoomClosed, RoomChanged before anything costly begins."""
        event = await self._events.get(access, event_id)
        event.require_open()
        state = await self._state(access, event_id)
        if not state.room.is_open:
            raise RoomClosed
        if seen is not None:
            state.room.require_version(seen)
        return event, state

    async def _move(self, state: RoomState, one: Round, step: Step, *, seen: int, is_undo: bool = False) -> RoomView:
        moved = replace(one, step=step)
        moved = replace(moved, shown=further(one.shown, moved.stage))
        room = replace(state.room, page=0, is_black=False, hides_results=False)
        if step is Step.ANSWERS and not one.step.has_come_to(Step.ANSWERS):
            self.views.begin_answers(one)
        return await self._write(RoomState(room, moved), seen=seen, is_undo=is_undo)

    async def _write(self, state: RoomState, *, seen: int, is_undo: bool = False) -> RoomView:
        now = datetime.now(UTC)
        await asyncio.to_thread(self._stores.rooms.write, state, seen=seen, now=now, is_undo=is_undo)
        return await self.views.refreshed(state.room.event_id)

    async def _answers_are_there(self, one: Round) -> bool:
        if self._duel.is_running(one.battle_id):
            return False
        battle = await asyncio.to_thread(self._stores.battles.get_battle, one.battle_id)
        return battle.can_be_voted


def _round_of(state: RoomState) -> Round:
    if state.round is None:
        raise RoomClosed
    return state.round
