"""From the blind vote to the second choice, as a drawing with its numbers in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from arena.domain.ballot import FEWEST_SHOWN
from arena.domain.figures import is_plural
from arena.domain.statistics import wilson
from arena.domain.vote import Outcome
from arena.ui.reading_parts import joined, table
from arena.ui.report_bars import percent
from arena.ui.screen_votes import number
from arena.ui.text import Text

Flow = Mapping[tuple[Outcome, Outcome], int]
_HEIGHT, _WIDTH = 400, 600  # of the drawing: four places of 100 above each other
_PLACE = _HEIGHT / len(Outcome)
_FILLED = 0.86  # of a place, by the most that stands in one
_NODE = 14


@dataclass(frozen=True, slots=True)
class _Band:
    """People who went from one outcome to another: where their band begins on the left, ends on the right."""

    before: Outcome
    after: Outcome
    left: float
    right: float
    thickness: float


def flow(text: Text, counts: Flow) -> Markup:
    """Who chose again, from left to right; of fewer than five people only that they are too few."""
    heading = Markup('<h1 class="title">{}</h1>').format(text("screen.flow"))
    total = sum(counts.values())
    if total < FEWEST_SHOWN:
        return heading + Markup('<p class="sole">{}</p>').format(text("screen.flow.few"))
    return heading + Markup(
        '<p class="lead">{rate}</p><div class="flow"><div class="heads"><span>{first}</span><span>{second}</span></div>'
        '<ul class="left">{left}</ul>{drawing}<ul class="right">{right}</ul></div><div class="unseen">{table}</div>'
    ).format(
        rate=_rate(text, counts, total),
        first=text("screen.flow.before"),
        second=text("screen.flow.after"),
        left=joined(_label(text, one, _before(counts)[one]) for one in Outcome),
        right=joined(_label(text, one, _after(counts)[one], _before(counts)[one]) for one in Outcome),
        drawing=_drawing(counts),
        table=_table(text, counts),
    )


def _before(counts: Flow) -> dict[Outcome, int]:
    return {one: sum(counts.get((one, other), 0) for other in Outcome) for one in Outcome}


def _after(counts: Flow) -> dict[Outcome, int]:
    return {one: sum(counts.get((other, one), 0) for other in Outcome) for one in Outcome}


def _rate(text: Text, counts: Flow, total: int) -> str:
    switched = wilson(sum(count for (before, after), count in counts.items() if before is not after), total)
    form = "many" if is_plural(Decimal(switched.count), text.locale) else "one"
    return text(
        f"screen.flow.rate.{form}",
        count=number(text, switched.count),
        total=number(text, total),
        low=percent(switched.low or 0.0),
        high=percent(switched.high or 0.0),
    )


def _label(text: Text, outcome: Outcome, count: int, before: int | None = None) -> Markup:
    change = Markup("")
    if before is not None and count != before:
        sign = "+" if count > before else "−"
        change = Markup(' <span class="change">({}{})</span>').format(sign, number(text, abs(count - before)))
    return Markup('<li class="{}"><span>{}</span><b>{}{}</b></li>').format(
        outcome.value, text(f"vote.{outcome}"), number(text, count), change
    )


def _drawing(counts: Flow) -> Markup:
    bands = list(_bands(counts))
    scale = _scale(counts)
    nodes = (*_nodes(_before(counts), scale, 0), *_nodes(_after(counts), scale, _WIDTH - _NODE))
    return Markup(
        '<svg class="bands" aria-hidden="true" viewBox="0 0 {width} {height}" preserveAspectRatio="none">{inside}</svg>'
    ).format(width=_WIDTH, height=_HEIGHT, inside=joined([*map(_shape, bands), *nodes]))


def _scale(counts: Flow) -> float:
    return _PLACE * _FILLED / max(*_before(counts).values(), *_after(counts).values())


def _top(place: int, height: float) -> float:
    """Where something of that height begins, in the middle of its place."""
    return _PLACE * (place + 0.5) - height / 2


def _bands(counts: Flow) -> Iterator[_Band]:
    scale, places = _scale(counts), {one: place for place, one in enumerate(Outcome)}
    left = {one: _top(places[one], scale * count) for one, count in _before(counts).items()}
    right = {one: _top(places[one], scale * count) for one, count in _after(counts).items()}
    for before in Outcome:
        for after in Outcome:
            thickness = scale * counts.get((before, after), 0)
            if thickness:
                yield _Band(before, after, left[before], right[after], thickness)
            left[before] += thickness
            right[after] += thickness


def _shape(band: _Band) -> Markup:
    """Two curves that leave and arrive level."""
    x, end, middle = _NODE, _WIDTH - _NODE, _WIDTH / 2
    low_left, low_right = band.left + band.thickness, band.right + band.thickness
    path = (
        f"M{x} {band.left:.1f}C{middle} {band.left:.1f} {middle} {band.right:.1f} {end} {band.right:.1f}"
        f"V{low_right:.1f}C{middle} {low_right:.1f} {middle} {low_left:.1f} {x} {low_left:.1f}Z"
    )
    kind = "stays" if band.before is band.after else "moves"
    return Markup('<path class="{} {}" d="{}"/>').format(band.before.value, kind, path)


def _nodes(sums: Mapping[Outcome, int], scale: float, x: float) -> Iterator[Markup]:
    for place, one in enumerate(Outcome):
        height = scale * sums[one]
        if height:
            yield Markup('<rect class="{}" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
                one.value, x, _top(place, height), _NODE, height
            )


def _table(text: Text, counts: Flow) -> Markup:
    """The same to be heard."""
    columns = [text("screen.flow.before"), *(text(f"vote.{one}") for one in Outcome)]
    rows = [
        [text(f"vote.{before}"), *(number(text, counts.get((before, after), 0)) for after in Outcome)]
        for before in Outcome
    ]
    return table(text("screen.flow"), columns, rows)
