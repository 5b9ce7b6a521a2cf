"""The replay of a kept answer: it comes at the pace at which it was written, and nobody is asked again."""

import asyncio
import math
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

from arena.domain.battle import Answer
from arena.domain.side import Side
from arena.services.live import LiveBattle

LONGEST_S = 20.0  # a slower answer is replayed faster
STEP_S = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds until the first sign of an answer, from there to its first word, and from there to its end."""

    silent_s: float
    thinking_s: float
    writing_s: float


def pace_of(kept: Answer) -> Pace:
    """The pace of an answer, shortened to ``LONGEST_S``. Thoughts and words take time by their lengths."""
    whole_s = max(kept.duration_s or 0.0, 0.0)
    silent_s = min(max(kept.first_token_s or 0.0, 0.0), whole_s)
    speed = max(1.0, whole_s / LONGEST_S)
    thought = len(kept.reasoning) / max(len(kept.reasoning) + len(kept.text), 1)
    rest_s = (whole_s - silent_s) / speed
    return Pace(silent_s / speed, rest_s * thought, rest_s * (1 - thought))


def pieces_of(text: str, writing_s: float) -> list[str]:
    """The text cut evenly, one piece for each step."""
    count = max(1, min(len(text), math.ceil(writing_s / STEP_S)))
    ends = [len(text) * number // count for number in range(count + 1)]
    return [text[start:end] for start, end in pairwise(ends)]


def is_replayed(live: LiveBattle, side: Side) -> bool:
    """Whether a side shows an answer that was kept from another battle."""
    rematch = live.battle.rematch
    return rematch is not None and rematch.kept_side is side


async def replay(live: LiveBattle, side: Side) -> None:
    """Let the stored answer of a side grow on the screens; whole at once when the battle is stopped."""
    kept = live.turn.answers[side]
    with suppress(asyncio.CancelledError):  # stopped, as in BattleWriter: what remains comes at once
        live.begin(side)
        await _replay(live, side, kept)
    live.answers[side].resume(kept)
    live.touch_now()


async def _replay(live: LiveBattle, side: Side, kept: Answer) -> None:
    answer, pace = live.answers[side], pace_of(kept)
    await asyncio.sleep(pace.silent_s)
    if kept.reasoning:
        answer.add_reasoning(kept.reasoning)
        live.touch()
    await asyncio.sleep(pace.thinking_s)
    pieces = pieces_of(kept.text, pace.writing_s)
    for number, piece in enumerate(pieces):
        answer.add_text(piece)
        live.touch() if number else live.touch_now()
        await asyncio.sleep(pace.writing_s / len(pieces))
