"""Pages of a projected text: where it is cut, so that each can be read aloud and none has to be scrolled."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Widths in em, rounded up from DejaVu Sans, the widest of the usual system fonts: a page may hold less than it
# could, never more. Checked in a real browser (tests/e2e/test_screen_in_browser.py).
SPACE_EM = 0.35
BOLD = 1.14  # how much wider bold letters are
MONO_EM = 0.61  # every character of DejaVu Sans Mono
MONO_SPACE_MORE_EM = MONO_EM - SPACE_EM  # a space there is wider, too
_NARROW = frozenset("iljftrI.,;:!|'’‘\"()[]{}-/\\·•*\u00a0\u202f\u2009°")
_WIDE = frozenset("mwMWQOGDHNU@%&—…œæŒÆ«»+=<>~#^")
_NARROW_EM, _WIDE_EM, _SMALL_EM, _CAPITAL_EM, _OTHER_EM, _IDEOGRAPH_EM, _PICTURE_EM = (
    0.46,
    1.0,
    0.65,
    0.78,
    0.9,
    1.05,
    1.45,
)

_DRAWN = ("So", "Cc", "Cn", "Co", "Cs")  # pictures, and what a browser draws as a box with its number

LONGEST_EM = 4.0  # a longer word can be cut anywhere: it is laid out in pieces of this width
MOST_INDENT = 0.4  # of the width of a page
TOGETHER = 2  # a passage begins on a page with this many lines, or on the next one


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a piece of a long one that is ``is_glued`` to the next piece: no space, but a line may end there."""

    width_em: float
    is_glued: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that wrap: a paragraph, an item of a list, a line of code.

    ``gap`` is what stays free above it, in lines, but not at the top of a page. ``keeps_next`` is for headings: they
    stand on the page of what follows them.
    """

    words: tuple[Word, ...]
    indent_em: float = 0.0
    gap: float = 0.0
    keeps_next: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The room for text on one page: its width in em and its height in lines."""

    width_em: float
    lines: float


@dataclass(frozen=True, slots=True)
class Extract:
    """Words from ``begin`` to before ``end`` of the passage of that number."""

    passage: int
    begin: int
    end: int


Page = tuple[Extract, ...]


def width_em(text: str, *, is_mono: bool = False) -> float:
    """How wide a text is at the most, in em."""
    return len(text) * MONO_EM if is_mono and text.isascii() else sum(map(_width_em, text))


def _width_em(character: str) -> float:
    if character in _NARROW:
        return _NARROW_EM
    if character in _WIDE or character in "\u2003":
        return _WIDE_EM
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return _PICTURE_EM if category == "So" else _IDEOGRAPH_EM
    if category in _DRAWN:
        return _PICTURE_EM
    if ord(character) > 0x250:  # beyond Latin
        return _OTHER_EM
    return _CAPITAL_EM if category == "Lu" else _SMALL_EM


def cut_into_pages(passages: Sequence[Passage], sheet: Sheet) -> tuple[Page, ...]:
    """All the passages in order, each word once, no page with more lines than its sheet; at least one page."""
    starts = [_line_starts(passage, sheet.width_em) for passage in passages]
    pages: list[list[Extract]] = [[]]
    used = 0.0
    for number, passage in enumerate(passages):
        ends = (*starts[number][1:], len(passage.words))
        for line, (begin, end) in enumerate(zip(starts[number], ends, strict=True)):
            gap = passage.gap if line == 0 and used else 0.0
            is_placed = number > 0 and passages[number - 1].keeps_next  # by its heading, which chose a page for both
            begins = line == 0 and (passage.keeps_next or not is_placed)
            company = _company_within(sheet, passages, starts, number) if begins else 1.0
            is_full = used + gap + 1 > sheet.lines
            if used and (is_full or (company <= sheet.lines < used + gap + company)):
                pages.append([])
                used, gap = 0.0, 0.0
            used += gap + 1
            _add(pages[-1], Extract(number, begin, end))
    return tuple(tuple(page) for page in pages)


def _add(page: list[Extract], line: Extract) -> None:
    """Lines of one passage on one page are one extract."""
    if page and page[-1].passage == line.passage:
        page[-1] = Extract(line.passage, page[-1].begin, line.end)
    else:
        page.append(line)


def _company_within(sheet: Sheet, passages: Sequence[Passage], starts: Sequence[Sequence[int]], number: int) -> float:
    """``_company``, with one line of what follows where more do not fit on a page; 1 where that does not either."""
    companies = (_company(passages, starts, number, together) for together in (TOGETHER, 1))
    return next((company for company in companies if company <= sheet.lines), 1.0)


def _company(passages: Sequence[Passage], starts: Sequence[Sequence[int]], number: int, together: int) -> float:
    """How many lines should stand with the first one of a passage, itself and gaps between them included."""
    own = len(starts[number])
    if not passages[number].keeps_next:
        return float(min(together, own))
    if number + 1 == len(passages):
        return float(own)
    return own + passages[number + 1].gap + _company(passages, starts, number + 1, together)


def _line_starts(passage: Passage, width_em: float) -> tuple[int, ...]:
    """The numbers of the words that begin a line, as browsers wrap them: what is too long begins on a new line."""
    room = width_em - min(passage.indent_em, MOST_INDENT * width_em)
    starts, used = [0], 0.0
    is_new = True  # whether a space stands before
    for number, (word, run) in enumerate(zip(passage.words, _runs(passage.words), strict=True)):
        before = SPACE_EM if used and is_new else 0.0
        if used and used + before + (run if is_new else word.width_em) > room:
            starts.append(number)
            used, before = 0.0, 0.0
        used += before + word.width_em
        is_new = not word.is_glued
    return tuple(starts)


def _runs(words: Sequence[Word]) -> Sequence[float]:
    """From each piece on, the width up to the end of its word."""
    runs: list[float] = []
    for word in reversed(words):
        runs.append(word.width_em + (runs[-1] if word.is_glued and runs else 0.0))
    return runs[::-1]


def pieces(text: str, *, is_mono: bool = False, factor: float = 1.0) -> Iterator[tuple[str, float]]:
    """A word in pieces of at most ``LONGEST_EM``, with the width of each."""
    piece, width = "", 0.0
    for character in text:
        own = factor * width_em(character, is_mono=is_mono)
        if piece and width + own > LONGEST_EM:
            yield piece, width
            piece, width = "", 0.0
        piece, width = piece + character, width + own
    if piece:
        yield piece, width
