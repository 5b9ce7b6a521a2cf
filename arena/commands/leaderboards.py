"""Rankings from the shell: the arena's own votes, or any file of votes ranked as they are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from arena.commands.moments import moment_of
from arena.commands.refusing import refuse, settings_or_exit
from arena.domain.counted import StandingFilter
from arena.domain.pairing import PairingMode
from arena.domain.ranking import Estimate
from arena.domain.standing import Standing, Status
from arena.errors import ArenaError, EventNotFound
from arena.opening import catalogue_of, open_stores
from arena.services.footprints import FootprintService
from arena.services.leaderboards import Leaderboards
from arena.services.vote_files import read_votes


@dataclass(frozen=True, slots=True)
class _Line:
    """A model as it is printed; ``standing`` is None where nothing but the battles may be said."""

    model: str
    battles: int
    standing: Standing | None


def leaderboard(
    votes: Annotated[
        Path | None,
        typer.Option(help="A CSV file: model_a, model_b, outcome, perhaps participant; else the arena's own votes."),
    ] = None,
    event: Annotated[str | None, typer.Option(help="Own votes of the event with this code.")] = None,
    locale: Annotated[Literal["fr", "en"] | None, typer.Option(help="Own votes in this language.")] = None,
    theme: Annotated[str | None, typer.Option(help="Own votes on suggestions of this theme.")] = None,
    mode: Annotated[PairingMode | None, typer.Option(help="Own votes on pairs drawn so.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=moment_of, metavar="MOMENT", help="Own votes from YYYY-MM-DD or an ISO time on, UTC."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(parser=moment_of, metavar="MOMENT", help="Own votes before that time.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Rank models with 95 % intervals, by the arena's own votes or by a file (LMArena's and compar:IA's columns too).

    Of models that fewer than five people voted on only the battles are printed.
    """
    wanted = StandingFilter(locale=locale, mode=mode, theme=theme, since=since, until=until)
    if votes is not None and (event or wanted != StandingFilter()):
        raise typer.BadParameter("a file has no filters: leave out --votes or the others")
    try:
        lines = _lines_of_file(votes) if votes else _own_lines(wanted, event)
    except ArenaError as error:
        raise refuse(error) from error
    if as_json:
        typer.echo(json.dumps([_plain(line) for line in lines], ensure_ascii=False))
    else:
        _print_table(lines)


def _lines_of_file(votes: Path) -> list[_Line]:
    """Raises VoteFileError."""
    return [_Line(one.model, one.battles, one) for one in read_votes(votes).standings()]


def _own_lines(wanted: StandingFilter, code: str | None) -> list[_Line]:
    """Raises StorageError, CatalogueError, EventNotFound for a code that no event has."""
    settings = settings_or_exit()
    footprints = FootprintService.load()
    catalogue = catalogue_of(settings, footprints)
    with open_stores(settings) as stores:
        event_id = stores.reports.event_id_of(code) if code else None
        if code and event_id is None:
            raise EventNotFound(f"no event has the code {code!r}")
        board = Leaderboards(stores.standings, footprints, catalogue).read(replace(wanted, event_id=event_id))
    return [_Line(entry.model.id, entry.battles, entry.standing) for entry in board.entries]


def _plain(line: _Line) -> dict[str, Any]:
    one = line.standing
    return {
        "model": line.model,
        **_ends("rating", one.rating if one else None),
        **_ends("mean_win_prob", one.mean_win_probability if one else None),
        "rank_low": one.rank_low if one else None,
        "rank_high": one.rank_high if one else None,
        "battles": line.battles,
    }


def _ends(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    ends = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def _print_table(lines: Sequence[_Line]) -> None:
    """Of models with too few battles only those are printed, last: the rest would look like knowledge."""
    width = max([5, *(len(line.model) for line in lines)])
    typer.echo(f"{'ranks':>9}  {'model':{width}}  {'rating':>18}  {'beats others':>16}  {'battles':>7}  tier  status")
    for line in sorted(lines, key=lambda line: _status(line) is Status.COUNTS_ONLY):
        ranks, rating, beats, tier = "-", "-", "-", "-"
        one, status = line.standing, _status(line)
        if one is not None and status is not Status.COUNTS_ONLY:
            ranks = f"{one.rank_low} to {one.rank_high}"
            rating = f"{one.rating.value:.0f} ({one.rating.low:.0f} to {one.rating.high:.0f})"
            beats = _percent(one.mean_win_probability)
            tier = str(one.tier)
        words = status.value.replace("_", " ")
        typer.echo(
            f"{ranks:>9}  {line.model:{width}}  {rating:>18}  {beats:>16}  {line.battles:>7}  {tier:>4}  {words}"
        )
    typer.echo("Intervals hold 95 %. Models of one tier cannot be told apart from its first one.")


def _status(line: _Line) -> Status:
    return line.standing.status if line.standing else Status.COUNTS_ONLY


def _percent(share: Estimate) -> str:
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"
