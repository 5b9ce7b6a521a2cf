"""Reports from the shell: the printable page of one event, as a file."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from arena.commands.refusing import refuse, settings_or_exit
from arena.errors import InvalidChoice, StorageError
from arena.opening import open_stores
from arena.services.footprints import FootprintService
from arena.services.reports import Reports, load_leaflets
from arena.services.suggestions import load_suggestions
from arena.settings import Settings
from arena.ui.report_page import report_document
from arena.ui.text import load_text


def report(
    event: Annotated[str, typer.Option(help="The code of the event.")],
    out: Annotated[Path, typer.Option(help="The HTML file to write.", dir_okay=False)],
    locale: Annotated[Literal["fr", "en"], typer.Option(help="Language of the report.")] = "fr",
) -> None:
    """Write the report of one event: a page that stands alone, to be printed on two sheets at most."""
    settings = settings_or_exit()
    try:
        document = _document(settings, event, locale)
        out.write_text(document, encoding="utf-8")
    except (InvalidChoice, StorageError) as error:
        raise refuse(error) from error
    except OSError as error:
        typer.echo(f"{out}: {error.strerror}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Report: {out}")


def _document(settings: Settings, code: str, locale: str) -> str:
    """Raises InvalidChoice for a code that no event has."""
    footprints, suggestions = FootprintService.load(), load_suggestions()
    with open_stores(settings) as stores:
        event_id = stores.reports.event_id_of(code)
        handout = event_id and Reports(stores.reports, footprints, load_leaflets(suggestions)).read(event_id)
    if not handout:
        raise InvalidChoice(f"no event has the code {code!r}")
    return report_document(load_text(locale), suggestions, handout, footprints.equivalent)
