"""What a room says, on the screen: what is asked, how many have answered, and once it is closed the results."""

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from arena.domain.ballot import Tally
from arena.domain.figures import format_number, is_plural
from arena.domain.footprint import Comparison, ComparisonKind
from arena.domain.reflection import BET_FACTORS
from arena.domain.round import BallotKind
from arena.domain.side import Side
from arena.domain.vote import Outcome
from arena.services.live_room import Counts
from arena.ui.cards import letter
from arena.ui.reading_parts import joined
from arena.ui.report_bars import percent
from arena.ui.text import Text

_SIDES = {Outcome.A: Side.A, Outcome.B: Side.B}
WIDTH = 1000  # of a bar, in units of the drawing


def number(text: Text, count: int) -> str:
    """A count with the marks of the language."""
    return format_number(Decimal(count), text.locale)


def counted(text: Text, key: str, count: int) -> str:
    """A count with its word, in the singular or the plural."""
    form = "many" if is_plural(Decimal(count), text.locale) else "one"
    return text(f"screen.{key}.{form}", count=number(text, count))


def live_words(text: Text, counts: Counts, kind: BallotKind | None) -> Mapping[str, str]:
    """What the script writes into the places of ``live_count``: these change without the scene."""
    connected = counted(text, "connected", counts.connected)
    if kind is None:
        return {"connected": connected}
    said = counts.ballots.get(kind, 0)
    form = "many" if is_plural(Decimal(said), text.locale) else "one"
    return {
        "count": number(text, said),
        "said": text(f"screen.count.{kind}.{form}"),
        "connected": text("screen.of", connected=connected),
    }


def live_count() -> Markup:
    """How many have answered of how many, in places that do not move; the script fills them."""
    return Markup(
        '<p class="live"><b data-fill="count"></b><span><span data-fill="said"></span><br>'
        '<span class="soft" data-fill="connected"></span></span></p>'
    )


def options(text: Text) -> Markup:
    """The four answers to a question about both, as on the phones."""
    return Markup('<ul class="options">{}</ul>').format(
        joined(Markup("<li>{}{}</li>").format(_mark(one), text(f"vote.{one}")) for one in Outcome)
    )


def factors(text: Text) -> Markup:
    """What can be bet."""
    return Markup('<ul class="options factors">{}</ul>').format(
        joined(Markup("<li>{}</li>").format(_factor(text, factor)) for factor in BET_FACTORS)
    )


def _factor(text: Text, factor: int) -> str:
    return text("bet.same") if factor == 1 else text("screen.factor", factor=factor)


def _mark(outcome: Outcome) -> Markup:
    """The letter of an answer; a sign where there is not one answer."""
    if outcome in _SIDES:
        return Markup('<span class="side-{}">{}</span>').format(outcome.value, letter(_SIDES[outcome]))
    sign = "=" if outcome is Outcome.BOTH_GOOD else "∅"
    return Markup('<span class="letter neither" aria-hidden="true">{}</span>').format(sign)


def results(text: Text, tally: Tally, *, are_hidden: bool) -> Markup:
    """The blind vote: counts, shares and their intervals; of a few people, how many they are."""
    heading = Markup('<h1 class="title">{}</h1>').format(text("screen.results"))
    total = tally.count(BallotKind.VOTE)
    if are_hidden:
        return heading + _alone(text("screen.results.hidden"))
    if tally.is_of_few(BallotKind.VOTE):
        return heading + _alone(counted(text, "count.votes", total), text("screen.results.few"))
    rows = joined(_result(text, tally, one) for one in Outcome)
    hands = tally.hands.get(BallotKind.VOTE, 0)
    words = [counted(text, "count.votes", total)]
    words += [text("screen.results.hands", count=number(text, hands))] if hands else []
    words.append(text("screen.results.interval"))
    return heading + Markup('<ul class="bars">{}</ul><p class="caption">{}</p>').format(rows, " · ".join(words))


def _alone(words: str, reason: str = "") -> Markup:
    return Markup('<p class="sole">{}</p><p class="caption">{}</p>').format(words, reason)


def _result(text: Text, tally: Tally, outcome: Outcome) -> Markup:
    found = tally.share(BallotKind.VOTE, outcome)
    share, low, high = (part or 0.0 for part in (found.share, found.low, found.high))
    return Markup(
        '<li class="result {outcome}"><p>{mark}<span class="label">{label}</span><b>{count}</b>'
        '<b class="share">{share}</b><span class="soft">{between}</span></p>{bar}</li>'
    ).format(
        outcome=outcome.value,
        mark=_mark(outcome),
        label=text(f"vote.{outcome}"),
        count=number(text, found.count),
        share=text("screen.percent", percent=percent(share)),
        between=text("screen.between", low=percent(low), high=percent(high)),
        bar=_bar(share, low, high),
    )


def _bar(share: float, low: float, high: float) -> Markup:
    """The share as a bar, its interval as a line across; the numbers stand above."""
    return Markup(
        '<svg class="drawn" aria-hidden="true" viewBox="0 0 {width} 10" preserveAspectRatio="none">'
        '<rect class="ground" width="{width}" height="10"/><rect class="share" width="{share}" height="10"/>'
        '<rect class="interval" x="{low}" y="4" width="{span}" height="2"/></svg>'
    ).format(width=WIDTH, share=round(WIDTH * share), low=round(WIDTH * low), span=max(2, round(WIDTH * (high - low))))


def bets(text: Text, tally: Tally, comparison: Comparison | None) -> Markup:
    """The room's bets beside the estimate."""
    heading = Markup('<h1 class="title">{}</h1>').format(text("screen.bets"))
    estimate = Markup('<p class="lead">{}</p>').format(text("screen.bets.estimate", estimate=_gap(text, comparison)))
    total = tally.count(BallotKind.BET)
    if tally.is_of_few(BallotKind.BET):
        return heading + estimate + _alone(counted(text, "count.bets", total), text("screen.results.few"))
    most = max(tally.bets.values())
    rows = joined(
        Markup('<li><span class="label">{}</span><b>{}</b>{}</li>').format(
            _factor(text, factor), number(text, tally.bets.get(factor, 0)), _column(tally.bets.get(factor, 0), most)
        )
        for factor in BET_FACTORS
    )
    return heading + estimate + Markup('<ul class="columns">{}</ul>').format(rows)


def _column(count: int, most: int) -> Markup:
    height = round(100 * count / most)
    return Markup(
        '<svg class="drawn" aria-hidden="true" viewBox="0 0 10 100" preserveAspectRatio="none">'
        '<rect class="ground" width="10" height="100"/><rect class="share" y="{}" width="10" height="{}"/></svg>'
    ).format(100 - height, height)


def _gap(text: Text, comparison: Comparison | None) -> str:
    if comparison is None:
        return text("bet.no_estimate")
    if comparison.kind is ComparisonKind.SAME_ORDER or comparison.more is None:
        return text("bet.same_order")
    return text("bet.more", side=comparison.more.upper(), factor=comparison.factor)
