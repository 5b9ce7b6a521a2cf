"""What a rehearsal found, as escaped HTML: what needs somebody first, then what works."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup

from arena.domain.figures import NARROW_SPACE, format_number, two_digits
from arena.domain.rehearsal import PHONES, Check, Detail, Finding, RehearsalReport
from arena.ui import cards
from arena.ui.reading_parts import bullets, joined
from arena.ui.text import Text

LEAST_WRITTEN = 0.01
REHEARSE = "/organise/rehearse"
_SHARED = ("broken", "untested")  # words that any check may use
# Drawn, so that a printer without colours and a reader who sees none tell them apart; beside each stands its word.
_MARKS = {
    True: Markup('<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/>'
                 '<path d="M7 12.5l3.5 3.5L17 8.5"/></svg>'),
    False: Markup('<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2.5L22.5 21.5h-21z"/>'
                  '<path d="M12 9.5v5.5M12 17.7v.6"/></svg>'),
}  # fmt: skip


class RehearsalCards:
    """Fragments in one language."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def report(self, report: RehearsalReport) -> Markup:
        """The verdict, what to do, what works."""
        at = report.at.astimezone()  # the clock of the machine that the organiser stands at
        when = self._text(
            "rehearsal.when",
            day=self._text("page.day", day=at),
            time=f"{at:%H:%M}",
            took=_written(self._text, report.took_s),
            address=report.address or "–",
        )
        return Markup(
            '<section class="page" id="report"><h2>{}</h2><p class="about">{}</p>{}{}'
            '<p class="about last">{}</p></section>'
        ).format(
            self._verdict(len(report.to_do)),
            when,
            self._list("rehearsal.to_do", report.to_do),
            self._list("rehearsal.fine", report.fine),
            self._text("rehearsal.limit"),
        )

    def what(self) -> Markup:
        """What a rehearsal does, and what it cannot know."""
        return Markup('<p class="lead">{}</p><p>{}</p>').format(
            self._text("rehearsal.lead", phones=PHONES), self._text("rehearsal.limit")
        )

    def form(self, event_id: str, *, is_again: bool, problem: str = "") -> Markup:
        """The button, with the width of the image if it is known."""
        return Markup(
            '{problem}<form class="ask" action="{action}" method="post">'
            '<input type="hidden" name="event" value="{event}"><input type="hidden" name="locale" value="{locale}">'
            '<label for="width">{label}</label><p class="small" id="width-help">{help}</p>'
            '<input id="width" name="width" type="text" inputmode="decimal" maxlength="10" size="6" autocomplete="off"'
            ' aria-describedby="width-help"><button type="submit">{start}</button></form>'
        ).format(
            problem=Markup(cards.problem(problem)) if problem else "",
            action=REHEARSE,
            event=event_id,
            locale=self._text.locale,
            label=self._text("rehearsal.width"),
            help=self._text("rehearsal.width.help"),
            start=self._text("rehearsal.again" if is_again else "rehearsal.start"),
        )

    def name(self, check: Check) -> str:
        """What a check looks at."""
        return self._text(f"rehearsal.check.{check}")

    def _verdict(self, to_do: int) -> str:
        if to_do == 0:
            return self._text("rehearsal.verdict.fine")
        return self._text("rehearsal.verdict.one") if to_do == 1 else self._text("rehearsal.verdict.some", count=to_do)

    def _list(self, heading: str, findings: Sequence[Finding]) -> Markup:
        if not findings:
            return Markup()
        items = joined(map(self._finding, findings))
        return Markup('<h3>{}</h3><ul class="findings">{}</ul>').format(self._text(heading), items)

    def _finding(self, one: Finding) -> Markup:
        return Markup(
            '<li class="{kind}">{mark}<div><h4>{name} <span class="word">{word}</span></h4>'
            "<p>{words}</p>{details}{do}</div></li>"
        ).format(
            kind="fine" if one.is_fine else "to-do",
            mark=_MARKS[one.is_fine],
            name=self.name(one.check),
            word=self._text(f"rehearsal.mark.{'fine' if one.is_fine else 'to_do'}"),
            words=self._said(one),
            details=bullets(map(self._detail, one.details)) if one.details else "",
            do="" if one.is_fine else Markup('<p class="do">{}</p>').format(self._to_do(one)),
        )

    def _said(self, one: Finding) -> str:
        if one.word in _SHARED:
            return self._text(f"rehearsal.{one.word}")
        return self._text(f"rehearsal.{one.check}.{one.word}", **_values(self._text, one.values))

    def _to_do(self, one: Finding) -> str:
        if one.word in _SHARED:
            return self._text(f"rehearsal.{one.word}.do")
        return self._text(f"rehearsal.{one.check}.{one.word}.do", **_values(self._text, one.values))

    def _detail(self, detail: Detail) -> str:
        key = detail.key
        if key.startswith("error."):  # of a model, in the words that organisers know from its health
            key = f"health.fault.{key.rpartition('.')[2]}"
        said = self._text(key) if key else ""
        return " : ".join(part for part in (detail.name, said) if part)


def _values(text: Text, values: Mapping[str, float | str]) -> Mapping[str, str]:
    return {name: value if isinstance(value, str) else _written(text, value) for name, value in values.items()}


def _written(text: Text, value: float) -> str:
    """Counts and what is above 100 in whole numbers, the rest with two significant digits, down to a hundredth."""
    if isinstance(value, int) or value >= 100:
        return format_number(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP), text.locale)
    if value < LEAST_WRITTEN:
        return f"<{NARROW_SPACE}{format_number(Decimal(str(LEAST_WRITTEN)), text.locale)}"
    return format_number(two_digits(value).normalize() + 0, text.locale)
