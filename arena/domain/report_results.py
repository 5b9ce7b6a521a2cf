"""The named results of a report, from which its debate questions are picked."""

from collections.abc import Iterator, Mapping, Sequence

from arena.domain.event_results import EventResults, Leaning
from arena.domain.footprint import Grade
from arena.domain.reflection import Need
from arena.domain.report import FEWEST_PEOPLE, FREE, Report, Withheld
from arena.domain.summary import Balance, Kind

NAMES = (
    "people",
    "battles",
    "votes",
    "switch_rate",
    "to_less_rate",
    "to_more_rate",
    "less_rate",
    "more_rate",
    "both_good_rate",
    "both_bad_rate",
    "split",
    "without_ai_rate",
    "no_figure_rate",
    "supposed_rate",
    "measured_rate",
    "avoided_answers",
)


def result_names(theme_ids: Sequence[str]) -> tuple[str, ...]:
    """All the names that there can be: one more for each theme of the suggestions and for free questions."""
    return (*NAMES, *(f"theme_{theme}" for theme in (*theme_ids, FREE)))


def named_results(report: Report, results: EventResults) -> Mapping[str, float]:
    """The results that can be told; what was withheld has no name here. Shares are from 0 to 1."""
    return {
        "people": report.people,
        "battles": report.battles,
        "votes": report.votes_cast,
        **dict(_opinions(report)),
        **dict(_needs(results)),
        **dict(_figures(report.caused)),
        "avoided_answers": _answers_in(report.avoided),
    }


def _opinions(report: Report) -> Iterator[tuple[str, float]]:
    if not isinstance(report.themes, Withheld):
        yield from ((f"theme_{theme}", count / report.battles) for theme, count in report.themes)
    if not isinstance(report.votes, Withheld):
        counted = report.votes.counts
        for leaning in (Leaning.LESS, Leaning.MORE, Leaning.BOTH_GOOD, Leaning.BOTH_BAD):
            yield f"{leaning}_rate", counted.get(leaning, 0) / report.votes.total
    if not isinstance(report.change, Withheld):
        change = report.change
        yield "switch_rate", change.switched.count / change.switched.total
        yield "to_less_rate", change.to_less / change.switched.total
        yield "to_more_rate", change.to_more / change.switched.total
    if not isinstance(report.disagreement, Withheld):
        yield "split", report.disagreement.split.disagreement


def _needs(results: EventResults) -> Iterator[tuple[str, float]]:
    said = [
        (voice.visitor_id, voice.need)
        for battle in results.battles
        for voice in battle.voices
        if voice.need in (Need.YES, Need.NO)
    ]
    if len({visitor_id for visitor_id, _ in said}) >= FEWEST_PEOPLE:
        yield "without_ai_rate", sum(need is Need.YES for _, need in said) / len(said)


def _figures(caused: Balance) -> Iterator[tuple[str, float]]:
    """Of answers that were made by models: scripted ones are no figures of anything."""
    accounts = [account for account in caused.accounts if account.kind is not Kind.ILLUSTRATION]
    with_figure = sum(sum(account.grades.values()) for account in accounts)
    if with_figure + caused.without_figure:
        yield "no_figure_rate", caused.without_figure / (with_figure + caused.without_figure)
    if with_figure:
        yield "supposed_rate", sum(account.grades.get(Grade.D, 0) for account in accounts) / with_figure
        yield "measured_rate", sum(account.grades.get(Grade.A, 0) for account in accounts) / with_figure


def _answers_in(balance: Balance) -> int:
    return balance.without_figure + sum(sum(account.grades.values()) for account in balance.accounts)
