"""Thinking written into the answer itself: ``<think>…</think>`` blocks before the first word."""

from enum import Enum, auto
from typing import NamedTuple

_OPEN = "<think>"
_CLOSE = "</think>"


class Piece(NamedTuple):
    """A piece of content: thinking, or answer."""

    text: str
    is_reasoning: bool


class _Place(Enum):
    BEFORE = auto()  # nothing but blanks, and perhaps the beginning of a tag
    THINKING = auto()
    ANSWER = auto()


class ThinkSplitter:
    """Keeps leading think blocks apart from the answer, wherever the deltas cut the tags.

    Tags later in the answer are text. Blanks between a block and the answer belong to neither: dropped.
    """

    def __init__(self) -> None:
        self._place = _Place.BEFORE
        self._held = ""
        self._had_block = False

    @property
    def is_in_answer(self) -> bool:
        """Whether the answer has begun: from here on every delta is one piece of it."""
        return self._place is _Place.ANSWER

    def feed(self, text: str) -> list[Piece]:
        """The pieces that can be told apart now; what may be half a tag is held back."""
        if self._place is _Place.ANSWER:
            return [Piece(text, is_reasoning=False)] if text else []
        self._held += text
        pieces: list[Piece] = []
        while self._step(pieces):
            pass
        return pieces

    def finish(self) -> list[Piece]:
        """What was held back when the stream ended."""
        held, self._held = self._held, ""
        if self._place is _Place.THINKING:
            return [Piece(held, is_reasoning=True)] if held else []
        held = held.lstrip() if self._had_block else held
        return [Piece(held, is_reasoning=False)] if held else []

    def _step(self, pieces: list[Piece]) -> bool:
        """Move one place further if the held text allows it."""
        if self._place is _Place.BEFORE:
            return self._leave_start(pieces)
        if self._place is _Place.THINKING:
            return self._leave_block(pieces)
        return False

    def _leave_start(self, pieces: list[Piece]) -> bool:
        words = self._held.lstrip()
        if words.startswith(_OPEN):
            self._place, self._held, self._had_block = _Place.THINKING, words[len(_OPEN) :], True
            return True
        if _OPEN.startswith(words):  # also when there are only blanks so far
            return False
        answer = words if self._had_block else self._held
        self._place, self._held = _Place.ANSWER, ""
        pieces.append(Piece(answer, is_reasoning=False))
        return False

    def _leave_block(self, pieces: list[Piece]) -> bool:
        thought, tag, after = self._held.partition(_CLOSE)
        if tag:
            self._place, self._held = _Place.BEFORE, after
        else:
            kept = _tag_beginning_at_the_end_of(thought)
            thought, self._held = thought[: len(thought) - kept], thought[len(thought) - kept :]
        if thought:
            pieces.append(Piece(thought, is_reasoning=True))
        return bool(tag)


def _tag_beginning_at_the_end_of(text: str) -> int:
    """How many of the last characters may be the beginning of a closing tag."""
    for length in range(min(len(_CLOSE) - 1, len(text)), 0, -1):
        if _CLOSE.startswith(text[-length:]):
            return length
    return 0
