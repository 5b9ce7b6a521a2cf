"""The tokens of an answer, and those that nobody reads."""

from dataclasses import replace

import pytest

from arena.domain.answer_length import AnswerLength, length_of
from arena.domain.battle import Answer, TokenSource, Usage
from tests.storage.making import make_inputs

INPUTS = replace(make_inputs(), output_tokens=100, token_source=TokenSource.REPORTED)


@pytest.mark.parametrize(
    ("answer", "thinking"),
    [
        (Answer("m", text="Oui."), 0),
        (Answer("m", usage=Usage(reasoning_tokens=40)), 40),
        (Answer("m", usage=Usage(reasoning_tokens=0), reasoning="Je réfléchis."), 0),
        (Answer("m", reasoning="x" * 35), 10),
        (Answer("m", usage=Usage(reasoning_tokens=-3), reasoning="x" * 35), 10),
        (Answer("m", usage=Usage(reasoning_tokens=400)), 100),
    ],
)
def test_thinking_is_what_was_reported_else_what_was_heard_and_never_more_than_all(
    answer: Answer, thinking: int
) -> None:
    assert length_of([INPUTS], [answer]) == AnswerLength(100, thinking, is_estimated=False)


def test_turns_are_added_up_and_one_estimate_makes_the_sum_an_estimate() -> None:
    estimated = replace(INPUTS, output_tokens=20, token_source=TokenSource.ESTIMATED)
    answers = [Answer("m", usage=Usage(reasoning_tokens=7)), Answer("m", usage=Usage(reasoning_tokens=5))]
    assert length_of([INPUTS, estimated], answers) == AnswerLength(120, 12, is_estimated=True)
