"""Answers that grow on everybody's screens at the pace at which they were written, though they are all there."""

from collections.abc import Mapping
from dataclasses import replace

from arena.domain.battle import Answer, AnswerStatus, Battle, BlindAnswer, BlindBattle
from arena.domain.side import Side
from arena.services.replay import pace_of


def read_until(blind: BlindBattle, battle: Battle, elapsed_s: float | None) -> BlindBattle:
    """What is seen of a battle so many seconds after it was first shown; all of it for None."""
    if elapsed_s is None:
        return blind
    *earlier, last = blind.turns
    written: Mapping[Side, Answer] = battle.turns[-1].answers
    answers = {side: _until(answer, written[side], elapsed_s) for side, answer in last.answers.items()}
    is_over = blind.is_over and all(answer.status.is_over for answer in answers.values())
    return replace(blind, turns=(*earlier, replace(last, answers=answers)), is_over=is_over)


def _until(shown: BlindAnswer, written: Answer, elapsed_s: float) -> BlindAnswer:
    """``shown`` is masked, so it may be shorter or longer than what was ``written``: its own length is what grows."""
    if not shown.status.is_over:
        return shown
    pace = pace_of(written)
    begun_s = elapsed_s - pace.silent_s - pace.thinking_s
    if begun_s >= pace.writing_s:
        return shown
    length = max(0, int(len(shown.text) * begun_s / pace.writing_s)) if pace.writing_s else 0
    return replace(shown, text=shown.text[:length], status=AnswerStatus.STREAMING if length else AnswerStatus.PENDING)
