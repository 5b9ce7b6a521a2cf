"""Bars of the report as small drawings that print with little ink: an outline before, a filled bar after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from markupsafe import Markup

from arena.ui.reading_parts import joined
from arena.ui.text import Text

WIDTH, HEIGHT = 300, 12  # of one bar, in units of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: what is counted, and how many (with an earlier count beside it, where there is one)."""

    label: str
    count: int
    before: int | None = None


def bars(text: Text, caption: str, rows: Sequence[Bar], columns: Sequence[str]) -> Markup:
    """A table with one row a bar; ``columns`` names what is counted, the earlier one first."""
    totals = [sum(row.count for row in rows), sum(row.before or 0 for row in rows)]
    longest = max((max(row.count, row.before or 0) for row in rows), default=0)
    heads = joined(Markup('<th scope="col">{}</th>').format(column) for column in columns)
    return Markup(
        '<table class="bars"><caption>{caption}</caption><thead><tr><td></td><td></td>{heads}</tr></thead>'
        "<tbody>{rows}</tbody></table>"
    ).format(caption=caption, heads=heads, rows=joined(_row(text, row, longest, totals) for row in rows))


def _row(text: Text, row: Bar, longest: int, totals: Sequence[int]) -> Markup:
    before = Markup("")
    if row.before is not None:
        before = Markup("<td>{}</td>").format(share(text, row.before, totals[1]))
    return Markup('<tr><th scope="row">{}</th><td class="drawn">{}</td>{}<td>{}</td></tr>').format(
        row.label, _drawing(row, longest), before, share(text, row.count, totals[0])
    )


def _drawing(row: Bar, longest: int) -> Markup:
    """An outlined bar for the earlier count, a filled one for the count."""
    lengths = [] if row.before is None else [("outlined", row.before)]
    lengths.append(("filled", row.count))
    return Markup(
        '<svg aria-hidden="true" viewBox="0 0 {width} {height}" preserveAspectRatio="none">{rects}</svg>'
    ).format(
        width=WIDTH,
        height=HEIGHT * len(lengths),
        rects=joined(
            Markup('<rect class="{}" x="0.5" y="{}" width="{}" height="{}"/>').format(
                name, HEIGHT * place + 1, _length(count, longest), HEIGHT - 3
            )
            for place, (name, count) in enumerate(lengths)
        ),
    )


def _length(count: int, longest: int) -> float:
    return round((WIDTH - 1) * count / longest, 1) if longest else 0.0


def share(text: Text, count: int, total: int) -> str:
    """A count with its whole percentage."""
    return text("report.share", count=count, percent=percent(count / total if total else 0.0))


def percent(part: float) -> str:
    """A share as a whole percentage, halves upwards."""
    return str((Decimal(repr(part)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def counted(labels: Mapping[str, str], counts: Mapping[str, int]) -> Iterable[Bar]:
    """One bar for each count that has a label, in the order of the labels."""
    return (Bar(label, counts[key]) for key, label in labels.items() if key in counts)
