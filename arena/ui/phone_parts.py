"""What phones of a room show at each step, as escaped HTML: one thing is asked at a time."""

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from arena.domain.ballot import SAME
from arena.domain.battle import AnswerStatus, BlindAnswer, RevealStage
from arena.domain.reflection import BET_FACTORS
from arena.domain.round import OPEN_DURING, BallotKind, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.live_room import RoomView
from arena.ui.cards import letter
from arena.ui.markdown import AnswerBlocks
from arena.ui.phone_figures import EquivalentsOf, figures, names
from arena.ui.phone_results import results
from arena.ui.reading_parts import joined
from arena.ui.room_following import Parts
from arena.ui.text import Text, without_orphans
from arena.ui.watching import public_error_key

_QUESTIONS = {
    BallotKind.BET: "phone.question.bet",
    BallotKind.VOTE: "vote.question",
    BallotKind.SECOND_CHOICE: "second.question",
}
_LONG = (Step.ANSWERS, Step.VOTE, Step.SECOND_CHOICE)


def step_of(view: RoomView) -> Step:
    """The step that phones are at: without a round they wait for one."""
    return view.state.round.step if view.state.round else Step.WAITING


def is_on(view: RoomView) -> bool:
    """Whether the room is open, in an event that goes on."""
    return view.event.is_open and view.state.room.is_open


def phone_parts(view: RoomView, text: Text, first: Side, found: EquivalentsOf) -> Parts:
    """All that is the same for everybody who reads the answer ``first`` first."""
    if not is_on(view):
        return _closed(view, text)
    step = step_of(view)
    parts = {"title": text(f"room.step.{step}"), "lead": text(f"phone.lead.{step}")}
    parts = {name: str(Markup("{}").format(words)) for name, words in parts.items()}
    if view.battle is None or step is Step.WAITING:
        return parts
    parts["prompt"] = _prompt(view, text)
    if step.has_come_to(Step.ANSWERS):
        sides = (first, first.other)
        parts |= {name: _answer(view, text, side) for name, side in zip(("first", "second"), sides, strict=True)}
    parts |= {"ask": _ask(view, text, first), "jumps": _jumps(text, step, first)}
    parts |= {"result": results(view, text), "names": names(view, text), **figures(view, text, found)}
    parts["debate"] = _debate(view, text)
    return {name: str(html) for name, html in parts.items() if html}


def _closed(view: RoomView, text: Text) -> Parts:
    """In place of the steps: the meeting is over, or the room is shut for a while."""
    state = "room" if view.event.is_open else view.event.state.value
    words = {"title": text(f"phone.closed.{state}"), "lead": text(f"phone.closed.{state}.lead")}
    return {name: str(Markup("{}").format(said)) for name, said in words.items()}


def _prompt(view: RoomView, text: Text) -> Markup:
    assert view.battle is not None, "asked for with a battle only"
    prompt = view.battle.turns[0].prompt
    return Markup('{labels}<h2 class="unseen">{heading}</h2><p class="asked">{prompt}</p>').format(
        labels=joined(Markup('<p class="notice">{}</p>').format(words) for words in _labels(view, text)),
        heading=text("room.step.prompt"),
        prompt=without_orphans(prompt) if text.locale == "fr" else prompt,
    )


def _debate(view: RoomView, text: Text) -> Markup:
    """The question on the wall, with why it is asked."""
    if view.question is None:
        return Markup("")
    words = view.question.words[text.locale], view.question.why[text.locale]
    return Markup('<p class="debate">{}</p><p class="why">{}</p>').format(*words)


def _labels(view: RoomView, text: Text) -> Iterator[str]:
    """What everybody must know of answers that nobody writes now."""
    one = view.state.round
    if one is None or not one.step.has_come_to(Step.ANSWERS):
        return
    if one.recorded_at is not None:
        yield text("phone.recorded", day=text("page.day", day=one.recorded_at))
    if view.battle is not None and view.battle.is_demo:
        yield text("demo.notice")


def _answer(view: RoomView, text: Text, side: Side) -> Markup:
    assert view.battle is not None, "asked for with a battle only"
    answer = view.battle.turns[-1].answers[side]
    blocks = AnswerBlocks(links=view.battle.stage is RevealStage.NAMES)
    blocks.update(answer.text)
    return Markup(
        '<article class="answer" id="answer-{side}" aria-labelledby="answer-{side}-title">'
        '<h3 id="answer-{side}-title" tabindex="-1">{letter}{title}</h3><div class="blocks">{blocks}</div>{status}'
        "</article>"
    ).format(
        side=side.value,
        letter=letter(side),
        title=text("side.answer", side=side.upper()),
        blocks=joined(Markup('<div class="block">{}</div>').format(Markup(block)) for block in blocks.blocks),
        status=_status(text, side, answer),
    )


def _status(text: Text, side: Side, answer: BlindAnswer) -> Markup:
    """Whether it is still growing, or how it ended if not well."""
    if answer.status is AnswerStatus.COMPLETE:
        return Markup("")
    words = [text(f"answer.status.{answer.status}", side=side.upper())]
    if answer.error_key and answer.status.is_over:
        words.append(text(public_error_key(answer.error_key)))
    return Markup('<p class="status">{}</p>').format(" ".join(words))


def _ask(view: RoomView, text: Text, first: Side) -> Markup:
    step = step_of(view)
    kind = next((kind for kind, when in OPEN_DURING.items() if when is step), None)
    if kind is None:
        return Markup("")
    options = _bets(text) if kind is BallotKind.BET else _outcomes(text, first)
    buttons = (
        Markup('<button type="button" data-value="{}" aria-pressed="false">{}</button>').format(value, words)
        for value, words in options
    )
    return Markup(
        '<section class="ask" id="ask" data-kind="{kind}"><h2 id="question" tabindex="-1">{question}</h2>'
        '<div class="options {kind}" role="group" aria-labelledby="question">{buttons}</div></section>'
    ).format(kind=kind.value, question=text(_QUESTIONS[kind]), buttons=joined(buttons))


def _bets(text: Text) -> Iterable[tuple[str, str]]:
    yield SAME, text("bet.same")
    for factor in BET_FACTORS[1:]:
        yield str(factor), text("phone.times", factor=factor)


def _outcomes(text: Text, first: Side) -> Iterable[tuple[Outcome, str]]:
    """In the order in which the answers are read."""
    ends = {Side.A: Outcome.A, Side.B: Outcome.B}
    order = (ends[first], Outcome.BOTH_GOOD, Outcome.BOTH_BAD, ends[first.other])
    return ((outcome, text(f"vote.{outcome}")) for outcome in order)


def _jumps(text: Text, step: Step, first: Side) -> Markup:
    """On a phone, the way from one long answer to the other and to what is asked."""
    if step not in _LONG:
        return Markup("")
    links = (
        [] if step is Step.SECOND_CHOICE else [(f"answer-{side}-title", side.upper()) for side in (first, first.other)]
    )
    named = [
        Markup('<a href="#{}"><span class="unseen">{}</span><span aria-hidden="true">{}</span></a>').format(
            target, text("side.answer", side=side), side
        )
        for target, side in links
    ]
    if step is not Step.ANSWERS:
        named.append(Markup('<a class="main" href="#question">{}</a>').format(text("phone.choose")))
    return joined(named)
