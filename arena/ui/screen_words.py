"""Words on the screen with the width of each, so that a text can be cut into pages before any browser sees it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from markupsafe import Markup, escape

from arena.domain.figures import NO_BREAK_SPACE
from arena.domain.text_pages import BOLD, MONO_SPACE_MORE_EM, Passage, Sheet, Word, cut_into_pages, pieces
from arena.ui.reading_parts import joined

_SPACES = re.compile(r"[ \t\n\r\f\v\u3000]+")  # where a line may end; spaces that do not break are part of a word
_SPACE_OR_WORD = re.compile(r"[^ ]+| +")


@dataclass(frozen=True, slots=True)
class Face:
    """How letters look: the HTML elements around them, and what that does to their width."""

    tags: tuple[str, ...] = ()
    is_bold: bool = False
    is_mono: bool = False
    serif: float = 1.0  # the factor of a wider typeface

    def inside(self, tag: str) -> "Face":
        """The same within one more element."""
        return replace(
            self,
            tags=(*self.tags, tag),
            is_bold=self.is_bold or tag == "strong",
            is_mono=self.is_mono or tag == "code",
        )

    @property
    def factor(self) -> float:
        return self.serif * (BOLD if self.is_bold else 1.0)

    def dressed(self, text: str) -> Markup:
        """Escaped, within its elements."""
        html = escape(text)
        for tag in reversed(self.tags):
            html = Markup("<{tag}>{html}</{tag}>").format(tag=tag, html=html)
        return html


PLAIN = Face()


class Line:
    """Collects words until a line must end; what comes without a space between belongs to one word."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self.inked: list[Ink] = []

    def add(self, text: str, face: Face = PLAIN) -> None:
        """More text, in one face."""
        for number, part in enumerate(_SPACES.split(text)):
            if number:
                self.end_word()
            for piece, width in pieces(part, is_mono=face.is_mono, factor=face.factor):
                self.words.append(Word(width + (MONO_SPACE_MORE_EM if face.is_mono else 0.0), is_glued=True))
                self.inked.append(Ink(piece, face))

    def end_word(self) -> None:
        """A space."""
        if self.words:
            self.words[-1] = replace(self.words[-1], is_glued=False)


@dataclass(frozen=True, slots=True)
class Ink:
    """The letters of a word, or of a piece of one."""

    text: str
    face: Face


@dataclass(frozen=True, slots=True)
class Written:
    """A passage and the letters of each of its words. ``marker`` hangs before its first line; ``looks`` are classes."""

    passage: Passage
    inked: tuple[Ink, ...]
    looks: tuple[str, ...] = ()
    marker: str = ""

    def extract(self, begin: int, end: int) -> Markup:
        """Some of its words as a paragraph."""
        spaced = (
            Ink(ink.text if word.is_glued else f"{ink.text} ", ink.face)
            for word, ink in zip(self.passage.words[begin:end], self.inked[begin:end], strict=True)
        )
        runs = (face.dressed("".join(ink.text for ink in run)) for face, run in groupby(spaced, attrgetter("face")))
        has_marker = self.marker and begin == 0
        return Markup('<p dir="auto" class="{looks}">{marker}{words}</p>').format(
            looks=" ".join((*self.looks, *(("goes-on",) if begin else ()))),
            marker=Markup('<span class="marker">{}</span>').format(self.marker) if has_marker else "",
            words=joined(runs),
        )


def pages_of(written: Sequence[Written], sheet: Sheet) -> tuple[Markup, ...]:
    """The text cut into pages, each as HTML."""
    pages = cut_into_pages([one.passage for one in written], sheet)
    return tuple(joined(written[cut.passage].extract(cut.begin, cut.end) for cut in page) for page in pages)


def plain_text(text: str, face: Face = PLAIN, *, gap: float = 0.5) -> Iterator[Written]:
    """Text as a person typed it: each of its lines begins a line, an empty one leaves room."""
    is_apart = False
    for row in text.splitlines():
        line = Line()
        line.add(row, face)
        if line.words:
            line.end_word()
            room = gap if is_apart else 0.0
            yield Written(Passage(tuple(line.words), gap=room), tuple(line.inked), ("apart",) if is_apart else ())
        is_apart = not line.words


def code_line(text: str) -> str:
    """A line of code in which the browser keeps every space: all but the one at which it may wrap do not break."""
    parts = _SPACE_OR_WORD.findall(text.expandtabs(4).replace("\u3000", NO_BREAK_SPACE))
    kept = ""
    for part in parts:
        if part.startswith(" "):
            kept += NO_BREAK_SPACE * (len(part) - 1) + (" " if kept else NO_BREAK_SPACE)
        else:
            kept += part
    return kept or NO_BREAK_SPACE
