"""The question and the answers on the screen, cut into pages that are read aloud."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from arena.domain.battle import AnswerStatus, BlindAnswer, BlindBattle
from arena.domain.side import Side
from arena.domain.text_pages import Sheet
from arena.ui.cards import letter
from arena.ui.reading_parts import joined
from arena.ui.screen_markdown import written
from arena.ui.screen_words import Face, Written, pages_of, plain_text
from arena.ui.text import Text
from arena.ui.watching import public_error_key

# The room that screen.css leaves at 1280×720, where a letter is 32 px: 40 em × 22.5 em, 1.4 em a line. Narrow enough
# for 1024×768 too, and 29 em hold some 55 letters, which is easy to follow with the eyes.
WHOLE = Sheet(width_em=29, lines=12)  # one answer alone
HALF = Sheet(width_em=14.2, lines=11)  # both side by side
QUESTION = Sheet(width_em=29, lines=12)
SERIF = 1.12  # DejaVu Serif beside DejaVu Sans
SIZES: Mapping[str, float] = {"huge": 2.6, "big": 2.1, "large": 1.7, "middle": 1.35, "plain": 1.0}  # see screen.css
_UNSAID = (AnswerStatus.COMPLETE,)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of one answer: ``number`` of ``count``, from 1."""

    number: int
    count: int
    html: Markup


AnswerPage = Mapping[Side, Leaf]  # both sides, or the one that is read


def question_pages(prompt: str) -> tuple[tuple[str, Markup], ...]:
    """The question as large as it fits on one page, else on several: the name of the size, and HTML."""
    for size, factor in SIZES.items():
        sheet = Sheet(QUESTION.width_em / factor, QUESTION.lines / factor)
        pages = pages_of(list(plain_text(prompt, Face(serif=SERIF))), sheet)
        if len(pages) == 1:
            return ((size, pages[0]),)
    return tuple((size, page) for page in pages)


def answer_pages(battle: BlindBattle) -> tuple[AnswerPage, ...]:
    """What is shown one after the other: both side by side where they fit, else all of A, then all of B.

    While answers still grow there is one page, with the end of each.
    """
    texts = {side: written(answer.text) for side, answer in battle.turns[0].answers.items()}
    halves = {side: _leaves(texts[side], HALF) for side in Side}
    if not _all_said(battle):
        return ({side: halves[side][-1] for side in Side},)
    if all(len(halves[side]) == 1 for side in Side):
        return ({side: halves[side][0] for side in Side},)
    return tuple({side: leaf} for side in Side for leaf in _leaves(texts[side], WHOLE))


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
    sides = joined(_side(text, side, leaf, battle.turns[0].answers[side]) for side, leaf in page.items())
    return Markup('<h1 class="unseen">{}</h1><div class="answers {}">{}</div>').format(
        text("room.step.answers"), "both" if len(page) > 1 else "alone", sides
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
    if answer.status in _UNSAID or (answer.status is AnswerStatus.STREAMING and answer.text):
        return ""
    words = text(f"answer.status.{answer.status}", side=side.upper())
    if answer.error_key and answer.status.is_over:
        words += f" {text(public_error_key(answer.error_key))}"
    return words
