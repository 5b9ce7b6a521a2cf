"""Models from the shell: which of them answer."""

import asyncio

import typer

from arena.commands.refusing import refuse, settings_or_exit
from arena.errors import CatalogueError
from arena.opening import catalogue_of, start_rules_of
from arena.providers.client import open_client
from arena.services.arena import open_line_up
from arena.services.check import ModelCheck, check_models
from arena.services.footprints import FootprintService
from arena.settings import Settings, environment


def check() -> None:
    """Ask every available model for two words; exit 1 if fewer than two work."""
    settings = settings_or_exit()
    try:
        footprints = FootprintService.load()
        checks = asyncio.run(_check(settings, footprints))
    except CatalogueError as error:
        raise refuse(error) from error
    _print_checks(checks)
    working = sum(one.error_key is None for one in checks)
    typer.echo(f"{working} of {len(checks)} models work.")
    if working < 2:
        raise typer.Exit(1)


async def _check(settings: Settings, footprints: FootprintService) -> tuple[ModelCheck, ...]:
    catalogue = catalogue_of(settings, footprints)
    async with (
        open_client() as client,
        open_line_up(catalogue, client, footprints, environment(), start_rules_of(settings)) as line_up,
    ):
        return await check_models(client, line_up)


def _print_checks(checks: tuple[ModelCheck, ...]) -> None:
    width = max((len(one.model_id) for one in checks), default=5)
    typer.echo(f"{'model':{width}}  {'first token':>11}  {'tokens/s':>8}  {'usage':>5}  result")
    for one in sorted(checks, key=lambda check: check.model_id):
        first = f"{one.first_token_s:.2f} s" if one.first_token_s is not None else "-"
        speed = f"{one.tokens_per_s:.0f}" if one.tokens_per_s is not None else "-"
        usage = "yes" if one.reports_usage else "no"
        result = one.error_key or "ok"
        typer.echo(f"{one.model_id:{width}}  {first:>11}  {speed:>8}  {usage:>5}  {result}")
