"""Recorded duels in a room: played where no model can be asked, in place of a model that failed, or kept for later."""

import asyncio
import random
from collections.abc import Sequence

from arena.domain.event import Event
from arena.domain.pairing import PairingMode
from arena.domain.recording import BlindDuel, RecordedAnswer, RecordedDuel
from arena.domain.room import RoomState
from arena.domain.round import Step
from arena.domain.side import Side
from arena.errors import PairingError, RoomClosed
from arena.errors.recordings import RecordedDuelNotFound
from arena.services.live_room import RoomView
from arena.services.organisers import Access
from arena.services.recorder import Recorder
from arena.services.recordings import Recordings
from arena.services.rooms import Rooms
from arena.services.shared_duel import SharedDuel
from arena.storage.stores import Stores


class RoomRecordings:
    """As in ``Rooms``, every method names the version of the room that was ``seen``, and raises what those raise."""

    def __init__(
        self,
        stores: Stores,
        rooms: Rooms,
        shared: SharedDuel,
        recordings: Recordings,
        recorder: Recorder,
        rng: random.Random,
    ) -> None:
        self._stores = stores
        self._rooms = rooms
        self._shared = shared
        self._recordings = recordings
        self._recorder = recorder
        self._rng = rng

    def listing(self) -> Sequence[BlindDuel]:
        """What may be told of the duels that can be played."""
        return self._recordings.listing()

    async def play(
        self,
        access: Access,
        event_id: str,
        duel_id: str,
        *,
        seen: int,
        mode: PairingMode | None = None,
        has_bet: bool = False,
        is_streamed: bool = False,
    ) -> RoomView:
        """Begin a round with a recorded duel: its answers are there at once, and nobody is asked.

        Raises RecordedDuelNotFound.
        """
        event, state = await self._rooms.open_state(access, event_id, seen)
        battle_id = await self._write(event, self._recordings.duel(duel_id), mode or event.settings.mode)
        return await self._rooms.begin(event, state, battle_id, seen=seen, has_bet=has_bet, is_streamed=is_streamed)

    async def swap(self, access: Access, event_id: str, *, seen: int, duel_id: str = "") -> RoomView:
        """Leave a round whose models fail for a recorded duel, at the step that shows its question.

        Without an id it is one with the same question, else one that this event has not played yet. The round that
        is left stays as it is. Raises RecordedDuelNotFound when there is none.
        """
        event, state = await self._rooms.open_state(access, event_id, seen)
        one = state.round
        if one is None:
            raise RoomClosed
        duel = self._recordings.duel(duel_id) if duel_id else await self._instead(event, state)
        view = await self.play(access, event_id, duel.id, seen=seen, has_bet=False, is_streamed=one.is_streamed)
        if one.step is Step.WAITING:
            return view
        version = view.state.room.version
        return await self._rooms.go(access, event_id, Step.PROMPT.value, seen=version)

    async def keep(self, access: Access, event_id: str) -> Sequence[BlindDuel]:
        """Keep the battle of the round that a room is in as a recorded duel; none when it was kept before.

        Raises RoomClosed, RecordingIncomplete while an answer is missing.
        """
        _, state = await self._rooms.open_state(access, event_id)
        if state.round is None:
            raise RoomClosed
        battle = await asyncio.to_thread(self._stores.battles.get_battle, state.round.battle_id)
        stored = await asyncio.to_thread(self._stores.footprints.of_battle, battle.id)
        return await self._recordings.keep(self._recorder.recording_of(battle, stored))

    # -- inside -------------------------------------------------------------------------------

    async def _write(self, event: Event, duel: RecordedDuel, mode: PairingMode) -> str:
        pair = self._tossed(duel, mode)
        return await self._shared.play(
            event,
            duel.prompt,
            {side: recorded.answer for side, recorded in pair.items()},
            {side: recorded.footprint for side, recorded in pair.items()},
            recorded_at=duel.recorded_at,
            theme=duel.theme,
        )

    def _tossed(self, duel: RecordedDuel, mode: PairingMode) -> dict[Side, RecordedAnswer]:
        """The two that meet, on sides that were drawn; any two where no small one meets a big one."""
        try:
            pair = duel.pair(mode)
        except PairingError:
            pair = duel.pair()
        answers = [pair[side] for side in Side]
        self._rng.shuffle(answers)
        return dict(zip(Side, answers, strict=True))

    async def _instead(self, event: Event, state: RoomState) -> RecordedDuel:
        duels = self._recordings.all()
        if not duels or state.round is None:
            raise RecordedDuelNotFound
        prompts = await asyncio.to_thread(self._prompts_of, event)
        asked = prompts[state.round.battle_id]
        same = [duel for duel in duels if duel.prompt == asked]
        unplayed = [duel for duel in duels if duel.prompt not in prompts.values()]
        spoken = [duel for duel in unplayed if duel.locale == event.settings.locale]
        return (same or spoken or unplayed or list(duels))[0]

    def _prompts_of(self, event: Event) -> dict[str, str]:
        """The question of each round so far, by battle."""
        rounds = self._stores.rooms.rounds(event.id)
        battles = [self._stores.battles.get_battle(one.battle_id) for one in rounds]
        return {battle.id: battle.turns[0].prompt for battle in battles}
