"""What the room said, and what the owner of a phone said, as escaped HTML."""

from collections.abc import Iterator

from markupsafe import Markup

from arena.domain.ballot import FEWEST_SHOWN, Ballot, Tally
from arena.domain.footprint import Comparison, ComparisonKind
from arena.domain.round import BallotKind, Step
from arena.domain.vote import Outcome
from arena.services.live_room import RoomView
from arena.ui.dashboard_numbers import interval, number
from arena.ui.reading_parts import joined
from arena.ui.text import Text

_SHOWN_FROM = {BallotKind.VOTE: Step.CLOSED, BallotKind.SECOND_CHOICE: Step.NAMES}


def results(view: RoomView, text: Text) -> Markup:
    """Each ballot that is closed: shares with their interval, or a count where people are few."""
    one = view.state.round
    if one is None or not one.step.has_come_to(Step.CLOSED):
        return Markup("")
    if view.state.room.hides_results:
        return Markup('<p class="notice">{}</p>').format(text("phone.result.hidden"))
    closed = (kind for kind in _SHOWN_FROM if one.step.has_come_to(_SHOWN_FROM[kind]) and _was_said(view.tally, kind))
    return joined(_result(view.tally, text, kind) for kind in closed)


def _was_said(tally: Tally, kind: BallotKind) -> bool:
    """Nothing is said of a second choice that nobody made."""
    return kind is BallotKind.VOTE or tally.count(kind) > 0


def _result(tally: Tally, text: Text, kind: BallotKind) -> Markup:
    count = tally.count(kind)
    if tally.is_of_few(kind):
        inside = Markup("<p>{}</p>").format(text("phone.result.few", count=count, fewest=FEWEST_SHOWN))
    else:
        inside = Markup('<ul class="shares">{}</ul><p class="small">{}</p>').format(
            joined(_share(tally, text, kind, outcome) for outcome in Outcome), _counted(tally, text, kind)
        )
    return Markup('<section class="result"><h2>{}</h2>{}</section>').format(text(f"phone.result.{kind}"), inside)


def _share(tally: Tally, text: Text, kind: BallotKind, outcome: Outcome) -> Markup:
    found = tally.share(kind, outcome)
    return Markup(
        '<li class="of-{outcome}"><span>{words}</span> <b>{share}</b>'
        '<span class="track" aria-hidden="true"><i style="width:{width:.1f}%"></i></span></li>'
    ).format(
        outcome=outcome.value,
        words=text(f"vote.{outcome}"),
        share=interval(text, found),
        width=100 * (found.share or 0),
    )


def _counted(tally: Tally, text: Text, kind: BallotKind) -> str:
    words = text("phone.result.count", count=number(text, tally.count(kind)))
    hands = tally.hands.get(kind, 0)
    return f"{words} {text('phone.result.hands', count=number(text, hands))}" if hands else words


def own_lines(view: RoomView, text: Text, ballot: Ballot) -> Markup:
    """What the owner of the phone said, once it cannot be changed any more."""
    return joined(Markup('<p class="recorded">{}</p>').format(line) for line in _own(view, text, ballot))


def _own(view: RoomView, text: Text, ballot: Ballot) -> Iterator[str]:
    one = view.state.round
    if one is None or not one.step.has_come_to(Step.CLOSED):
        return
    yield text("vote.final", choice=text(f"vote.{ballot.vote}")) if ballot.vote else text("phone.own.none")
    if ballot.bet and view.footprints:
        guess = _times(text, ballot.bet.factor)
        yield text("bet.result", guess=guess, estimate=_estimate(text, view.footprints.comparison))
    if ballot.second_choice and one.step.has_come_to(Step.NAMES):
        yield text("second.chosen", choice=text(f"vote.{ballot.second_choice}"))


def _estimate(text: Text, comparison: Comparison | None) -> str:
    if comparison is None:
        return text("bet.no_estimate")
    if comparison.kind is ComparisonKind.SAME_ORDER or comparison.factor is None:
        return text("bet.same_order")
    return _times(text, comparison.factor)


def _times(text: Text, factor: int) -> str:
    return text("bet.same") if factor == 1 else text("phone.times", factor=factor)
