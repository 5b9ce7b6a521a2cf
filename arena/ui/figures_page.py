"""The "check a figure" page: figures that go around, beside what today's method gives."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from arena.domain.circulated import Amount, CirculatedFigures, Placed, Position, Sum, SumResult
from arena.domain.figures import NARROW_SPACE, NO_BREAK_SPACE, format_number, format_range, two_digits
from arena.services.arena import Arena
from arena.services.circulated import CheckedFigure, TodayResult, ZoneResult, check_figure
from arena.services.estimator import METHOD
from arena.services.footprints import FootprintService
from arena.ui.assets import OwnAssets
from arena.ui.reading import FIGURES, ReadingRoute, reading_page
from arena.ui.reading_parts import definitions, joined, link, paragraphs, table, written_number
from arena.ui.text import Text, without_orphans, zone_name

_FACTS = ("who", "when", "scope", "made")


def figures_route(own: OwnAssets, arena: Callable[[], Arena], circulated: CirculatedFigures) -> ReadingRoute:
    """``GET /{locale}/figures``."""

    async def respond(_request: Request, text: Text) -> Response:
        body = figures_body(text, circulated, arena().footprints)
        return reading_page(own, text, here=FIGURES, title=text("figures.title"), body=body)

    return ReadingRoute(FIGURES, respond)


def figures_body(text: Text, circulated: CirculatedFigures, service: FootprintService) -> Markup:
    """All the figures, checked now: sums done and today's ranges computed."""
    checked = [check_figure(service, figure) for figure in circulated.figures]
    return Markup(
        '<div class="lead">{lead}</div><nav class="contents" aria-label="{label}"><ol>{contents}</ol></nav>{figures}'
    ).format(
        lead=paragraphs([text("figures.lead"), text("figures.live", method=METHOD)]),
        label=text("figures.contents"),
        contents=joined(
            Markup('<li><a href="#{}">{}</a></li>').format(one.figure.id, _claim(text, one)) for one in checked
        ),
        figures=joined(_figure(text, one) for one in checked),
    )


def _figure(text: Text, checked: CheckedFigure) -> Markup:
    figure = checked.figure
    why = _filled(text, figure.why, checked.amounts)
    return Markup(
        '<article class="claim" aria-labelledby="{id}"><h2 id="{id}">{claim}</h2><p class="verdict">{verdict}</p>'
        "{facts}{sums}{today}<h3>{heading}</h3><p>{why}</p></article>"
    ).format(
        id=figure.id,
        claim=text("figures.claim", claim=_claim(text, checked)),
        verdict=text(f"figures.verdict.{figure.verdict}"),
        facts=definitions((_fact(text, checked, name) for name in _FACTS), "facts"),
        sums=_sums(text, checked),
        today=_today(text, checked),
        heading=text("figures.why"),
        why=why,
    )


def _claim(text: Text, checked: CheckedFigure) -> str:
    return _filled(text, checked.figure.claim, checked.amounts)


def _fact(text: Text, checked: CheckedFigure, name: str) -> tuple[str, str]:
    figure = checked.figure
    texts = {"who": figure.who, "when": figure.when, "scope": figure.scope, "made": figure.made}
    words = _filled(text, texts[name], checked.amounts)
    source = link(figure.url, text("figures.source")) if name == "who" and figure.url else Markup("")
    return text(f"figures.{name}"), Markup("{} {}").format(words, source)


def _filled(text: Text, words: Mapping[str, str], amounts: Mapping[str, Amount]) -> str:
    """A sentence of the data file with its amounts written in."""
    written = {name: written_amount(amount, text) for name, amount in amounts.items()}
    return without_orphans(words[text.locale].format_map(written))


def written_amount(amount: Amount, text: Text) -> str:
    """An amount with its unit, exactly as it was said, or with ≈ where a division does not end."""
    number = written_number(_decimal(amount.value), text.locale)
    return f"{number}{NARROW_SPACE}{amount.unit.symbols[text.locale]}"


def _decimal(value: Fraction) -> Decimal:
    """The value to 28 digits, which is exact for all that people write."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _sums(text: Text, checked: CheckedFigure) -> Markup:
    if not checked.sums:
        return Markup("")
    columns = [text(f"figures.{name}") for name in ("sum", "operation", "result", "claimed")]
    rows = [_sum_row(text, checked, sum_, done) for sum_, done in checked.sums]
    return table(text("figures.sums"), columns, rows)


def _sum_row(text: Text, checked: CheckedFigure, sum_: Sum, done: SumResult) -> list[str]:
    amounts = checked.amounts
    factors = " × ".join(written_amount(amounts[name], text) for name in sum_.factors)
    divisors = "".join(f" ÷ {written_amount(amounts[name], text)}" for name in sum_.divisors)
    return [
        _filled(text, sum_.label, amounts),
        factors + divisors,
        written_amount(done.result, text),
        _said(text, amounts, sum_, done),
    ]


def _said(text: Text, amounts: Mapping[str, Amount], sum_: Sum, done: SumResult) -> str:
    if sum_.claimed is None:
        return text("figures.nothing_claimed")
    claimed = written_amount(amounts[sum_.claimed], text)
    return text("figures.agrees" if done.agrees else "figures.disagrees", claimed=claimed)


def _today(text: Text, checked: CheckedFigure) -> Markup:
    if not checked.today:
        return Markup("")
    columns = [text(f"figures.{name}") for name in ("case", "arguments", "range", "beside")]
    rows = [_today_row(text, checked, result) for result in checked.today]
    return table(text("figures.today"), columns, rows)


def _today_row(text: Text, checked: CheckedFigure, result: TodayResult) -> list[str]:
    case = Markup('{}<span class="small">{}</span>').format(
        _filled(text, result.today.label, checked.amounts), _filled(text, result.today.assumed, checked.amounts)
    )
    ranges = joined(_range(text, zone, result.today.quantity) for zone in result.zones)
    return [case, _arguments(text, result.today.arguments), ranges, _beside(text, result)]


def _range(text: Text, zone: ZoneResult, quantity: str) -> Markup:
    written = format_range(zone.band, quantity, text.locale)
    return Markup('<span class="line whole">{}</span><span class="small">{}</span>').format(
        written.text,
        text("figures.grade", zone=zone_name(text, zone.zone), grade=text(f"footprint.grade.{zone.grade}")),
    )


def _arguments(text: Text, given: Mapping[str, object]) -> str:
    """The arguments of an estimate in words."""
    words = {name: _ends(text, str(value)) for name, value in given.items()}
    parts = [text("figures.argument.size", **words), text("figures.argument.tokens", **words)]
    parts.append(text("figures.argument.host", **words) if "pue" in words else text("figures.argument.generic_host"))
    if "tps" in words:
        parts.append(text("figures.argument.speed", **words))
    return ", ".join(parts)


def _ends(text: Text, span: str) -> str:
    """``44:132`` as people write it."""
    if not span.replace(":", "").replace(".", "").isdigit():
        return span
    return f"{NO_BREAK_SPACE}–{NO_BREAK_SPACE}".join(
        written_number(Decimal(end), text.locale) for end in span.split(":")
    )


def _beside(text: Text, result: TodayResult) -> Markup:
    placed = [_placed(text, zone.placed) for zone in result.zones if zone.placed is not None]
    if result.quotient is not None:
        first, last = (zone_name(text, zone.zone) for zone in (result.zones[0], result.zones[-1]))
        placed.append(text("figures.quotient", first=first, last=last, factor=_factor(text, result.quotient)))
    return joined(Markup('<span class="line">{}</span>').format(words) for words in placed)


def _placed(text: Text, placed: Placed) -> str:
    if placed.position is Position.INSIDE:
        return text("figures.placed.inside")
    least, most = _factor(text, placed.least), _factor(text, placed.most)
    return text(f"figures.placed.{placed.position}", least=least, most=most)


def _factor(text: Text, factor: float) -> str:
    return format_number(two_digits(factor), text.locale)
