"""Pages of a projected text: nothing lost, nothing twice, nothing out of order, no page higher than its sheet."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from arena.domain.text_pages import (
    LONGEST_EM,
    SPACE_EM,
    Page,
    Passage,
    Sheet,
    Word,
    cut_into_pages,
    pieces,
    width_em,
)

WORDS = st.builds(Word, st.floats(0.2, LONGEST_EM), st.booleans())
PASSAGES = st.lists(
    st.builds(
        Passage,
        st.lists(WORDS, min_size=1, max_size=60).map(tuple),
        indent_em=st.sampled_from([0.0, 1.3, 2.6, 50.0]),
        gap=st.sampled_from([0.0, 0.25, 0.5]),
        keeps_next=st.booleans(),
    ),
    max_size=12,
)
SHEETS = st.builds(Sheet, st.floats(12, 40), st.floats(1, 14))


def lines_of(passage: Passage, begin: int, end: int, width: float) -> int:
    """How many lines words take when each is put behind the last one as long as there is room."""
    room = width - min(passage.indent_em, 0.4 * width)
    lines, used, is_new = 1, 0.0, True
    for number in range(begin, end):
        word = passage.words[number]
        run = number
        while is_new and passage.words[run].is_glued and run + 1 < len(passage.words):
            run += 1
        need = sum(one.width_em for one in passage.words[number : run + 1])
        space = SPACE_EM if used and is_new else 0.0
        if used and used + space + need > room + 1e-9:
            lines, used, space = lines + 1, 0.0, 0.0
        used += space + word.width_em
        is_new = not word.is_glued
    return lines


def height_of(page: Page, passages: list[Passage], sheet: Sheet) -> float:
    """In lines, gaps included."""
    height = 0.0
    for place, cut in enumerate(page):
        passage = passages[cut.passage]
        height += lines_of(passage, cut.begin, cut.end, sheet.width_em)
        height += passage.gap if place and cut.begin == 0 else 0.0
    return height


@given(PASSAGES, SHEETS)
def test_every_word_stands_once_and_in_order(passages: list[Passage], sheet: Sheet) -> None:
    cuts = [cut for page in cut_into_pages(passages, sheet) for cut in page]
    words = [(cut.passage, number) for cut in cuts for number in range(cut.begin, cut.end)]
    assert words == [(place, number) for place, one in enumerate(passages) for number in range(len(one.words))]


@given(PASSAGES, SHEETS)
def test_no_page_is_higher_than_its_sheet(passages: list[Passage], sheet: Sheet) -> None:
    pages = cut_into_pages(passages, sheet)
    assert pages
    assert all(height_of(page, passages, sheet) <= sheet.lines + 1e-9 for page in pages)
    assert all(page for page in pages) or not passages


@given(PASSAGES, SHEETS)
def test_a_heading_stands_on_the_page_of_what_follows(passages: list[Passage], sheet: Sheet) -> None:
    pages = cut_into_pages(passages, sheet)
    for page, following in pairwise(pages):
        last = page[-1]
        passage = passages[last.passage]
        if passage.keeps_next and last.end == len(passage.words) and len(page) > 1 and last.begin == 0:
            together = lines_of(passage, 0, last.end, sheet.width_em) + passages[following[0].passage].gap + 1
            assert together > sheet.lines or passages[following[0].passage].keeps_next


def test_a_heading_takes_one_line_of_what_follows_where_two_do_not_fit() -> None:
    line, heading = Passage((Word(1.0),)), Passage((Word(1.0),), keeps_next=True)
    long = Passage(tuple(Word(1.0) for _ in range(4)), indent_em=50.0, gap=0.25)
    first, second, *_ = cut_into_pages([line, heading, long], Sheet(3.0, 3.0))
    assert [cut.passage for cut in first] == [0]
    assert [cut.passage for cut in second] == [1, 2]


def test_a_text_that_fits_has_one_page_and_no_text_has_one_too() -> None:
    one = Passage((Word(3.0), Word(4.0)))
    assert [len(page) for page in cut_into_pages([one, one], Sheet(30, 12))] == [2]
    assert cut_into_pages([], Sheet(30, 12)) == ((),)


def test_a_single_line_of_a_paragraph_is_not_left_at_the_foot_of_a_page() -> None:
    line = Passage((Word(9.0),))
    long = Passage(tuple(Word(4.0) for _ in range(6)))  # two words a line
    first, second = cut_into_pages([line, line, long], Sheet(10, 3))
    assert [cut.passage for cut in first] == [0, 1]
    assert [cut.passage for cut in second] == [2]


@given(st.text(max_size=80), st.booleans(), st.floats(1, 1.5))
def test_a_word_in_pieces_is_the_same_word(text: str, is_mono: bool, factor: float) -> None:
    cut = list(pieces(text, is_mono=is_mono, factor=factor))
    assert "".join(piece for piece, _ in cut) == text
    assert all(width <= LONGEST_EM or len(piece.strip()) <= 1 for piece, width in cut)


def test_wide_letters_count_for_more_than_narrow_ones() -> None:
    assert width_em("mmm") > width_em("ooo") > width_em("iii")
    assert width_em("漢字") > width_em("ab")
    assert width_em("e\u0301") == width_em("e")  # an accent that is written on its own takes no room
