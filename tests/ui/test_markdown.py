"""Answers become safe blocks, the same however the text arrived."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arena.ui.markdown import AnswerBlocks

_PIECES = st.sampled_from(
    [
        *("un mot", "deux", "fin.", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "    ", "1", ".", ")", "1. ", "2. "),
        *("- ", "* ", "+ ", "-", "*", "**", "_", "__", "~~", "`", "```", "~~~", "```py\n", "# ", "###", "=", "---"),
        *("10) ", "***"),
        *("> ", ">", "|", "| a | b |", "|-|-|", "\n|---|---|\n", "[", "](", "]", "(", "![", "[a]: http://x\n", "[a]"),
        *("[x](http://y)", "\x00", "%", "é", "🎉"),
        *("<", ">", "<b>", "</b>", "<!--", "-->", "&", "&amp;", "&#35", ";", "\\", "\\\n", "👩‍🚀", "\u00a0", "’"),
        *("<http://x.y>", "http://x.y", ":", "!", "?", ",", "½", "²", "文字", "ﬁ", "{{x}}", "${y}", '"', "'"),
    ]
)  # fmt: skip
_SOURCE = st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=80)
_TRAILING = re.compile(r"[\s\u00a0\u202f]+(?=(?:</[a-z]+>|\s)*\Z)")


def final(blocks: AnswerBlocks) -> list[str]:
    """Blocks without the spaces at the end of each, which no reader sees."""
    return [_TRAILING.sub("", block) for block in blocks.blocks]


def at_once(source: str, *, links: bool = False) -> AnswerBlocks:
    blocks = AnswerBlocks(links=links)
    blocks.update(source)
    return blocks


@st.composite
def _grown(draw: st.DrawFn) -> tuple[str, list[int]]:
    source = draw(_SOURCE)
    return source, sorted(draw(st.lists(st.integers(0, len(source)), max_size=12)))


@settings(max_examples=500, deadline=None)
@given(_grown())
@example(("[a]\n\nb\n\nc\n\n[a]: http://x\n", [3, 8, 10]))
@example(("a\r\rb\r\rc\r\rd", [2, 4, 6]))
@example(("a\r\n\r\nb\r\n\r\nc\r\n\r\nd", [2, 3, 4, 7, 8, 9]))
def test_any_split_of_an_answer_gives_the_same_blocks(grown: tuple[str, list[int]]) -> None:
    source, cuts = grown
    blocks = AnswerBlocks()
    for cut in [*cuts, len(source)]:
        blocks.update(source[:cut])
    assert final(blocks) == final(at_once(source))


@settings(max_examples=100, deadline=None)
@given(_SOURCE)
def test_an_answer_that_comes_letter_by_letter_gives_the_same_blocks(source: str) -> None:
    blocks = AnswerBlocks()
    for end in range(1, len(source) + 1):
        blocks.update(source[:end])
    assert final(blocks) == final(at_once(source))


def test_an_answer_that_starts_again_is_rendered_from_its_start() -> None:
    blocks = at_once("un\n\ndeux\n\ntrois\n\nquatre")
    blocks.update("autre")
    assert blocks.blocks == ["<p>autre</p>\n"]


_ALLOWED = (
    r"</?(?:p|em|strong|s|code|pre|ul|ol|li|blockquote|table|thead|tbody|tr|th|td|br|hr|span|div|a)"
    r'(?: (?:class="(?:heading|table|inert-link|language-[^"<>]*)"|role="(?:heading|group)"|aria-level="[4-6]"'
    r'|tabindex="0"|start="\d+"|style="text-align:(?:left|right|center)"|href="[^"<>]*"|target="_blank"'
    r'|rel="noopener noreferrer nofollow"))* ?/?>'
)


@settings(max_examples=400, deadline=None)
@given(_SOURCE, st.booleans())
@example("<img src=x onerror=alert(1)>", True)
@example('```"><script>alert(1)</script>\nx\n```', False)
@example('[a](http://x" onmouseover="alert\\(1\\))', True)
def test_an_answer_can_make_no_tag_of_its_own(source: str, links: bool) -> None:
    made = "".join(at_once(source, links=links).blocks)
    assert "<" not in re.sub(_ALLOWED, "", made), made


@settings(max_examples=200, deadline=None)
@given(_SOURCE)
def test_no_link_works_before_the_reveal(source: str) -> None:
    made = "".join(at_once(source).blocks)
    assert "<a" not in made
    assert "href" not in re.sub(r">[^<]*<", "><", made)


@pytest.mark.parametrize("links", [True, False])
def test_images_are_described_and_never_loaded(links: bool) -> None:
    made = "".join(at_once('![une <b> photo](https://evil.example/p.png "titre")', links=links).blocks)
    assert made == "<p>[une &lt;b&gt; photo]</p>\n"


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc"]
)
@pytest.mark.parametrize("links", [True, False])
def test_a_link_to_a_script_is_never_a_link(target: str, links: bool) -> None:
    made = "".join(at_once(f"[clic]({target}) <{target}>", links=links).blocks)
    assert "<a" not in made


def test_a_link_is_real_after_the_reveal_and_tells_nobody_where_it_was_clicked() -> None:
    made = "".join(at_once('[la](https://example.org/?a=1&b="2")', links=True).blocks)
    assert made == (
        '<p><a href="https://example.org/?a=1&amp;b=%222%22" target="_blank"'
        ' rel="noopener noreferrer nofollow">la</a></p>\n'
    )


def test_headings_of_an_answer_stay_below_those_of_the_page() -> None:
    assert at_once("# Un\n\n###### Six").blocks == [
        '<p class="heading" role="heading" aria-level="4">Un</p>\n',
        '<p class="heading" role="heading" aria-level="6">Six</p>\n',
    ]


@pytest.mark.parametrize(
    "source",
    [
        "mot " * 1250,
        "- point\n" * 600,
        "**gras** et `code`, puis une phrase. " * 130,
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 500,
        "> " * 2500,
        "[" * 5000,
        "*a " * 1600,
        "Un paragraphe.\n\n" * 300,
    ],
)
def test_a_long_or_nested_answer_costs_little(source: str) -> None:
    """Five kB, the longest answer by default, in a hundred updates, as many as 20 s of writing make.

    The worst of these takes 3 s of a processor, most take 1 s or less; the bound only catches what grows without
    limit, on a slow machine too.
    """
    blocks, started = AnswerBlocks(), time.process_time()
    for step in range(1, 101):
        blocks.update(source[: len(source) * step // 100])
    assert time.process_time() - started < 60.0
