"""What every command does with settings and errors: words on standard error, and exit code 2."""

import typer
from pydantic import ValidationError

from arena.errors import ArenaError
from arena.settings import Settings


def settings_or_exit() -> Settings:
    """The settings of the environment; one that cannot be used is named and ends the command with 2."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "ARENA_" + "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"{name}: {fault['msg']}", err=True)
        raise typer.Exit(2) from error


def refuse(error: ArenaError) -> typer.Exit:
    """Say what is wrong; raise what it returns."""
    return refuse_in_words(str(error) or error.key)


def refuse_in_words(words: str) -> typer.Exit:
    """Say what is wrong where no error of ours was raised; raise what it returns."""
    typer.echo(words, err=True)
    return typer.Exit(2)
