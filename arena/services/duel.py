"""The duel: two answers written in parallel as a task of the application, watched by pages."""

import asyncio
import random
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from arena.domain.battle import Answer, AnswerStatus, Battle, BlindBattle, BlindTurn, RevealStage, Turn
from arena.domain.catalogue import EndpointKind
from arena.domain.encounter import Encounter
from arena.domain.event import Event, Moderation, allowed_in
from arena.domain.masking import NameMask
from arena.domain.pairing import PairingMode, draw_pair
from arena.domain.rematch import RematchKind
from arena.domain.side import Side
from arena.errors import (
    BattleBusy,
    BattleClosed,
    BattleNotFound,
    EventPairingError,
    PairingError,
    TooManyBattles,
)
from arena.services.accounts import Accounts
from arena.services.blinding import asked_until, blind_battle, blind_turns
from arena.services.budgets import Budgets
from arena.services.costs import Costs
from arena.services.events import Events
from arena.services.footprints import FootprintService
from arena.services.health import Health
from arena.services.line_up import LineUp
from arena.services.live import LiveAnswer, LiveBattle, again, interrupted
from arena.services.prompts import PromptRules
from arena.services.rematches import Opening, Rematches
from arena.services.writing import BattleWriter
from arena.storage.stores import Stores


@dataclass(frozen=True, slots=True)
class DuelRules:
    """What an organiser may set. Times in seconds."""

    max_turns: int = 6
    max_running_per_visitor: int = 3
    max_battles_per_hour: int = 30  # by visitor
    watcher_grace_s: float = 15.0
    update_period_s: float = 0.2


class Duel:
    """Starts, continues, stops and shows battles. One per application, on one event loop."""

    def __init__(
        self,
        *,
        writer: BattleWriter,
        stores: Stores,
        line_up: LineUp,
        footprints: FootprintService,
        health: Health,
        budgets: Budgets,
        costs: Costs,
        prompts: PromptRules,
        events: Events,
        rules: DuelRules,
        rng: random.Random,
    ) -> None:
        self._writer = writer
        self._stores = stores
        self._line_up = line_up
        self._footprints = footprints
        self._health = health
        self._budgets = budgets
        self._costs = costs
        self._prompts = prompts
        self._events = events
        self.rules = rules
        self._rng = rng
        accounts = Accounts(stores.footprints, footprints, line_up)
        self.rematches = Rematches(accounts, line_up, footprints, health, events)
        self._live: dict[str, LiveBattle] = {}
        self._runs: set[asyncio.Task[None]] = set()
        self._endings = 0  # of battles, all told

    @property
    def mask(self) -> NameMask:
        """What hides the names of models, also of those that came with a recording meanwhile."""
        return self._line_up.mask

    # -- what a visitor asks for -------------------------------------------------------------

    async def start(
        self,
        visitor_id: str,
        prompt: str,
        *,
        mode: PairingMode,
        locale: str,
        chosen: tuple[str, ...] = (),
    ) -> str:
        """Draw two models and start a battle; its id. The visitor's event decides on the mode, if there is one.

        Raises PromptRejected, PairingError, TooManyBattles, QuotaReached, BudgetSpent, EventNotOpen, OrganiserAsks.
        """
        text = self._prompts.checked(prompt)
        self._refuse_too_many(visitor_id)
        event = await asyncio.to_thread(self._events.admit, visitor_id)
        theme = self._events.theme_of(text, event)
        await self._budgets.refuse_beyond_quota(visitor_id)
        mode = event.settings.mode if event else mode
        models = await self.draw(visitor_id, mode, chosen, event)
        self._refuse_too_many(visitor_id)  # again: others may have started during the draw
        battle = Battle(
            id=uuid4().hex,
            visitor_id=visitor_id,
            created_at=datetime.now(UTC),
            locale=locale,
            mode=mode,
            is_blind=mode is not PairingMode.CHOOSE,
            is_demo=any(self._line_up.kind_of(m) is EndpointKind.DEMO for m in models.values()),
            models=models,
            event_id=event.id if event else None,
            theme=theme,
        )
        return await self.begin(battle, text, event)

    async def begin(self, battle: Battle, prompt: str, event: Event | None) -> str:
        """Write a battle of two drawn models down and have it answered; its id.

        Raises EventNotFound, EventNotOpen, BudgetSpent.
        """
        live = self._open_turn(battle, prompt, battle.created_at, event)
        with self._announced(live):
            await asyncio.to_thread(self._stores.battles.create_battle, replace(battle, turns=(live.turn,)))
        self._launch(live, tuple(Side))
        return battle.id

    async def rematch(self, visitor_id: str, origin_id: str, kind: RematchKind) -> str:
        """Let the prompt of a revealed battle be answered with less, against the answer that was preferred.

        That one is kept and asked for from nobody. The id of the new battle. Raises BattleNotFound, OrganiserAsks,
        InvalidChoice for a rematch that is not offered, TooManyBattles, QuotaReached, BudgetSpent, EventNotOpen.
        """
        self._refuse_too_many(visitor_id)
        await self._budgets.refuse_beyond_quota(visitor_id)
        opening = await asyncio.to_thread(self._open_rematch, visitor_id, origin_id, kind)
        self._refuse_too_many(visitor_id)  # again: others may have started meanwhile
        battle, kept_side = opening.battle, opening.kept_side
        kept = {kept_side: opening.draw.kept}
        live = self._open_turn(battle, opening.prompt, battle.created_at, opening.event, kept=kept)
        with self._announced(live):
            await asyncio.to_thread(self._store_rematch, replace(battle, turns=(live.turn,)), origin_id, opening)
        self._launch(live, tuple(Side))
        return battle.id

    async def follow_up(self, visitor_id: str, battle_id: str, prompt: str) -> None:
        """Send one more prompt to both models.

        Raises BattleBusy, BattleClosed, PromptRejected, BudgetSpent, EventNotOpen, OrganiserAsks.
        """
        text = self._prompts.checked(prompt)
        battle, event = await self._unvoted_battle(visitor_id, battle_id)
        self._events.theme_of(text, event)
        if not self.has_room(battle) or not battle.can_be_voted:
            raise BattleClosed
        live = self._open_turn(battle, text, datetime.now(UTC), event)
        with self._announced(live):
            await asyncio.to_thread(self._stores.battles.add_turn, battle_id, live.turn)
        self._launch(live, tuple(Side))

    async def retry(self, visitor_id: str, battle_id: str, side: Side) -> None:
        """Write again only the side that failed or broke; the other keeps its answer.

        Raises BattleBusy, BattleClosed, EventNotOpen. A retry that brings no word leaves what was there.
        """
        battle, event = await self._unvoted_battle(visitor_id, battle_id)
        turn = battle.turns[-1]
        if turn.answers[side].status not in (AnswerStatus.FAILED, AnswerStatus.TRUNCATED):
            raise BattleClosed
        self.write_again(battle, side, event)

    def write_again(self, battle: Battle, side: Side, event: Event | None, *, model_id: str | None = None) -> None:
        """Have one side of the last turn written again, by another model if one is named; the other side stays."""
        live = again(battle, side, event, self.mask, model_id=model_id)
        self._launch(live, (side,))

    async def stop(self, visitor_id: str, battle_id: str) -> None:
        """End both upstream requests of a running battle; a battle that is over stays as it is."""
        live = self._live.get(battle_id)
        if live is None:
            return
        if live.battle.visitor_id != visitor_id:
            raise BattleNotFound
        live.stop()

    def live(self, battle_id: str) -> LiveBattle | None:
        """A battle that is being written now, None for one that is over."""
        return self._live.get(battle_id)

    async def watch(self, visitor_id: str, battle_id: str) -> AsyncGenerator[BlindBattle]:
        """The battle as it grows, about five times a second, until it is over; then once as stored."""
        live = self._live.get(battle_id)
        if live is not None and live.battle.visitor_id == visitor_id:
            self._keep(live)
            try:
                with live.watching() as watcher:
                    while not live.is_closed:
                        await watcher.next_change(self._update_period_s())
                        if not live.is_closed:
                            yield self._blind_live(live)
            finally:
                self._abandon_later(live)
            if live.is_lost:
                yield self._blind_live(live)
                return
        met = await asyncio.to_thread(self.encounter, visitor_id, battle_id)
        yield blind_battle(met.battle, met.stage, self.mask)

    def may_grow(self, battle: Battle) -> bool:
        """Whether one more prompt of one's own may be sent now; on a worker thread, since it asks for the event."""
        if not self.has_room(battle):
            return False
        event = self._events.of_battle(battle)
        return event is None or (event.is_open and event.settings.moderation is Moderation.FREE)

    def has_room(self, battle: Battle) -> bool:
        """Whether a battle may have one more turn; a rematch is about one prompt."""
        return len(battle.turns) < self.rules.max_turns and battle.rematch is None

    def is_running(self, battle_id: str) -> bool:
        """Whether the battle is being written now."""
        return battle_id in self._live

    async def close(self) -> None:
        """Stop every battle and wait until what came is stored."""
        for live in tuple(self._live.values()):
            live.stop()
        if self._runs:
            await asyncio.gather(*self._runs, return_exceptions=True)

    async def draw(
        self, visitor_id: str, mode: PairingMode, chosen: tuple[str, ...], event: Event | None
    ) -> Mapping[Side, str]:
        """The models of a battle in this event. Raises PairingError."""
        history = await asyncio.to_thread(self._stores.battles.pair_history, visitor_id, demo=self._line_up.is_demo)
        candidates = allowed_in(event, self._line_up.candidates)
        refusal = PairingError("no model is available")
        for offer in self._health.draws(candidates, kept=frozenset(chosen)):
            try:
                return draw_pair(offer, mode, history, self._rng, chosen)
            except PairingError as error:
                refusal = error
        if event is None or mode is PairingMode.CHOOSE:  # the visitor can choose otherwise
            raise refusal
        raise EventPairingError(str(refusal)) from refusal

    # -- one battle's life --------------------------------------------------------------------

    def _open_rematch(self, visitor_id: str, origin_id: str, kind: RematchKind) -> Opening:
        return self.rematches.open(self.encounter(visitor_id, origin_id), kind, self._rng)

    def _store_rematch(self, battle: Battle, origin_id: str, opening: Opening) -> None:
        self._stores.battles.create_battle(battle)
        self._stores.footprints.copy(origin_id, opening.draw.source, to_battle_id=battle.id, to_side=opening.kept_side)

    def _open_turn(
        self,
        battle: Battle,
        prompt: str,
        now: datetime,
        event: Event | None,
        *,
        kept: Mapping[Side, Answer] | None = None,
    ) -> LiveBattle:
        asked = asked_until(battle.turns, prompt)
        answers = {side: LiveAnswer(battle.models[side], self.mask, asked) for side in Side}
        for side in Side:
            answers[side].cost_eur = self._costs.most(battle, side, prompt, event)
        begun = {side: answers[side].answer(self._footprints.estimate_tokens) for side in Side}
        turn = Turn(len(battle.turns), prompt, now, {**begun, **(kept or {})})
        return LiveBattle(battle, turn, answers, blind_turns(battle.turns, self.mask), event=event)

    def _launch(self, live: LiveBattle, sides: tuple[Side, ...]) -> None:
        self._live[live.battle.id] = live
        run = asyncio.create_task(self._run(live, sides), name=f"battle {live.battle.id}")
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)
        self._abandon_later(live)

    async def _run(self, live: LiveBattle, sides: tuple[Side, ...]) -> None:
        try:
            await self._writer.write(live, sides)
        finally:
            self._end(live)

    @contextmanager
    def _announced(self, live: LiveBattle) -> Iterator[None]:
        """Count a battle as running while its turn is being written down; forget it when that fails."""
        self._live[live.battle.id] = live
        try:
            yield
        except BaseException:  # also a cancelled request: whatever it was, nobody writes this turn
            self._end(live)
            raise

    def _end(self, live: LiveBattle) -> None:
        self._endings += 1
        self._keep(live)
        del self._live[live.battle.id]
        live.close()

    # -- watching -----------------------------------------------------------------------------

    def _blind_live(self, live: LiveBattle) -> BlindBattle:
        battle = live.battle
        answers = {side: answer.blind() for side, answer in live.answers.items()}
        turn = BlindTurn(index=live.turn.index, prompt=live.turn.prompt, answers=answers)
        return BlindBattle(
            id=battle.id,
            mode=battle.mode,
            is_demo=battle.is_demo,
            is_blind=battle.is_blind,
            is_over=live.is_closed,
            can_be_voted=False,
            stage=RevealStage.BLIND,
            turns=(*live.earlier, turn),
        )

    def _update_period_s(self) -> float:
        """Slower screen updates while many watch: the answers matter more than the tick."""
        watchers = sum(live.watcher_count for live in self._live.values())
        return self.rules.update_period_s * min(4.0, max(1.0, watchers / 25))

    def _keep(self, live: LiveBattle) -> None:
        if live.abandonment is not None:
            live.abandonment.cancel()
            live.abandonment = None

    def _abandon_later(self, live: LiveBattle) -> None:
        """With nobody watching for a while, stop: nobody asked for that energy."""
        self._keep(live)
        if live.watcher_count == 0 and live.battle.id in self._live:
            loop = asyncio.get_running_loop()
            live.abandonment = loop.call_later(self.rules.watcher_grace_s, live.stop)

    # -- refusing -----------------------------------------------------------------------------

    def encounter(self, visitor_id: str, battle_id: str) -> Encounter:
        """A battle of this visitor, read on a worker thread. Raises BattleNotFound.

        Answers that are open on disk while nobody writes them (their end could not be stored) are shown as
        interrupted, so that no page waits for them.
        """
        was_running = self.is_running(battle_id)
        met = self._stores.battles.encounter(battle_id, visitor_id)
        if met.battle.visitor_id != visitor_id:
            raise BattleNotFound
        if was_running or self.is_running(battle_id):
            return met
        return replace(met, battle=interrupted(met.battle))

    async def _unvoted_battle(self, visitor_id: str, battle_id: str) -> tuple[Battle, Event | None]:
        """A battle that may still be written, and its event.

        Raises BattleNotFound, BattleBusy, BattleClosed, EventNotOpen.
        """
        read_at = -1
        while read_at != self._endings:  # a battle that ended while it was read may stand there as it was before
            read_at = self._endings
            met, event = await asyncio.to_thread(self._encounter_in_event, visitor_id, battle_id)
            self._refuse_busy(battle_id)
        if met.opinion.vote or met.battle.purged_at is not None:
            raise BattleClosed
        if event is not None:
            event.require_open()
        return met.battle, event

    def _encounter_in_event(self, visitor_id: str, battle_id: str) -> tuple[Encounter, Event | None]:
        met = self.encounter(visitor_id, battle_id)
        return met, self._events.of_battle(met.battle)

    def _refuse_busy(self, battle_id: str) -> None:
        if battle_id in self._live:
            raise BattleBusy

    def _refuse_too_many(self, visitor_id: str) -> None:
        running = sum(live.battle.visitor_id == visitor_id for live in self._live.values())
        if running >= self.rules.max_running_per_visitor:
            raise TooManyBattles
