"""The question and the answers on the screen, cut into pages that are read aloud."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from arena.domain.battle import AnswerStatus, BlindAnswer, BlindBattle
from arena.domain.side import Side
from arena.domain.text_pages import Sheet
from arena.ui.cards import letter
from arena.ui.reading_parts import joined
from arena.ui.screen_markdown import written
from arena.ui.screen_words import Face, Written, pages_of, plain_text
from arena.ui.text import Text, without_orphans
from arena.ui.watching import public_error_key

# The room that screen.css leaves: 40 em × 22.5 em in all, 1.4 em a line.
WHOLE = Sheet(width_em=31, lines=12)  # one answer alone: some 60 letters a line, easy to follow with the eyes
HALF = Sheet(width_em=17.9, lines=11)  # both side by side
QUESTION = Sheet(width_em=37, lines=12)
SERIF = 1.04  # DejaVu Serif beside DejaVu Sans
SIZES: Mapping[str, float] = {"huge": 2.6, "big": 2.1, "large": 1.7, "middle": 1.35, "plain": 1.0}  # see screen.css
BOTH_SIZES: Mapping[str, float] = {"largest": 1.5, "larger": 1.25, "": 1.0}  # the same for A and for B


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of one answer: ``number`` of ``count``, from 1."""

    number: int
    count: int
    html: Markup


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """Both sides, or the one that is read, and the size of the letters."""

    leaves: Mapping[Side, Leaf]
    size: str = ""


def question_pages(prompt: str) -> tuple[tuple[str, Markup], ...]:
    """The question as large as it fits on one page, else on several: the name of the size, and HTML."""
    for size, factor in SIZES.items():
        sheet = Sheet(QUESTION.width_em / factor, QUESTION.lines / factor)
        pages = pages_of(list(plain_text(without_orphans(prompt), Face(serif=SERIF))), sheet)
        if len(pages) == 1:
            return ((size, pages[0]),)
    return tuple((size, page) for page in pages)


def answer_pages(battle: BlindBattle) -> tuple[AnswerPage, ...]:
    """What is shown one after the other: both side by side where they fit, else all of A, then all of B.

    While answers still grow there is one page, with the end of each.
    """
    texts = {side: written(answer.text) for side, answer in battle.turns[0].answers.items()}
    if not _all_said(battle):
        return (AnswerPage({side: _last(_leaves(texts[side], HALF)) for side in Side}),)
    for size, factor in BOTH_SIZES.items():
        halves = {side: _leaves(texts[side], Sheet(HALF.width_em / factor, HALF.lines / factor)) for side in Side}
        if all(len(leaves) == 1 for leaves in halves.values()):
            return (AnswerPage({side: leaves[0] for side, leaves in halves.items()}, size),)
    return tuple(AnswerPage({side: leaf}) for side in Side for leaf in _leaves(texts[side], WHOLE))


def _last(leaves: Sequence[Leaf]) -> Leaf:
    """The end of an answer that grows: how many pages it has is nobody's business yet."""
    return replace(leaves[-1], number=1, count=1)


def _all_said(battle: BlindBattle) -> bool:
    return all(answer.status.is_over for answer in battle.turns[0].answers.values())


def _leaves(text: Sequence[Written], sheet: Sheet) -> tuple[Leaf, ...]:
    pages = pages_of(text, sheet)
    return tuple(Leaf(number, len(pages), page) for number, page in enumerate(pages, 1))


def question(pages: Sequence[tuple[str, Markup]], number: int, heading: str) -> Markup:
    """One page of the question."""
    size, html = pages[number]
    return Markup('<h1 class="kicker">{}</h1><blockquote class="question {}"><div>{}</div></blockquote>').format(
        heading, size, html
    )


def answers(text: Text, battle: BlindBattle, page: AnswerPage) -> Markup:
    """One page of the answers."""
    sides = joined(_side(text, side, leaf, battle.turns[0].answers[side]) for side, leaf in page.leaves.items())
    return Markup('<h1 class="unseen">{}</h1><div class="answers {} {}">{}</div>').format(
        text("room.step.answers"), "both" if len(page.leaves) > 1 else "alone", page.size, sides
    )


def _side(text: Text, side: Side, leaf: Leaf, answer: BlindAnswer) -> Markup:
    name = text("side.answer", side=side.upper())
    number = text("screen.page", number=leaf.number, count=leaf.count) if leaf.count > 1 else ""
    status = _status(text, side, answer) if leaf.number == leaf.count else ""
    return Markup(
        '<article class="said side-{side}" aria-label="{name}"><header>{letter}<span class="name">{name}</span>'
        '<span class="leaf">{number}</span></header>'
        '<div class="sheet">{html}</div><p class="status">{status}</p></article>'
    ).format(side=side.value, name=name, letter=letter(side), number=number, html=leaf.html, status=status)


def _status(text: Text, side: Side, answer: BlindAnswer) -> str:
    """What there is to say of an answer that is not whole, never what would tell its host."""
    if answer.status is AnswerStatus.COMPLETE or (answer.status is AnswerStatus.STREAMING and answer.text):
        return ""
    words = text(f"answer.status.{answer.status}", side=side.upper())
    if answer.error_key and answer.status.is_over:
        words += f" {text(public_error_key(answer.error_key))}"
    return words
