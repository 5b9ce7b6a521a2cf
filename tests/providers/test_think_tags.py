"""Thinking at the start of the content is kept apart, wherever the deltas cut the tags."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.providers.think_tags import ThinkSplitter

FRAGMENTS = ("<think>", "</think>", "<", "</", "think>", ">", " ", "\n", "a", "été", "<thin", "k>")


def split(*deltas: str) -> tuple[str, str]:
    """All the thinking and all the answer."""
    splitter = ThinkSplitter()
    pieces = [piece for delta in deltas for piece in splitter.feed(delta)] + splitter.finish()
    assert all(piece.text for piece in pieces)
    thinking = "".join(piece.text for piece in pieces if piece.is_reasoning)
    return thinking, "".join(piece.text for piece in pieces if not piece.is_reasoning)


@pytest.mark.parametrize(
    ("content", "thinking", "answer"),
    [
        ("Bonjour", "", "Bonjour"),
        ("", "", ""),
        ("<think>hm</think>Yes", "hm", "Yes"),
        ("\n<think>\nhm\n</think>\n\nYes\n", "\nhm\n", "Yes\n"),
        ("<think></think>\n\nYes", "", "Yes"),
        ("<think>a</think> <think>b</think>Yes", "ab", "Yes"),
        ("<think>never closed </thin", "never closed </thin", ""),
        ("  indented", "", "  indented"),
        ("<thin", "", "<thin"),
        ("<thinking>", "", "<thinking>"),
        ("Use <think>this</think>.", "", "Use <think>this</think>."),
        ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
    ],
)
def test_only_leading_blocks_are_thinking(content: str, thinking: str, answer: str) -> None:
    assert split(content) == (thinking, answer)
    assert split(*content) == (thinking, answer)


@given(st.data())
def test_any_cut_gives_the_same_two_texts(data: st.DataObject) -> None:
    content = "".join(data.draw(st.lists(st.sampled_from(FRAGMENTS), max_size=12)))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(content)), max_size=8)) | {0, len(content)})
    assert split(*(content[start:end] for start, end in pairwise(cuts))) == split(content)


@given(st.text())
def test_content_without_tags_is_untouched(content: str) -> None:
    plain = content.replace("<", "")
    assert split(plain) == ("", plain)


def test_words_are_not_held_back_longer_than_a_tag() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("<thi") == []
    assert splitter.feed("nk>I wonder </th") == [("I wonder ", True)]
    assert splitter.feed("e") == [("</the", True)]
    assert splitter.feed("</think>Yes") == [("Yes", False)]
    assert splitter.is_in_answer
