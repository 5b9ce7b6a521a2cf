"""How far the two answers of a room are, without a word of them and without a name."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from arena.domain.battle import AnswerStatus
from arena.domain.round import Step
from arena.domain.side import Side
from arena.services.duel import Duel
from arena.services.live import LiveAnswer
from arena.services.live_room import RoomView

WHOLE = frozenset({AnswerStatus.COMPLETE, AnswerStatus.CAPPED})
PATIENCE_S = 20.0  # a side that brings nothing for so long may hang; whether it does is for the organiser to say


@dataclass(frozen=True, slots=True)
class SideProgress:
    """One side. ``words`` so far; whole seconds since it was first looked at, and since it last brought anything."""

    words: int
    elapsed_s: int
    silent_s: int
    is_over: bool
    is_broken: bool

    @property
    def needs_help(self) -> bool:
        """Whether the organiser should think of another model, or of a recorded duel."""
        return self.is_broken or (not self.is_over and self.silent_s > PATIENCE_S)


@dataclass(slots=True)
class _Watch:
    began: float
    length: int
    changed: float


class WritingProgress:
    """Looks at battles that are being written; what it remembers of one goes when that is over."""

    def __init__(self, duel: Duel, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._duel = duel
        self._monotonic = monotonic
        self._watched: dict[tuple[str, Side], _Watch] = {}

    def of(self, view: RoomView) -> Mapping[Side, SideProgress]:
        """By side; empty without a round, from the answers on, and once both sides are there and whole."""
        one, battle = view.state.round, view.battle
        if one is None or battle is None or one.step.has_come_to(Step.ANSWERS):
            return {}
        live = self._duel.live(one.battle_id)
        if live is not None:
            return {side: self._seen(one.battle_id, side, live.answers[side]) for side in Side}
        for side in Side:
            self._watched.pop((one.battle_id, side), None)
        answers = battle.turns[-1].answers
        if all(answer.status in WHOLE for answer in answers.values()):
            return {}
        return {
            side: SideProgress(len(answer.text.split()), 0, 0, answer.status.is_over, answer.status not in WHOLE)
            for side, answer in answers.items()
        }

    def _seen(self, battle_id: str, side: Side, answer: LiveAnswer) -> SideProgress:
        now, text = self._monotonic(), answer.text
        length = len(text) + len(answer.reasoning)
        watch = self._watched.setdefault((battle_id, side), _Watch(now, length, now))
        if watch.length != length:
            watch.length, watch.changed = length, now
        is_over = answer.status.is_over
        return SideProgress(
            words=len(text.split()),
            elapsed_s=int(now - watch.began),
            silent_s=int(now - watch.changed),
            is_over=is_over,
            is_broken=is_over and answer.status not in WHOLE,
        )
