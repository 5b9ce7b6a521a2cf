"""What people said, as escaped HTML: votes, changes of mind, bets and needs, each a table with what it means."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from arena.domain.breakdowns import BETS, ESTIMATES, FIRST, SECOND, Bets, Shown, Switches
from arena.domain.census import LEAST_PEOPLE
from arena.domain.census_taking import NO_ESTIMATE, OTHER_SIDE, SKIPPED
from arena.domain.dashboard import Opinions
from arena.domain.statistics import Proportion
from arena.domain.vote import Outcome
from arena.ui.dashboard_numbers import number, p_value, percent, shaded, why_withheld
from arena.ui.reading_parts import joined, paragraphs, table
from arena.ui.text import Text


def outcomes(text: Text, opinions: Opinions) -> Markup:
    """The blind votes."""
    rows = [(text(f"vote.{outcome}"), opinions.outcomes[outcome]) for outcome in FIRST]
    notes = {"hands": opinions.vote_hands, "apart": opinions.votes_apart}
    told = [text(f"dashboard.outcomes.{name}", count=number(text, count)) for name, count in notes.items() if count]
    return _section(
        text("dashboard.outcomes"),
        _shares(text, text("dashboard.outcomes.caption"), rows),
        [*_legend(text, opinions.outcomes.values()), *told],
    )


def reflections(text: Text, opinions: Opinions) -> Markup:
    """Second choices, bets and needs."""
    parts = (
        _switches(text, opinions.switches),
        _seconds_alone(text, opinions),
        _bets(text, opinions.bets),
        _needs(text, opinions.needs),
    )
    return joined(parts)


def _switches(text: Text, switches: Switches) -> Markup:
    if switches.is_empty:
        return _section(text("dashboard.switches"), Markup(""), [text("dashboard.nothing_said")])
    seconds = [text(f"vote.{key}") if key != SKIPPED else text("dashboard.switches.skipped") for key in SECOND]
    rows = [
        [text(f"vote.{first}"), *(_switch(text, switches, (first, second)) for second in SECOND)] for first in FIRST
    ]
    flow = table(text("dashboard.switches.caption"), [text("dashboard.switches.from"), *seconds], rows)
    before = paragraphs(_switch_words(text, switches))
    return _section(text("dashboard.switches"), before + flow, _legend(text, switches.cells.values()))


def _seconds_alone(text: Text, opinions: Opinions) -> Markup:
    """Nothing at all without any: only rooms have them."""
    counts = opinions.seconds_alone
    if all(count == 0 for count in counts.values()):
        return Markup("")
    rows = [(text(f"vote.{outcome}"), count) for outcome, count in counts.items()]
    notes = [*_legend(text, counts.values()), text("dashboard.alone.why")]
    if opinions.second_hands:
        notes.append(text("dashboard.alone.hands", count=number(text, opinions.second_hands)))
    return _section(text("dashboard.alone"), _shares(text, text("dashboard.alone.caption"), rows), notes)


def _switch(text: Text, switches: Switches, pair: tuple[str, str]) -> Markup:
    """Shares are of those who chose again; they are told together with their total."""
    total = switches.rate.total if switches.rate and pair[1] != SKIPPED else 0
    return shaded(text, switches.cells[pair], total)


def _switch_words(text: Text, switches: Switches) -> Iterator[str]:
    rate = switches.rate
    if rate is None:
        yield text("dashboard.switches.few", least=LEAST_PEOPLE)
    elif rate.share is not None:
        yield _rate(text, "dashboard.switches.rate", rate)
        yield text("dashboard.switches.range", low=percent(text, rate.low), high=percent(text, rate.high))
    if switches.p_value is not None:
        a, b = Outcome.A.value, Outcome.B.value
        ways = {"there": number(text, switches.cells[a, b]), "back": number(text, switches.cells[b, a])}
        yield text("dashboard.switches.test", p=p_value(text, switches.p_value), **ways)
        yield text("dashboard.switches.test.words")


def _bets(text: Text, bets: Bets) -> Markup:
    if bets.is_empty:
        return _section(text("dashboard.bets"), Markup(""), [text("dashboard.nothing_said")])
    total = _total(bets.cells.values())
    rows = [[_times(text, bet), *(shaded(text, bets.cells[bet, key], total) for key in ESTIMATES)] for bet in BETS]
    columns = [text("dashboard.bets.bet"), *(_times(text, key) for key in ESTIMATES)]
    known = bets.right
    words = text("dashboard.bets.few") if known is None else _rate(text, "dashboard.bets.right", known)
    flow = table(text("dashboard.bets.caption"), columns, rows)
    return _section(text("dashboard.bets"), paragraphs([words]) + flow, _legend(text, bets.cells.values()))


def _needs(text: Text, needs: Mapping[str, Shown]) -> Markup:
    if all(count == 0 for count in needs.values()):
        return _section(text("dashboard.needs"), Markup(""), [text("dashboard.nothing_said")])
    rows = [(text(f"need.{need}"), count) for need, count in needs.items()]
    shares = _shares(text, text("dashboard.needs.caption"), rows)
    return _section(text("dashboard.needs"), shares, _legend(text, needs.values()))


def _times(text: Text, key: str) -> str:
    """A factor of bets or estimates."""
    named = {"1": "bet.same_order", OTHER_SIDE: "dashboard.bets.other_side", NO_ESTIMATE: "dashboard.bets.none"}
    return text(named[key]) if key in named else f"× {key}"


def _rate(text: Text, key: str, rate: Proportion) -> str:
    counts = {"count": number(text, rate.count), "total": number(text, rate.total)}
    return text(key, percent=percent(text, rate.share), **counts)


def _shares(text: Text, caption: str, rows: Sequence[tuple[str, Shown]]) -> Markup:
    """Counts and their shares; no share is written where one is withheld, since it would give a sum away."""
    total = _total(count for _, count in rows)
    columns = [text(f"dashboard.column.{name}") for name in ("choice", "count", "share")]
    return table(
        caption,
        columns,
        [(words, number(text, count), percent(text, count / total if count is not None and total else None))
         for words, count in rows],
    )  # fmt: skip


def _total(counts: Iterable[Shown]) -> int:
    """0 where a count is withheld: no share of a sum may be written then."""
    known = list(counts)
    return 0 if None in known else sum(count or 0 for count in known)


def _legend(text: Text, counts: Iterable[Shown]) -> list[str]:
    return [why_withheld(text)] if None in list(counts) else []


def _section(heading: str, content: Markup, notes: Iterable[str]) -> Markup:
    return Markup("<section><h3>{}</h3>{}{}</section>").format(
        heading, content, joined(Markup('<p class="small">{}</p>').format(note) for note in notes if note)
    )
