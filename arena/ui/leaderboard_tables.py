"""The tables of the leaderboard: ranked models by tier, the others, each against each, and what does not count."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from markupsafe import Markup

from arena.domain.census import LEAST_PEOPLE
from arena.domain.counted import LeftOut
from arena.domain.figures import NO_BREAK_SPACE, Unit, common_unit, format_number, format_range
from arena.domain.ranking import Estimate
from arena.domain.standing import ESTABLISHED_FROM, PROVISIONAL_FROM, Standing, Status
from arena.domain.win_matrix import Met
from arena.services.leaderboards import Entry, Leaderboard
from arena.ui.dashboard_numbers import number, percent
from arena.ui.footprint_words import amount
from arena.ui.model_words import size
from arena.ui.reading_parts import grouped_table, joined, paragraphs, table
from arena.ui.text import Text

MOST_FACING = 10  # models in the table of each against each: more columns cannot be read

Row = Sequence[str]


def ranked_table(text: Text, board: Leaderboard) -> Markup:
    """The models with a place, in groups that a claimed difference parts."""
    unit = energy_unit(board)
    placed = [(entry, entry.standing) for entry in board.entries if entry.standing is not None]
    columns = [
        *(text(f"leaderboard.column.{name}") for name in ("model", "share", "ranks", "votes", "people", "energy")),
        text("model.openness"),
        text("model.size"),
    ]
    groups = [
        (text("leaderboard.tier", tier=tier), [_ranked_row(text, entry, standing, unit) for entry, standing in of_tier])
        for tier, of_tier in groupby(placed, key=lambda one: one[1].tier)
    ]
    return grouped_table(text("leaderboard.ranked.caption"), columns, groups)


def _ranked_row(text: Text, entry: Entry, standing: Standing, unit: Unit | None) -> Row:
    return [
        _name(text, entry),
        Markup('<span class="share">{}</span>{}').format(share(text, standing.share), _reach(standing.share)),
        ranks(text, standing),
        *_facts(text, entry, unit),
    ]


def unranked_table(text: Text, board: Leaderboard) -> Markup:
    """The models with counts only."""
    unit = energy_unit(board)
    columns = [
        *(text(f"leaderboard.column.{name}") for name in ("model", "votes", "people", "energy")),
        text("model.openness"),
        text("model.size"),
    ]
    rows = [[_name(text, one), *_facts(text, one, unit)] for one in board.entries if one.standing is None]
    caption = text("leaderboard.unranked.caption", votes=PROVISIONAL_FROM, least=LEAST_PEOPLE)
    return table(caption, columns, rows) if rows else Markup("")


def _name(text: Text, entry: Entry) -> Markup:
    who = f"{NO_BREAK_SPACE}· ".join(dict.fromkeys(filter(None, (entry.model.maker, entry.host))))
    made = Markup('<span class="small">{}</span>').format(who) if who else Markup("")
    mark = Markup(' <span class="mark">{}</span>').format(text("leaderboard.provisional"))
    return Markup("{}{}{}").format(
        entry.model.display_name, mark if entry.status is Status.PROVISIONAL else Markup(""), made
    )


def _facts(text: Text, entry: Entry, unit: Unit | None) -> Row:
    return [
        number(text, entry.battles),
        _people(text, entry),
        energy(text, entry, unit),
        text(f"model.openness.{entry.model.openness}"),
        size(text, entry.model),
    ]


def _people(text: Text, entry: Entry) -> str:
    if entry.is_of_few:
        return text("dashboard.participants.few", least=LEAST_PEOPLE)
    return text("leaderboard.uncounted") if entry.participants is None else number(text, entry.participants)


def share(text: Text, found: Estimate) -> str:
    """A share in whole per cent with its interval."""
    low, high = (format_number(Decimal(round(100 * end)), text.locale) for end in (found.low, found.high))
    return text("leaderboard.share", percent=percent(text, found.value), low=low, high=high)


def ranks(text: Text, standing: Standing) -> Markup:
    """From the best to the worst rank that the votes allow."""
    low, high = standing.rank_low, standing.rank_high
    words = str(low) if low == high else text("leaderboard.ranks", low=low, high=high)
    return Markup('<span class="whole">{}</span>').format(words)


def _reach(found: Estimate) -> Markup:
    """The interval from 0 to 100 %, with a line for an average model."""
    return Markup(
        '<svg class="reach" width="100%" height="10" aria-hidden="true" focusable="false">'
        '<line class="half" x1="50%" x2="50%" y1="0" y2="10"/>'
        '<line class="reach" x1="{low:.1f}%" x2="{high:.1f}%" y1="5" y2="5"/>'
        '<circle class="best" cx="{value:.1f}%" cy="5" r="4"/></svg>'
    ).format(low=100 * found.low, high=100 * found.high, value=100 * found.value)


def energy_unit(board: Leaderboard) -> Unit | None:
    """The one unit that all energies of a board are written in; None when there is no figure."""
    bands = [entry.energy.band for entry in board.entries if entry.energy is not None and entry.energy.band is not None]
    return common_unit(bands, "energy_wh") if bands else None


def energy(text: Text, entry: Entry, unit: Unit | None) -> str:
    """The range with its grade, or why there is none."""
    if entry.energy is None:
        return text("leaderboard.gone")
    if entry.energy.band is None:
        return f"{text('footprint.no_figure')} {text(entry.energy.no_figure or 'footprint.none.unknown_size')}"
    written = format_range(entry.energy.band, "energy_wh", text.locale, unit=unit)
    return Markup('{}<span class="small">{}</span>').format(
        amount(written), text("leaderboard.grade", grade=text(f"footprint.grade.{entry.energy.grade}"))
    )


def labels(board: Leaderboard) -> Mapping[str, str]:
    """A name for each model, by id, with its host where two hosts serve models of one name."""
    times = Counter(entry.model.display_name for entry in board.entries)
    return {
        entry.model.id: f"{entry.model.display_name} ({entry.host})"
        if times[entry.model.display_name] > 1 and entry.host
        else entry.model.display_name
        for entry in board.entries
    }


def facing_table(text: Text, board: Leaderboard) -> Markup:
    """Each model against each, of those with most votes, in the order of the page."""
    most = {one.model.id for one in sorted(board.entries, key=lambda one: -one.battles)[:MOST_FACING]}
    shown = [entry for entry in board.entries if entry.model.id in most]
    names = labels(board)
    columns = [text("leaderboard.column.model"), *(names[entry.model.id] for entry in shown)]
    rows = [[names[one.model.id], *(_facing(text, board, one, other) for other in shown)] for one in shown]
    return Markup('<details class="facing"><summary>{}</summary>{}{}</details>').format(
        text("leaderboard.facing.open"),
        table(text("leaderboard.facing.caption"), columns, rows),
        paragraphs(_facing_notes(text, board, len(shown))),
    )


def _facing_notes(text: Text, board: Leaderboard, shown: int) -> Iterator[str]:
    if shown < len(board.entries):
        yield text("leaderboard.facing.most", shown=shown, count=len(board.entries))
    if None in board.matrix.values():
        yield text("dashboard.withheld.why", least=LEAST_PEOPLE)
    if board.participants is None:
        yield text("leaderboard.facing.sample")


def _facing(text: Text, board: Leaderboard, one: Entry, other: Entry) -> Markup:
    pair = one.model.id, other.model.id
    if one is other:
        return Markup('<span class="none" aria-hidden="true">×</span><span class="unseen">{}</span>').format(
            text("leaderboard.facing.itself")
        )
    if pair not in board.matrix:
        return Markup('<span class="none" aria-hidden="true">–</span><span class="unseen">{}</span>').format(
            text("leaderboard.facing.never")
        )
    return _met(text, board.matrix[pair])


def _met(text: Text, met: Met | None) -> Markup:
    """The more a share differs from a half, the more shade; withheld cells have none."""
    if met is None:
        return Markup('<span class="withheld">{}</span>').format(number(text, None))
    return Markup('<span class="met" style="--lean: {lean:.2f}">{share} <small>{count}</small></span>').format(
        lean=max(2 * met.share - 1, 0.0),
        share=percent(text, met.share),
        count=text("leaderboard.facing.count", count=number(text, met.votes)),
    )


def left_out_table(text: Text, board: Leaderboard) -> Markup:
    """Why votes do not count, with how many do not."""
    rows = [(text(f"leaderboard.left_out.{reason}"), number(text, board.left_out.get(reason, 0))) for reason in LeftOut]
    columns = [text("leaderboard.left_out.reason"), text("leaderboard.column.votes")]
    return table(text("leaderboard.left_out.caption"), columns, rows)


def how(text: Text) -> Markup:
    """How places are made, in words."""
    values = {"provisional": PROVISIONAL_FROM, "established": ESTABLISHED_FROM, "least": LEAST_PEOPLE}
    return joined(
        (
            paragraphs(text(f"leaderboard.how.{line}") for line in ("model", "prior", "people")),
            paragraphs([text("leaderboard.how.few", **values)]),
        )
    )
