"""The steps on the desk: what the room sees now, what comes next as one big button, and all ways back."""

from markupsafe import Markup

from arena.domain.ballot import Tally
from arena.domain.battle import RevealStage
from arena.domain.round import BallotKind, Round, Step
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.desk_views import DeskView
from arena.services.live_room import RoomView
from arena.ui.desk_buttons import button, switch
from arena.ui.markdown import AnswerBlocks
from arena.ui.reading_parts import joined, paragraphs
from arena.ui.screen_scenes import Scene
from arena.ui.text import Text

_VOTE_KEY = "Space"
_COUNTED = {
    Step.BET: BallotKind.BET,
    Step.VOTE: BallotKind.VOTE,
    Step.CLOSED: BallotKind.VOTE,
    Step.SECOND_CHOICE: BallotKind.SECOND_CHOICE,
}


def status(view: RoomView, text: Text) -> Markup:
    """One line: open or not, how many phones, how many ballots, and what the screen hides."""
    room, one = view.state.room, view.state.round
    words = [text("desk.open" if room.is_open else "desk.closed")]
    if room.is_open:
        words.append(text("desk.connected", count=view.counts.connected))
    kind = _COUNTED.get(one.step) if one else None
    if kind is not None:
        words.append(text(f"desk.count.{kind}", count=view.counts.ballots.get(kind, 0)))
    shown = joined((Markup("<span>{}</span>").format(each) for each in words), between=" · ")
    hidden = [name for name in ("is_black", "hides_results", "hides_counts") if getattr(room, name)]
    return Markup("<p>{}</p>{}").format(
        shown, joined(Markup('<p class="hidden-now">{}</p>').format(text(f"desk.now.{name}")) for name in hidden)
    )


def now(desk: DeskView, text: Text) -> Markup:
    """The step, and what the room sees of it, in words."""
    view = desk.view
    one = view.state.round
    if not view.state.room.is_open:
        return _headed(text("desk.heading.closed"), [text("desk.seen.shut")])
    if one is None or view.battle is None:
        return _headed(text("desk.heading.open"), [text("desk.seen.none")])
    heading = text("desk.heading.round", number=one.number, step=text(f"desk.step.{one.step}"))
    seen = [text(f"desk.seen.{one.step}")]
    if one.recorded_at is not None:
        seen.append(text("desk.recorded", day=text("page.day", day=one.recorded_at)))
    return _headed(heading, seen) + _question(view, text) + _results(view, text)


def read(view: RoomView, text: Text) -> Markup:
    """Both answers, to be read aloud, once the room sees them; blind as long as the room is."""
    one, battle = view.state.round, view.battle
    if one is None or battle is None or not one.step.has_come_to(Step.ANSWERS):
        return Markup("")
    answers = joined(_answer(battle.turns[-1].answers[side].text, side, text) for side in Side)
    keep = Markup("") if one.recorded_at else button(text("desk.keep"), "keep", id="keep")
    return Markup('<details id="read"><summary>{}</summary>{}<div class="row">{}</div></details>').format(
        text("desk.read"), answers, keep
    )


def next_step(desk: DeskView, text: Text) -> Markup:
    """The one big button."""
    view = desk.view
    one = view.state.round
    if not view.state.room.is_open:
        return _jump(text("desk.next.open"), "door-form")
    if one is None or one.next_step is None:
        return _jump(text("desk.next.ask" if one is None else "desk.next.round"), "prompt")
    following = one.next_step
    is_ready = not following.has_come_to(Step.ANSWERS) or _has_answers(desk)
    keys = f"ArrowRight {_VOTE_KEY}" if (one.step, following) in _VOTE_TURNS else "ArrowRight"
    big = _go(one, following, text, id="onward", look="big", key=keys, is_ready=is_ready)
    return big if is_ready else big + paragraphs([text("desk.next.not_yet")])


def ways_back(desk: DeskView, text: Text) -> Markup:
    """Previous, undo, reopen, reset, and every step to jump to."""
    one = desk.view.state.round
    if one is None or not desk.view.state.room.is_open:
        return Markup("")
    buttons = []
    if one.previous_step is not None:
        buttons.append(_back(one, one.previous_step, text))
    if desk.undone is not None:
        buttons.append(
            button(
                text("desk.undo", step=text(f"desk.step.{desk.undone}")),
                "undo",
                id="undo",
                key="u",
                confirm=_warning(one, desk.undone, text),
            )
        )
    buttons.append(button(text("desk.reset"), "reset", id="reset", confirm=_reset_warning(one, text)))
    steps = joined(_step(desk, one, step, text) for step in one.steps)
    return Markup(
        '<div class="row">{buttons}</div><nav aria-label="{label}"><ol class="steps">{steps}</ol></nav>'
    ).format(buttons=joined(buttons), label=text("desk.steps"), steps=steps)


def switches(view: RoomView, text: Text) -> Markup:
    """What the screen and the phones show or hide."""
    room, one = view.state.room, view.state.round
    if not room.is_open:
        return Markup("")
    parts = [
        switch(text("desk.set.is_black"), "is_black", is_on=room.is_black, key="b"),
        switch(text("desk.set.hides_results"), "hides_results", is_on=room.hides_results, key="Enter"),
        switch(text("desk.set.hides_counts"), "hides_counts", is_on=room.hides_counts),
    ]
    if one is not None:
        skips = one.skips_names
        words = text("desk.set.skips_names")
        parts.append(
            button(words, "skip_names", id="set-skips_names", look="switch", is_on=skips, value=not skips)
        )  # fmt: skip
    return Markup('<h2 id="switches-heading">{}</h2><div class="row">{}</div>').format(
        text("desk.switches"), joined(parts)
    )


def pages(scene: Scene, text: Text) -> Markup:
    """Which page is on the screen, and the ones beside it; nothing where there is one page."""
    if scene.pages < 2:
        return Markup("")
    last = scene.pages - 1
    back, on = max(scene.page - 1, 0), min(scene.page + 1, last)
    buttons = (
        button(text("desk.page.back"), "set", id="page-back", key="PageUp", name="page", value=back),
        button(text("desk.page.on"), "set", id="page-on", key="PageDown", name="page", value=on),
    )
    words = text("desk.page", page=scene.page + 1, pages=scene.pages)
    return Markup('<p>{}</p><div class="row">{}</div>').format(words, joined(buttons))


_VOTE_TURNS = ((Step.ANSWERS, Step.VOTE), (Step.VOTE, Step.CLOSED))


def _headed(heading: str, lines: list[str]) -> Markup:
    return Markup('<h2 id="now-heading">{}</h2>{}').format(heading, paragraphs(lines))


def _jump(words: str, to: str) -> Markup:
    return Markup(
        '<button type="button" id="onward" class="big" data-jump="{}" data-key="ArrowRight">{}</button>'
    ).format(to, words)


def _go(
    one: Round,
    step: Step,
    text: Text,
    *,
    id: str,
    words: str = "",
    look: str = "",
    key: str = "",
    is_ready: bool = True,
) -> Markup:
    return button(
        words or text(f"desk.go.{step}"),
        "go",
        id=id,
        look=look,
        key=key,
        confirm=_warning(one, step, text),
        is_ready=is_ready,
        step=step.value,
    )


def _back(one: Round, step: Step, text: Text) -> Markup:
    if one.step is Step.CLOSED:
        return _go(one, step, text, id="previous", key=f"ArrowLeft {_VOTE_KEY}", words=text("desk.reopen"))
    return _go(
        one, step, text, id="previous", key="ArrowLeft", words=text("desk.previous", step=text(f"desk.step.{step}"))
    )


def _step(desk: DeskView, one: Round, step: Step, text: Text) -> Markup:
    if step is one.step:
        return Markup('<li aria-current="step"><span>{}</span></li>').format(text(f"desk.step.{step}"))
    is_ready = not step.has_come_to(Step.ANSWERS) or _has_answers(desk)
    words = text(f"desk.step.{step}")
    return Markup("<li>{}</li>").format(_go(one, step, text, id=f"go-{step}", words=words, is_ready=is_ready))


def _has_answers(desk: DeskView) -> bool:
    battle = desk.view.battle
    step = desk.view.state.round.step if desk.view.state.round else Step.WAITING
    return battle is not None and (battle.can_be_voted or step.has_come_to(Step.ANSWERS))


def _warning(one: Round, step: Step, text: Text) -> str:
    """What follows of going to a step that asks people something they know too much for by now; "" for the others."""
    asked = {Step.BET: BallotKind.BET, Step.VOTE: BallotKind.VOTE, Step.SECOND_CHOICE: BallotKind.SECOND_CHOICE}
    kind = asked.get(step)
    if kind is None or not one.is_too_late_for(kind):
        return ""
    return text(f"desk.sure.{kind}")


def _reset_warning(one: Round, text: Text) -> str:
    parts = [text("desk.sure.reset")]
    if one.shown is not RevealStage.BLIND:
        parts.append(text("desk.sure.reset.shown"))
    return " ".join(parts)


def _question(view: RoomView, text: Text) -> Markup:
    assert view.battle is not None, "a round has a battle"
    turns = view.battle.turns
    prompt = turns[0].prompt if turns else ""
    return Markup('<p class="question"><span class="unseen">{}</span><q>{}</q></p>').format(
        text("desk.question"), prompt
    )


def _results(view: RoomView, text: Text) -> Markup:
    """Counts of what is closed, as the room may see them: fewer than five people are only counted."""
    parts = []
    for kind, counted in ((BallotKind.VOTE, view.tally.votes), (BallotKind.SECOND_CHOICE, view.tally.second_choices)):
        if counted:
            parts.append(_result(view.tally, kind, text))
    return joined(parts)


def _result(tally: Tally, kind: BallotKind, text: Text) -> Markup:
    counted = tally.votes if kind is BallotKind.VOTE else tally.second_choices
    heads = [text(f"desk.result.{kind}", count=tally.count(kind))]
    if hands := tally.hands.get(kind):
        heads.append(text("desk.result.hands", count=hands))
    if tally.is_of_few(kind):
        heads.append(text("desk.result.few"))
    lines = (
        text("desk.result.one", choice=text(f"vote.{outcome}"), count=counted.get(outcome, 0)) for outcome in Outcome
    )
    items = Markup("") if tally.is_of_few(kind) else joined(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup('<div class="result"><p>{}</p><ul>{}</ul></div>').format(joined(heads, between=", "), items)


def _answer(answer: str, side: Side, text: Text) -> Markup:
    blocks = AnswerBlocks()
    blocks.update(answer)
    return Markup('<section class="answer" data-side="{}"><h3>{}</h3>{}</section>').format(
        side, text("side.answer", side=side.upper()), joined(map(Markup, blocks.blocks))
    )
