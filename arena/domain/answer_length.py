"""An answer's length: the tokens that a footprint rests on, and how many of them nobody reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from arena.domain.battle import Answer, TokenSource
from arena.domain.footprint import estimate_tokens
from arena.domain.provenance import FootprintInputs


@dataclass(frozen=True, slots=True)
class AnswerLength:
    """Tokens of one side, all turns together. ``thinking`` is the part written before the answer began."""

    tokens: int
    thinking: int
    is_estimated: bool


def length_of(inputs: Sequence[FootprintInputs], answers: Sequence[Answer]) -> AnswerLength:
    """The tokens as the footprint counted them; thinking is never more than the whole."""
    tokens = sum(counted.output_tokens for counted in inputs)
    return AnswerLength(
        tokens=tokens,
        thinking=min(sum(map(_thinking, answers)), tokens),
        is_estimated=any(counted.token_source is TokenSource.ESTIMATED for counted in inputs),
    )


def _thinking(answer: Answer) -> int:
    """As reported, else estimated from what was heard of it."""
    reported = answer.usage.reasoning_tokens
    return estimate_tokens(answer.reasoning) if reported is None or reported < 0 else reported
