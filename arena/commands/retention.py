"""Retention from the shell: what is emptied, and what would be."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from arena.commands.refusing import refuse, settings_or_exit
from arena.errors import InvalidChoice, StorageError
from arena.opening import open_stores, retention_of
from arena.settings import Settings


def purge(
    before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Empty all that began before this day (UTC), whatever its delay."),
    ] = None,
    event: Annotated[str | None, typer.Option(help="Only the battles of the event with this code.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be emptied.")] = False,
) -> None:
    """Empty the texts whose delay has passed: prompts, answers, comments. Votes, tokens and footprints stay."""
    settings = settings_or_exit()
    try:
        _purge(settings, before, event, dry_run=dry_run)
    except (InvalidChoice, StorageError) as error:
        raise refuse(error) from error


def _purge(settings: Settings, before: datetime | None, event: str | None, *, dry_run: bool) -> None:
    with open_stores(settings) as stores:
        retention = retention_of(settings, stores.retention)
        due = retention.due(code=event, before=None if before is None else before.replace(tzinfo=UTC).date())
        purged = retention.count(due) if dry_run else retention.purge(due)
    typer.echo(
        f"{'Would be emptied' if dry_run else 'Emptied'}: {purged.battles} battles"
        f" ({purged.prompts} prompts, {purged.answers} answers, {purged.comments} comments)."
    )
