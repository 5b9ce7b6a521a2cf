"""Privacy from the shell: the entry of the register of processing activities."""

import asyncio
from typing import Annotated, Literal

import typer

from arena.commands.refusing import refuse, settings_or_exit
from arena.errors import CatalogueError
from arena.opening import catalogue_of, practice_of, start_rules_of
from arena.providers.client import open_client
from arena.services.arena import open_line_up
from arena.services.footprints import FootprintService
from arena.services.privacy import Privacy, privacy_of
from arena.settings import Settings, environment
from arena.ui.privacy_words import register_markdown
from arena.ui.text import load_text

app = typer.Typer(no_args_is_help=True, help="What is kept of people, in writing.")


@app.callback()
def privacy() -> None:
    """What is kept of people, in writing."""


@app.command()
def register(
    locale: Annotated[Literal["fr", "en"], typer.Option(help="Language of the entry.")] = "fr",
) -> None:
    """Print the entry of the register of processing activities, in Markdown, for the settings as they are."""
    settings = settings_or_exit()
    try:
        found = asyncio.run(_privacy(settings, FootprintService.load()))
    except CatalogueError as error:
        raise refuse(error) from error
    typer.echo(register_markdown(load_text(locale), found), nl=False)


async def _privacy(settings: Settings, footprints: FootprintService) -> Privacy:
    catalogue = catalogue_of(settings, footprints)
    async with (
        open_client() as client,
        open_line_up(catalogue, client, footprints, environment(), start_rules_of(settings)) as line_up,
    ):
        return privacy_of(practice_of(settings), line_up)
