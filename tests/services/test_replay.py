"""The replay of a kept answer: its pace, and how a text is cut for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.domain.battle import Answer
from arena.services.replay import LONGEST_S, STEP_S, pace_of, pieces_of

SECONDS = st.none() | st.floats(0, 1e4)


@given(SECONDS, SECONDS, st.text(max_size=50), st.text(max_size=50))
def test_a_replay_takes_as_long_as_the_answer_did_but_never_long(
    first_s: float | None, whole_s: float | None, text: str, reasoning: str
) -> None:
    pace = pace_of(Answer("small1", text=text, reasoning=reasoning, first_token_s=first_s, duration_s=whole_s))
    parts = (pace.silent_s, pace.thinking_s, pace.writing_s)
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(min(whole_s or 0.0, LONGEST_S))


def test_a_slow_answer_is_replayed_faster_in_all_its_parts() -> None:
    pace = pace_of(Answer("small1", text="x" * 30, reasoning="y" * 10, first_token_s=8.0, duration_s=40.0))
    assert (pace.silent_s, pace.thinking_s, pace.writing_s) == (4.0, 4.0, 12.0)


@given(st.text(max_size=300), st.floats(0, LONGEST_S))
def test_the_pieces_are_the_text_a_few_steps_a_second(text: str, writing_s: float) -> None:
    pieces = pieces_of(text, writing_s)
    assert "".join(pieces) == text
    assert all(pieces) or not text
    assert len(pieces) <= writing_s / STEP_S + 1
