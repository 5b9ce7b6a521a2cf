"""Rankings from the shell: any file of votes, ranked as the arena ranks its own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.commands.refusing import refuse
from arena.domain.ranking import Estimate
from arena.domain.standing import Standing, Status
from arena.errors import VoteFileError
from arena.services.vote_files import read_votes


def leaderboard(
    votes: Annotated[Path, typer.Option(help="A CSV file: model_a, model_b, outcome, perhaps participant.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Rank the models of a file of votes, with 95 % intervals; LMArena's and compar:IA's columns are read too."""
    try:
        standings = read_votes(votes).standings()
    except VoteFileError as error:
        raise refuse(error) from error
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in standings], ensure_ascii=False))
    else:
        _print_table(standings)


def _plain(one: Standing) -> dict[str, Any]:
    return {
        "model": one.model,
        **_ends("rating", one.rating),
        **_ends("mean_win_prob", one.mean_win_probability),
        "rank_low": one.rank_low,
        "rank_high": one.rank_high,
        "battles": one.battles,
    }


def _ends(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _print_table(standings: Sequence[Standing]) -> None:
    """Of models with too few battles only those are printed, last: the rest would look like knowledge."""
    width = max(5, *(len(one.model) for one in standings))
    typer.echo(f"{'ranks':>9}  {'model':{width}}  {'rating':>18}  {'beats others':>16}  {'battles':>7}  tier  status")
    for one in sorted(standings, key=lambda standing: standing.status is Status.COUNTS_ONLY):
        ranks, rating, beats, tier = "-", "-", "-", "-"
        if one.status is not Status.COUNTS_ONLY:
            ranks = f"{one.rank_low} to {one.rank_high}"
            rating = f"{one.rating.value:.0f} ({one.rating.low:.0f} to {one.rating.high:.0f})"
            beats = _percent(one.mean_win_probability)
            tier = str(one.tier)
        status = one.status.value.replace("_", " ")
        typer.echo(f"{ranks:>9}  {one.model:{width}}  {rating:>18}  {beats:>16}  {one.battles:>7}  {tier:>4}  {status}")
    typer.echo("Intervals hold 95 %. Models of one tier cannot be told apart from its first one.")


def _percent(share: Estimate) -> str:
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"
