"""Writes one battle's answers: asks, replaces who fails before its first word, stores what came."""

import asyncio
import logging
import random
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import httpx

from arena.domain.battle import Answer, AnswerStatus
from arena.domain.event import allowed_in, answer_cap
from arena.domain.pairing import draw_replacement
from arena.domain.side import Side
from arena.errors import ArenaError, ContentFiltered, EndpointError, FootprintError, StorageError
from arena.providers.chat import (
    ChatEvent,
    ChatMessage,
    ChatRequest,
    Finished,
    FinishReason,
    Patience,
    ReasoningDelta,
    TextDelta,
    UsageReport,
)
from arena.providers.openai_chat import stream_chat
from arena.services.accounts import Accounts
from arena.services.costs import Costs
from arena.services.footprints import FootprintService
from arena.services.health import Health
from arena.services.instructions import Instructions
from arena.services.line_up import LineUp
from arena.services.live import LiveAnswer, LiveBattle
from arena.services.observing import Observer
from arena.services.replay import is_replayed, replay
from arena.storage.stores import Stores

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WritingRules:
    """How long an answer may be, in tokens, how long to wait for it, and how often to save it (s)."""

    max_answer_tokens: int = 1000
    save_every_s: float = 4.0
    patience: Patience = field(default_factory=Patience)


class BattleWriter:
    """Runs the two sides of a battle in parallel until both are on disk."""

    def __init__(
        self,
        *,
        client: httpx.AsyncClient,
        stores: Stores,
        line_up: LineUp,
        footprints: FootprintService,
        instructions: Instructions,
        observer: Observer,
        health: Health,
        costs: Costs,
        rules: WritingRules,
        rng: random.Random,
    ) -> None:
        self._client = client
        self._stores = stores
        self._line_up = line_up
        self._footprints = footprints
        self._accounts = Accounts(stores.footprints, footprints, line_up)
        self._instructions = instructions
        self._observer = observer
        self._health = health
        self._costs = costs
        self._rules = rules
        self._rng = rng

    async def write(self, live: LiveBattle, sides: tuple[Side, ...]) -> None:
        """Write the given sides; returns when each has ended and is stored, or could not be."""
        tasks = [
            asyncio.create_task(replay(live, side) if is_replayed(live, side) else self._write_side(live, side))
            for side in sides
        ]
        saver = asyncio.create_task(self._save_now_and_then(live))
        try:
            await asyncio.gather(*tasks)
        finally:
            saver.cancel()
            await asyncio.gather(saver, return_exceptions=True)

    async def _write_side(self, live: LiveBattle, side: Side) -> None:
        answer = live.answers[side]
        try:
            live.begin(side)
            await self._write_or_replace(live, side)
        except asyncio.CancelledError:
            answer.end(AnswerStatus.STOPPED)
        except EndpointError as error:
            answer.end(AnswerStatus.TRUNCATED if answer.has_word else AnswerStatus.FAILED, error.key)
        except Exception:  # a fault of ours on one side must not silence the other
            logger.exception("battle %s side %s failed", live.battle.id, side)
            answer.end(AnswerStatus.FAILED, ArenaError.key)
        live.touch_now()
        earlier = live.turn.answers[side]
        if earlier.text and not answer.has_word:  # a retry that brought nothing
            answer.resume(earlier)
        else:
            await self._store_or_lose(live, side)
        live.touch_now()

    async def _store_or_lose(self, live: LiveBattle, side: Side) -> None:
        try:
            await self._store_side(live, side)
        except Exception:  # whatever it was: those who watch must learn that this answer is not kept
            logger.exception("battle %s side %s could not be stored", live.battle.id, side)
            if not live.answers[side].stored:
                live.answers[side].lose(StorageError.key)

    async def _write_or_replace(self, live: LiveBattle, side: Side) -> None:
        answer = live.answers[side]
        try:
            await self._write(live, side)
        except EndpointError as error:
            substitute = None if answer.has_word else await self._substitute(live, side)
            if substitute is None:
                raise
            logger.warning(
                "battle %s: %s failed before its first word (%s), replaced by %s",
                live.battle.id,
                answer.model_id,
                error.key,
                substitute,
            )
            answer.replace_model(substitute, error.key)
            await self._write(live, side)

    async def _substitute(self, live: LiveBattle, side: Side) -> str | None:
        """Another model for a side that never said anything; only in the first turn of a blind draw."""
        answer, battle = live.answers[side], live.battle
        is_draw = battle.is_blind and battle.rematch is None
        if live.turn.index or live.turn.answers[side].text or answer.replaced or not is_draw:
            return None
        history = await asyncio.to_thread(self._stores.battles.pair_history, battle.visitor_id, demo=battle.is_demo)
        partner = live.answers[side.other].model_id
        tried = frozenset({answer.model_id})
        candidates = allowed_in(live.event, self._line_up.candidates)
        replacements = (
            draw_replacement(answer.model_id, partner, offer, history, self._rng, tried=tried, mode=battle.mode)
            for offer in self._health.draws(candidates, kept=tried | {partner})  # both measure what fits their side
        )
        return next(filter(None, replacements), None)

    async def _write(self, live: LiveBattle, side: Side) -> None:
        """One attempt of one model. What it says of the model's health is noted; being stopped says nothing."""
        answer = live.answers[side]
        try:
            await self._ask(live, side)
        except EndpointError as error:
            self._health.failed(answer.model_id, error)
            raise
        self._health.answered(answer.model_id, answer.first_token_s)

    async def _ask(self, live: LiveBattle, side: Side) -> None:
        answer = live.answers[side]
        request = self._request(live, side)
        endpoint = self._line_up.catalogue.endpoint_of(answer.model_id)
        async with self._line_up.place_at(answer.model_id), self._observer.around(endpoint) as answer.observed:
            answer.start_clock()
            async with aclosing(stream_chat(self._client, request, self._rules.patience)) as events:
                async for event in events:
                    self._take(live, answer, event)

    def _take(self, live: LiveBattle, answer: LiveAnswer, event: ChatEvent) -> None:
        match event:
            case TextDelta(text):
                self._show(live, answer, text)
            case ReasoningDelta(text):
                answer.add_reasoning(text)
                live.touch()
            case UsageReport(usage):
                answer.usage = usage
            case Finished(reason):
                answer.end(*ENDINGS[reason])

    @staticmethod
    def _show(live: LiveBattle, answer: LiveAnswer, text: str) -> None:
        is_first = not answer.text_began
        answer.add_text(text)
        if is_first:
            live.touch_now()
        else:
            live.touch()

    def _request(self, live: LiveBattle, side: Side) -> ChatRequest:
        """Each side reads its own history only, without the turns it failed: endpoints refuse empty answers."""
        messages: list[ChatMessage] = []
        for turn in live.battle.turns:
            if not turn.answers[side].text:
                continue
            messages.append(ChatMessage("user", turn.prompt))
            messages.append(ChatMessage("assistant", turn.answers[side].text))
        messages.append(ChatMessage("user", self._instructions.prompt_of(live.battle, live.turn.prompt)))
        return self._line_up.request(
            live.answers[side].model_id, tuple(messages), answer_cap(live.event, self._rules.max_answer_tokens)
        )

    async def _store_side(self, live: LiveBattle, side: Side) -> None:
        """Write an ended answer with its footprint."""
        ended = live.answers[side]
        answer = ended.answer(self._footprints.estimate_tokens)
        answer = replace(answer, cost_eur=self._cost_eur(live, side, answer))
        async with live.writing:
            await asyncio.to_thread(self._store_ended, live, side, answer)
        ended.stored = True

    def _store_ended(self, live: LiveBattle, side: Side, answer: Answer) -> None:
        try:
            cost = self._accounts.footprint_of(answer, live.answers[side].observed)
        except FootprintError as error:  # the answer is kept all the same; whoever asks for its cost tries again
            logger.error("battle %s: no footprint of %s: %s", live.battle.id, answer.model_id, error)
            cost = None
        is_again = live.turn.answers[side].status.is_over
        self._stores.battles.save_answer(live.battle.id, live.turn.index, side, answer, cost, is_again=is_again)

    def _cost_eur(self, live: LiveBattle, side: Side, answer: Answer) -> float | None:
        """What a side cost: a retry adds to what the broken attempt cost."""
        cost_eur = self._costs.of(answer, live.battle, side, live.turn.prompt)
        earlier = live.turn.answers[side]
        if not earlier.status.is_over or earlier.cost_eur is None:
            return cost_eur
        return earlier.cost_eur + (cost_eur or 0.0)

    async def _save_now_and_then(self, live: LiveBattle) -> None:
        """Keep the loss of a crash small. A write that fails here is tried again, and at the end."""
        while True:
            await asyncio.sleep(self._rules.save_every_s)
            try:
                await self._save_progress(live)
            except StorageError as error:
                logger.error("battle %s: its progress could not be stored: %s", live.battle.id, error)

    async def _save_progress(self, live: LiveBattle) -> None:
        async with live.writing:
            growing = {
                side: answer.answer(self._footprints.estimate_tokens)
                for side, answer in live.answers.items()
                if not answer.status.is_over and answer.has_word and not is_replayed(live, side)
            }
            if growing:
                await asyncio.to_thread(self._stores.battles.save_answers, live.battle.id, live.turn.index, growing)


ENDINGS: Mapping[FinishReason, tuple[AnswerStatus, str | None]] = {
    "stop": (AnswerStatus.COMPLETE, None),
    "unknown": (AnswerStatus.COMPLETE, None),
    "length": (AnswerStatus.CAPPED, None),
    "content_filter": (AnswerStatus.TRUNCATED, ContentFiltered.key),
}
