"""Moments as people type them."""

from datetime import UTC, datetime

import typer


def moment_of(text: str) -> datetime:
    """Read a day or a moment; without an offset it is UTC, as everything that is stored."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is neither YYYY-MM-DD nor an ISO time") from error
