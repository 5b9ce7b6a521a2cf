"""A battle while it is being written: its progress in memory, and those who watch it."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from arena.domain.battle import (
    Answer,
    AnswerStatus,
    Battle,
    BlindAnswer,
    BlindTurn,
    Replacement,
    TokenSource,
    Turn,
    Usage,
)
from arena.domain.event import Event
from arena.domain.masking import NameMask
from arena.domain.side import Side
from arena.errors import EndpointSilent
from arena.services.blinding import asked_until, blind_turns
from arena.services.observing import Observation

_HEARTBEAT_S = 10.0


class LiveAnswer:
    """One answer as it grows: raw text to store, masked text to show."""

    def __init__(self, model_id: str, mask: NameMask, prompt: str) -> None:
        self.model_id = model_id
        self.replaced: Replacement | None = None
        self.cost_eur: float | None = None  # the most it may cost, until it is known
        self._mask = mask
        self._prompt = prompt
        self.restart()

    def restart(self) -> None:
        """Forget what came, for a new attempt from the first word."""
        self.status = AnswerStatus.PENDING
        self.error_key: str | None = None
        self.usage = Usage()
        self.observed = Observation()
        self.first_token_s: float | None = None
        self.duration_s: float | None = None
        self.stored = False
        self.is_lost = False
        self._text: list[str] = []  # what has been masked, in pieces of a look's length: a token each would weigh more
        self._unmasked: list[str] = []  # came since the last look; masking a few words at a time is cheaper
        self._reasoning: list[str] = []
        self._shown = self._mask.stream(self._prompt)
        self._started = time.monotonic()

    def start_clock(self) -> None:
        """Count latencies from the moment the endpoint is asked, not from the wait for a place."""
        self._started = time.monotonic()

    def replace_model(self, model_id: str, error_key: str) -> None:
        """Give the side to another model, unseen, and remember whom it replaces and why."""
        self.replaced = Replacement(self.model_id, error_key)
        self.model_id = model_id
        self.restart()

    @property
    def text(self) -> str:
        return "".join((*self._text, *self._unmasked))

    @property
    def reasoning(self) -> str:
        return "".join(self._reasoning)

    @property
    def has_word(self) -> bool:
        """Whether anything came, be it only a thought: from then on the model is not replaced."""
        return bool(self.text_began or self._reasoning)

    @property
    def text_began(self) -> bool:
        return bool(self._text or self._unmasked)

    def resume(self, answer: Answer) -> None:
        """Take over an answer that is already stored: nobody writes it, or a retry brought nothing better."""
        self.model_id, self.replaced = answer.model_id, answer.replaced
        self.cost_eur = answer.cost_eur
        self.restart()
        self.add_text(answer.text)
        if answer.reasoning:
            self.add_reasoning(answer.reasoning)
        self.end(answer.status, answer.error_key)
        self.stored = True

    def add_text(self, delta: str) -> None:
        self._stamp_first_token()
        self._unmasked.append(delta)

    def add_reasoning(self, delta: str) -> None:
        self._stamp_first_token()
        self._reasoning.append(delta)

    def _stamp_first_token(self) -> None:
        if self.first_token_s is None:
            self.first_token_s = time.monotonic() - self._started
            self.status = AnswerStatus.STREAMING

    def end(self, status: AnswerStatus, error_key: str | None = None) -> None:
        """Close the answer; later calls change nothing."""
        if self.status.is_over:
            return
        self.status = status
        self.error_key = error_key
        self.duration_s = time.monotonic() - self._started
        self._mask_what_came()
        self._shown.finish()

    def _mask_what_came(self) -> None:
        if self._unmasked:
            piece = "".join(self._unmasked)
            self._shown.feed(piece)
            self._text.append(piece)
            self._unmasked.clear()

    def lose(self, error_key: str) -> None:
        """Mark an ended answer that could not be stored: what came stays on the screens that show it."""
        self.status = AnswerStatus.TRUNCATED if self.has_word else AnswerStatus.FAILED
        self.error_key = error_key
        self.is_lost = True

    def answer(self, estimate_tokens: Callable[[str], int]) -> Answer:
        """What is stored: a missing token count is estimated from what was produced."""
        usage, source = self.usage, TokenSource.REPORTED
        text, reasoning = self.text, self.reasoning
        if usage.output_tokens is None:
            source = TokenSource.ESTIMATED
            thought = estimate_tokens(reasoning) if reasoning else None
            usage = replace(usage, output_tokens=estimate_tokens(text) + (thought or 0), reasoning_tokens=thought)
        return Answer(
            model_id=self.model_id,
            status=self.status,
            text=text,
            reasoning=reasoning,
            usage=usage,
            token_source=source if self.has_word else None,
            error_key=self.error_key,
            first_token_s=self.first_token_s,
            duration_s=self.duration_s,
            self_named=self._shown.masked.self_named,
            replaced=self.replaced,
            cost_eur=self.cost_eur,
        )

    def blind(self) -> BlindAnswer:
        """What may be shown of it now."""
        self._mask_what_came()
        masked = self._shown.masked
        return BlindAnswer(
            status=self.status,
            text=masked.text,
            thought=bool(self._reasoning),
            error_key=self.error_key,
            self_named=masked.self_named,
        )


@dataclass(eq=False, slots=True)
class Watcher:
    """One page that looks at a battle: ``changed`` at any progress, ``urgent`` at what cannot wait."""

    changed: asyncio.Event = field(default_factory=asyncio.Event)
    urgent: asyncio.Event = field(default_factory=asyncio.Event)

    async def next_change(self, period_s: float) -> None:
        """Wait for progress, at most once per period, sooner for a first word or an ending.

        Comes back without progress after ten seconds, so that a page knows the server is there.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(period_s):
                await self.urgent.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEARTBEAT_S):
                await self.changed.wait()
        self.changed.clear()
        self.urgent.clear()


class LiveBattle:
    """A battle with a turn being written; ``battle`` holds the turns before it, ``event`` what it is subject to."""

    def __init__(
        self,
        battle: Battle,
        turn: Turn,
        answers: Mapping[Side, LiveAnswer],
        earlier: tuple[BlindTurn, ...] = (),
        *,
        event: Event | None = None,
    ) -> None:
        self.battle = battle
        self.turn = turn
        self.answers = answers
        self.event = event
        self.earlier = earlier  # the turns before it as they may be shown, masked once
        self.tasks: dict[Side, asyncio.Task[None]] = {}
        self.is_stopped = False
        self.is_closed = False  # nobody writes any more, and the stored battle says how it ended
        self.abandonment: asyncio.TimerHandle | None = None
        self.writing = asyncio.Lock()  # an early save must never land after the last one
        self._watchers: set[Watcher] = set()

    @property
    def watcher_count(self) -> int:
        return len(self._watchers)

    @property
    def is_lost(self) -> bool:
        """Whether an answer could not be stored: then only memory knows how the battle ended."""
        return any(answer.is_lost for answer in self.answers.values())

    @contextmanager
    def watching(self) -> Iterator[Watcher]:
        """Register a page for as long as the block lasts."""
        watcher = Watcher()
        watcher.changed.set()
        watcher.urgent.set()  # the first look does not wait
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def touch(self) -> None:
        """Tell the pages that something was added."""
        for watcher in self._watchers:
            watcher.changed.set()

    def touch_now(self) -> None:
        """Tell the pages at once: a first word, an ending."""
        for watcher in self._watchers:
            watcher.changed.set()
            watcher.urgent.set()

    def begin(self, side: Side) -> None:
        """Note the task that writes a side. Raises CancelledError when the battle was stopped before."""
        task = asyncio.current_task()
        if self.is_stopped or task is None:
            raise asyncio.CancelledError
        self.tasks[side] = task

    def close(self) -> None:
        """Tell the pages that nothing more will come."""
        self.is_closed = True
        self.touch_now()

    def stop(self) -> None:
        """End both upstream requests, also those that have not begun; what came is kept."""
        self.is_stopped = True
        for side, task in self.tasks.items():
            if not self.answers[side].status.is_over:
                task.cancel()


def again(
    battle: Battle, side: Side, event: Event | None, mask: NameMask, *, model_id: str | None = None
) -> LiveBattle:
    """A battle whose last turn has one side written again, by another model if one is named; the other one stays."""
    *before, turn = battle.turns
    asked = asked_until(battle.turns)
    answers = {one: LiveAnswer(battle.models[one], mask, asked) for one in Side}
    answers[side].replaced = turn.answers[side].replaced
    if model_id is not None:
        answers[side].replace_model(model_id, turn.answers[side].error_key or EndpointSilent.key)
    answers[side.other].resume(turn.answers[side.other])
    earlier = tuple(before)
    return LiveBattle(replace(battle, turns=earlier), turn, answers, blind_turns(earlier, mask), event=event)


def interrupted(battle: Battle) -> Battle:
    """The battle with its open answers closed, as ``BattleStore.close_interrupted`` would write them."""
    if battle.is_over:
        return battle
    turns = tuple(
        replace(turn, answers={side: _closed(answer) for side, answer in turn.answers.items()}) for turn in battle.turns
    )
    return replace(battle, turns=turns)


def _closed(answer: Answer) -> Answer:
    if answer.status.is_over:
        return answer
    status = AnswerStatus.TRUNCATED if answer.text else AnswerStatus.FAILED
    return replace(answer, status=status, error_key="error.interrupted")
