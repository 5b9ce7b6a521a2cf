"""The rounds of a report as escaped HTML: each question with its votes before and after the footprints."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from arena.domain.ballot import FEWEST_SHOWN
from arena.domain.figures import format_number
from arena.domain.round import BallotKind
from arena.domain.told_round import ToldRound
from arena.domain.vote import Outcome
from arena.ui.reading_parts import joined, paragraphs
from arena.ui.report_bars import Bar, bars, percent
from arena.ui.summary_words import one_line
from arena.ui.text import Text, without_orphans

PROMPT_CHARS = 130


def rounds(text: Text, told: tuple[ToldRound, ...]) -> Markup:
    """All of them, one after the other."""
    return joined(_round(text, one) for one in told)


def date_words(text: Text, day: date) -> str:
    """A day with the name of its month."""
    month = text("report.months").split()[day.month - 1]
    return text("report.date", day=day.day, month=month, year=day.year)


def _round(text: Text, one: ToldRound) -> Markup:
    asked = without_orphans(one_line(one.prompt, PROMPT_CHARS)) or text("report.split.purged")
    return Markup('<div class="round"><h3>{}</h3><p class="quotes" dir="auto">{}</p>{}{}</div>').format(
        text("report.rounds.number", number=one.number), asked, _results(text, one), paragraphs(_notes(text, one))
    )


def _results(text: Text, one: ToldRound) -> Markup:
    """A breakdown of five ballots at least; the second choice beside the vote where there are as many."""
    if one.tally.is_of_few(BallotKind.VOTE):
        return Markup("")
    votes, seconds = one.tally.votes, one.tally.second_choices
    if one.tally.is_of_few(BallotKind.SECOND_CHOICE):
        rows = [Bar(text(f"vote.{outcome}"), votes.get(outcome, 0)) for outcome in Outcome]
        return bars(text, _caption(text, one), rows, [text("report.changed.before")])
    rows = [Bar(text(f"vote.{outcome}"), seconds.get(outcome, 0), votes.get(outcome, 0)) for outcome in Outcome]
    return bars(text, _caption(text, one), rows, [text("report.changed.before"), text("report.changed.after")])


def _caption(text: Text, one: ToldRound) -> str:
    """How many ballots, and the range of each share of the vote."""
    ranges = " · ".join(
        text(
            "report.rounds.range",
            choice=text(f"vote.{outcome}"),
            low=percent(share.low or 0.0),
            high=percent(share.high or 0.0),
        )
        for outcome in Outcome
        if (share := one.tally.share(BallotKind.VOTE, outcome)).count
    )
    return f"{_count_words(text, 'report.rounds.caption', one)} {text('report.rounds.ranges', ranges=ranges)}"


def _count_words(text: Text, key: str, one: ToldRound) -> str:
    return text(
        key,
        votes=_number(text, one.tally.count(BallotKind.VOTE)),
        seconds=_number(text, one.tally.count(BallotKind.SECOND_CHOICE)),
    )


def _notes(text: Text, one: ToldRound) -> Iterator[str]:
    tally = one.tally
    if tally.is_of_few(BallotKind.VOTE):
        yield text("report.rounds.few", least=FEWEST_SHOWN, count=_number(text, tally.count(BallotKind.VOTE)))
    if one.switched is not None:
        yield text(
            "report.rounds.switched",
            count=_number(text, one.switched.count),
            total=_number(text, one.switched.total),
            low=percent(one.switched.low or 0.0),
            high=percent(one.switched.high or 0.0),
        )
    votes, seconds = (tally.hands.get(kind, 0) for kind in (BallotKind.VOTE, BallotKind.SECOND_CHOICE))
    if votes or seconds:
        yield text("report.rounds.hands", votes=_number(text, votes), seconds=_number(text, seconds))
    if not one.is_blind:
        yield text("report.rounds.not_blind")
    if one.recorded_at is not None:
        yield text("report.rounds.recorded", date=date_words(text, one.recorded_at.date()))


def _number(text: Text, count: int) -> str:
    return format_number(Decimal(count), text.locale)
