"""Numbers of a dashboard as they are written: counts, shares, seconds, and what is withheld."""

from decimal import Decimal

from markupsafe import Markup

from arena.domain.census import LEAST_PEOPLE
from arena.domain.figures import NARROW_SPACE, format_number, two_digits
from arena.domain.statistics import Proportion
from arena.ui.text import Text

SMALLEST_P = 0.001


def number(text: Text, count: int | None) -> str:
    """A count with the locale's marks; the word for what is withheld."""
    return text("dashboard.withheld") if count is None else format_number(Decimal(count), text.locale)


def percent(text: Text, share: float | None) -> str:
    """A share of 1 in whole percent; below one, "< 1 %"."""
    if share is None:
        return "–"
    mark = f"{NARROW_SPACE}%" if text.locale == "fr" else "%"
    if 0 < share < 0.005:
        return f"<{NARROW_SPACE}1{mark}"
    return f"{share * 100:.0f}{mark}"


def interval(text: Text, found: Proportion) -> str:
    """A share with its ends."""
    if found.share is None:
        return "–"
    values = {"percent": found.share, "low": found.low, "high": found.high}
    return text("dashboard.share", **{name: percent(text, value) for name, value in values.items()})


def p_value(text: Text, value: float) -> str:
    """Two significant digits; "< 0.001" below."""
    if value < SMALLEST_P:
        return f"<{NARROW_SPACE}{format_number(Decimal(str(SMALLEST_P)), text.locale)}"
    return format_number(two_digits(value).normalize(), text.locale)


def seconds(text: Text, value: float | None) -> str:
    """Two significant digits."""
    return "–" if value is None else format_number(two_digits(value).normalize() + 0, text.locale)


def shaded(text: Text, count: int | None, total: int) -> Markup:
    """A cell of a flow: its count and, of a total, its share and a shade by it."""
    if count is None:
        return Markup('<span class="withheld">{}</span>').format(number(text, None))
    if not (count and total):
        return Markup('<span class="shade{}">{}</span>').format("" if count else " none", number(text, count))
    return Markup('<span class="shade" style="--share: {share}"><b>{count}</b> <small>{percent}</small></span>').format(
        share=f"{count / total:.3f}", count=number(text, count), percent=percent(text, count / total)
    )


def why_withheld(text: Text) -> str:
    """What the word for it means."""
    return text("dashboard.withheld.why", least=LEAST_PEOPLE)
