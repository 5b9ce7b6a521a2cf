"""The report of one event as escaped HTML, without the document around it."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from markupsafe import Markup

from arena.domain.debate import Question
from arena.domain.equivalents import Equivalent
from arena.domain.event_results import Leaning
from arena.domain.figures import format_number, format_range
from arena.domain.gestures import Gesture
from arena.domain.provenance import Band
from arena.domain.report import FREE, Change, Disagreement, Report, Split, Withheld
from arena.domain.summary import Account, Balance, Kind, Total
from arena.domain.vote import Outcome
from arena.services.reports import Handout
from arena.ui.reading_parts import bullets, joined, paragraphs
from arena.ui.report_bars import Bar, bars, counted, percent
from arena.ui.report_rounds import date_words, rounds
from arena.ui.summary_words import QUANTITIES, one_line
from arena.ui.text import Text, without_orphans

EquivalentOf = Callable[[Band, str], Equivalent | None]
MOST_THEMES = 5
PROMPT_CHARS = 130
RARE = 0.01  # a p-value below which a difference is called one: z of about 2.6, as in the rankings


class ReportCards:
    """One language's report. Everything it shows is in the handout."""

    def __init__(self, text: Text, themes: Mapping[str, str], equivalent_of: EquivalentOf) -> None:
        self._text = text
        self._themes = {**themes, FREE: text("report.theme.free")}
        self._equivalent_of = equivalent_of

    def article(self, handout: Handout) -> Markup:
        """All of it, in reading order."""
        report = handout.report
        votes = [
            self._section("voted", self._voted(report)),
            self._section("split", self._split(report.disagreement)),
        ]
        sections = [
            self._section("asked", self._asked(report)),
            Markup('<div class="halves">{}</div>').format(joined(votes)),
            self._section("changed", self._changed(report.change)),
            *([self._section("rounds", rounds(self._text, report.rounds))] if report.rounds else ()),
            self._section("footprint", self._footprint(report)),
            self._section("questions", self._questions(handout.questions)),
            self._section("gestures", self._gestures(handout.gestures)),
        ]
        return Markup('<article id="content">{}{}{}</article>').format(
            self._head(report), joined(sections), self._colophon(report)
        )

    def _section(self, name: str, body: Markup) -> Markup:
        key = f"report.{name}"
        return Markup(
            '<section class="{name}" aria-labelledby="{name}"><h2 id="{name}">{heading}</h2>{body}</section>'
        ).format(name=name, heading=self._text(key), body=body)

    # -- head and foot ------------------------------------------------------------------------

    def _head(self, report: Report) -> Markup:
        tiles = [("people", report.people), ("battles", report.battles), ("votes", report.votes_cast)]
        where = [date_words(self._text, report.held_on), *([report.place] if report.place.strip() else [])]
        return Markup(
            '<header><p class="kicker">{site} · {kind}</p><h1 dir="auto">{title}</h1><p class="where">{where}</p>'
            '<dl class="tiles">{tiles}</dl></header>'
        ).format(
            site=self._text("page.heading"),
            kind=self._text("report.title"),
            title=without_orphans(report.title),
            where=" · ".join(where),
            tiles=joined(
                Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(self._text(f"report.{name}"), self._number(count))
                for name, count in tiles
            ),
        )

    def _number(self, count: int) -> str:
        return format_number(Decimal(count), self._text.locale)

    def _colophon(self, report: Report) -> Markup:
        accounts = (*report.caused.accounts, *report.avoided.accounts)
        methods = sorted({method for account in accounts for method in account.methods})
        lines = [self._text("report.colophon")]
        if methods:
            lines.append(self._text("report.colophon.method", methods=" + ".join(methods)))
        if report.demo_battles:
            lines.append(self._text("report.demo", count=self._number(report.demo_battles)))
        return Markup('<footer class="fine">{}</footer>').format(paragraphs(lines))

    # -- what was asked and said --------------------------------------------------------------

    def _asked(self, report: Report) -> Markup:
        if isinstance(report.themes, Withheld):
            return self._withheld(report.themes)
        shown, others = report.themes[:MOST_THEMES], sum(count for _, count in report.themes[MOST_THEMES:])
        rows = [Bar(self._themes.get(theme, theme), count) for theme, count in shown]
        if others:
            rows.append(Bar(self._text("report.theme.others"), others))
        caption = self._text("report.asked.caption", count=self._number(report.battles))
        return Markup('<div class="halves"><div>{}</div><div>{}</div></div>').format(
            bars(self._text, caption, rows, [self._text("report.battles")]), self._prompts(report)
        )

    def _prompts(self, report: Report) -> Markup:
        quotes = Markup("")
        if report.prompts:
            quotes = Markup('<h3>{}</h3><ul class="quotes">{}</ul>').format(
                self._text("report.asked.prompts"),
                joined(Markup('<li dir="auto">{}</li>').format(_quoted(one)) for one in report.prompts),
            )
        return quotes + paragraphs([self._text("report.asked.purged")] if report.has_purged else [])

    def _leanings(self) -> dict[str, str]:
        return {leaning.value: self._text(f"report.leaning.{leaning}") for leaning in Leaning}

    def _voted(self, report: Report) -> Markup:
        if isinstance(report.votes, Withheld):
            return self._withheld(report.votes)
        caption = self._counted_words("report.voted.caption", report.votes)
        rows = list(counted(self._leanings(), report.votes.counts))
        hands = [self._text("report.hands", count=self._number(report.vote_hands))] if report.vote_hands else []
        return bars(self._text, caption, rows, [self._text("report.votes")]) + paragraphs(hands)

    def _counted_words(self, key: str, split: Split) -> str:
        return self._text(key, people=self._number(split.people), count=self._number(split.total))

    def _changed(self, change: Change | Withheld) -> Markup:
        if isinstance(change, Withheld):
            return self._withheld(change)
        before, after = change.before.counts, change.after.counts
        rows = [
            Bar(label, after.get(key, 0), before.get(key, 0))
            for key, label in self._leanings().items()
            if key in before or key in after
        ]
        columns = [self._text("report.changed.before"), self._text("report.changed.after")]
        caption = self._counted_words("report.changed.caption", change.after)
        return self._rate(change) + bars(self._text, caption, rows, columns)

    def _rate(self, change: Change) -> Markup:
        rate = change.switched
        words = self._text(
            "report.changed.rate",
            count=self._number(rate.count),
            total=self._number(rate.total),
            low=percent(rate.low or 0.0),
            high=percent(rate.high or 0.0),
        )
        lines = [self._text("report.changed.directions", less=change.to_less, more=change.to_more)]
        if change.to_less + change.to_more:
            key = "report.changed.clear" if change.p_value < RARE else "report.changed.chance"
            lines.append(self._text(key, p=self._p_value(change.p_value)))
        return Markup('<p class="rate"><strong>{}</strong> {}</p><p>{}</p>').format(
            self._text("report.changed.percent", percent=percent(rate.share or 0.0)), words, " ".join(lines)
        )

    def _p_value(self, p_value: float) -> str:
        least = Decimal("0.001")
        sign = "<" if Decimal(p_value) < least else "="
        written = max(Decimal(p_value).quantize(least), least).normalize()
        return f"{sign} {format_number(written, self._text.locale)}"

    def _split(self, found: Disagreement | Withheld) -> Markup:
        if isinstance(found, Withheld):
            key = "report.split.few" if found is Withheld.FEW else "report.withheld.nothing"
            return Markup('<p class="withheld">{}</p>').format(self._text(key))
        split = found.split
        asked = _quoted(found.prompt) or self._text("report.split.purged")
        labels = {one.value: self._text(f"vote.{one}") for one in Outcome} if found.is_shared else self._leanings()
        differ = self._text("report.split.agreed")
        if split.disagreement:
            differ = self._text("report.split.differ", tenths=round(10 * split.disagreement))
        key = "report.split.shared" if found.is_shared else "report.split.repeated"
        caption = f"{self._text(key, people=self._number(split.people))} {differ}"
        rows = list(counted(labels, split.counts))
        return Markup('<p class="quotes" dir="auto">{}</p>{}').format(
            asked, bars(self._text, caption, rows, [self._text("report.votes")])
        )

    def _withheld(self, why: Withheld) -> Markup:
        return Markup('<p class="withheld">{}</p>').format(self._text(f"report.withheld.{why}"))

    # -- footprints ---------------------------------------------------------------------------

    def _footprint(self, report: Report) -> Markup:
        caused = joined(self._account(account) for account in report.caused.accounts)
        if report.caused.is_empty:
            caused = self._withheld(Withheld.NOTHING)
        scope = Markup("")
        if report.caused.accounts:
            scope = Markup('<p class="fine">{}</p>').format(self._text("footprint.scope"))
        return caused + self._uncounted(report.caused) + self._avoided(report.avoided) + scope

    def _uncounted(self, balance: Balance) -> Markup:
        if not balance.without_figure:
            return Markup("")
        return paragraphs([self._text("summary.without_figure", count=self._number(balance.without_figure))])

    def _avoided(self, avoided: Balance) -> Markup:
        """In one line an account: what was not spent deserves less room than what was."""
        lines = []
        for account in avoided.accounts:
            ranges = [self._named(quantity, total) for quantity, total in account.totals.items()]
            count = self._number(sum(account.grades.values()))
            lines.append(f"{self._text('report.avoided', count=count)}. {' · '.join(ranges)}.")
        return paragraphs(lines)

    def _named(self, quantity: str, total: Total) -> str:
        written = format_range(total.band, quantity, self._text.locale)
        return f"{self._text(QUANTITIES[quantity])} {written.text}"

    def _account(self, account: Account) -> Markup:
        grades = " · ".join(
            self._text("summary.grade", grade=self._text(f"footprint.grade.{grade}"), count=count)
            for grade, count in account.grades.items()
        )
        notes = [self._text("summary.grades", grades=grades)]
        if account.kind is Kind.MEASURED:
            notes.append(self._text("summary.scope.measured"))
        return Markup('<p class="kind">{kind}</p><dl class="amounts">{amounts}</dl><p class="fine">{notes}</p>').format(
            kind=self._text(f"summary.kind.{account.kind}"),
            amounts=joined(self._amounts(account)),
            notes=" ".join(notes),
        )

    def _amounts(self, account: Account) -> Iterator[Markup]:
        for quantity, total in account.totals.items():
            written = format_range(total.band, quantity, self._text.locale)
            equivalent = self._equivalent_of(total.band, quantity)
            about = Markup("")
            if equivalent is not None:
                about = Markup('<dd class="fine">{}</dd>').format(self._about(equivalent))
            yield Markup(
                '<div><dt>{name}</dt><dd><strong aria-hidden="true">{range}</strong>'
                '<span class="unseen">{spoken}</span> <span class="fine">{answers}</span></dd>{about}</div>'
            ).format(
                name=self._text(QUANTITIES[quantity]),
                range=written.text,
                spoken=written.spoken,
                answers=self._text("report.footprint.answers", count=self._number(total.answers)),
                about=about,
            )

    def _about(self, equivalent: Equivalent) -> str:
        """The everyday thing, with the publisher of its figure and the year."""
        entry = equivalent.entry
        own = {"convention": "report.checked.convention", "physics": "report.checked.physics"}.get(entry.checked)
        source = self._text(own) if own else entry.source[self._text.locale].partition(",")[0]
        words = self._text("report.footprint.about", equivalent=equivalent.formatted(self._text.locale).text)
        return f"{words} ({source}, {entry.year})"

    # -- to go on with ------------------------------------------------------------------------

    def _questions(self, questions: tuple[Question, ...]) -> Markup:
        locale = self._text.locale
        return Markup("<ol>{}</ol>").format(
            joined(
                Markup('<li><p class="ask">{}</p><p class="fine">{}</p></li>').format(
                    without_orphans(one.words[locale]), without_orphans(one.why[locale])
                )
                for one in questions
            )
        )

    def _gestures(self, gestures: tuple[Gesture, ...]) -> Markup:
        locale = self._text.locale
        return bullets(
            Markup('{}<strong>{}</strong><span class="fine">{}</span>').format(
                without_orphans(one.words[locale]),
                without_orphans(one.how_much(locale)),
                self._text("report.gestures.source", source=without_orphans(one.source[locale]), year=one.year),
            )
            for one in gestures
        )


def _quoted(prompt: str) -> str:
    """What somebody asked, in one line and not for ever."""
    return without_orphans(one_line(prompt, PROMPT_CHARS))
