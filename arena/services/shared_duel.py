"""The duel of a room: one generation for everybody, begun by the organiser, whose failed side is replaced."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from arena.domain.battle import Answer, Battle, Turn
from arena.domain.catalogue import EndpointKind
from arena.domain.event import Event, allowed_in
from arena.domain.pairing import PairingMode, draw_replacement
from arena.domain.provenance import StoredFootprint
from arena.domain.room import visitor_of_room
from arena.domain.side import Side
from arena.errors import BattleNotFound, EventPairingError
from arena.services.duel import Duel
from arena.services.health import Health
from arena.services.line_up import LineUp
from arena.services.prompts import PromptRules
from arena.storage.stores import Stores


class SharedDuel:
    """Starts battles for rooms. Nobody has to watch one: the room does, until it is written."""

    def __init__(
        self,
        duel: Duel,
        stores: Stores,
        line_up: LineUp,
        health: Health,
        prompts: PromptRules,
        rng: random.Random,
    ) -> None:
        self._duel = duel
        self._stores = stores
        self._line_up = line_up
        self._health = health
        self._prompts = prompts
        self._rng = rng

    async def start(self, event: Event, prompt: str, mode: PairingMode, theme: str | None) -> str:
        """Draw two models and have them answer; the id of the battle.

        Raises PromptRejected, EventPairingError, BudgetSpent, EventNotOpen.
        """
        text = self._prompts.checked(prompt)
        visitor_id = visitor_of_room(event.id)
        models = await self._duel.draw(visitor_id, mode, (), event)
        battle = self._battle(event, mode, theme, models)
        return await self._duel.begin(battle, text, event)

    async def play(
        self,
        event: Event,
        prompt: str,
        answers: Mapping[Side, Answer],
        footprints: Mapping[Side, StoredFootprint | None],
        *,
        recorded_at: datetime,
        theme: str | None = None,
        is_blind: bool = True,
    ) -> str:
        """Write down a battle whose answers exist already, as a recorded duel has them; its id. Nobody is asked.

        One that is not ``is_blind`` is ranked nowhere, as that of a rehearsal.

        Raises EventNotOpen.
        """
        models = {side: answers[side].model_id for side in Side}
        drawn = self._battle(event, PairingMode.RANDOM, theme, models, (prompt, answers), recorded_at)
        battle = replace(drawn, is_blind=is_blind)
        await asyncio.to_thread(self._keep, battle, footprints)
        return battle.id

    async def attend(self, event: Event, battle_id: str) -> None:
        """Watch a battle until it is written, so that it is not stopped for want of anybody who looks."""
        try:
            async with aclosing(self._duel.watch(visitor_of_room(event.id), battle_id)) as looks:
                async for _ in looks:
                    pass
        except BattleNotFound:
            return  # it was deleted meanwhile

    async def replace(self, event: Event, battle_id: str, side: Side) -> None:
        """Let another model of the same class write a side that failed, hangs or broke off; the other side stays.

        Raises BattleNotFound, EventPairingError when no other model is left.
        """
        await self._give_up(event, battle_id, side)
        battle = await asyncio.to_thread(self._stores.battles.get_battle, battle_id)
        substitute = await self._substitute(event, battle, side)
        self._duel.write_again(battle, side, event, model_id=substitute)

    async def drop(self, event: Event, battle_id: str) -> None:
        """Stop a battle that no round came of, and erase it."""
        if live := self._duel.live(battle_id):
            live.stop()
            await self.attend(event, battle_id)
        await asyncio.to_thread(self._stores.prompts.delete, battle_id, frozenset({event.id}))

    # -- inside -------------------------------------------------------------------------------

    def _battle(
        self,
        event: Event,
        mode: PairingMode,
        theme: str | None,
        models: Mapping[Side, str],
        written: tuple[str, Mapping[Side, Answer]] | None = None,
        recorded_at: datetime | None = None,
    ) -> Battle:
        now = datetime.now(UTC)
        return Battle(
            id=uuid4().hex,
            visitor_id=visitor_of_room(event.id),
            created_at=now,
            locale=event.settings.locale,
            mode=mode,
            is_blind=True,
            is_demo=any(self._is_scripted(model_id) for model_id in models.values()),
            models=models,
            turns=() if written is None else (Turn(0, written[0], now, written[1]),),
            event_id=event.id,
            theme=theme,
            recorded_at=recorded_at,
        )

    def _is_scripted(self, model_id: str) -> bool:
        catalogue = self._line_up.catalogue
        return model_id in catalogue.models and self._line_up.kind_of(model_id) is EndpointKind.DEMO

    def _keep(self, battle: Battle, footprints: Mapping[Side, StoredFootprint | None]) -> None:
        self._stores.battles.create_battle(battle)
        for side, footprint in footprints.items():
            if footprint is not None:
                self._stores.footprints.save(battle.id, 0, side, footprint.inputs, footprint.values)

    async def _give_up(self, event: Event, battle_id: str, side: Side) -> None:
        """End a side that is still being written; wait for the other one as long as it takes."""
        live = self._duel.live(battle_id)
        if live is None:
            return
        task = live.tasks.get(side)
        if task is not None and not live.answers[side].status.is_over:
            task.cancel()
        await self.attend(event, battle_id)

    async def _substitute(self, event: Event, battle: Battle, side: Side) -> str:
        tried = frozenset({battle.models[side]})
        partner = battle.models[side.other]
        history = await asyncio.to_thread(self._stores.battles.pair_history, battle.visitor_id, demo=battle.is_demo)
        candidates = allowed_in(event, self._line_up.candidates)
        for offer in self._health.draws(candidates, kept=tried | {partner}):
            model_id = draw_replacement(
                battle.models[side], partner, offer, history, self._rng, tried=tried, mode=battle.mode
            )
            if model_id is not None:
                return model_id
        raise EventPairingError(f"no other model is left for side {side} of battle {battle.id}")
