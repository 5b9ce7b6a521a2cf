"""Events from the shell: make one, open it, close it, give its organiser a link."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, TypeVar

import typer

from arena.commands.refusing import refuse, settings_or_exit
from arena.domain.event import Event, EventState, Moderation
from arena.domain.event_form import EventForm
from arena.domain.pairing import PairingMode
from arena.errors import ArenaError
from arena.opening import catalogue_of, open_stores, rules_of
from arena.services.arena import open_events
from arena.services.events import Events
from arena.services.footprints import FootprintService
from arena.services.organisers import OF_THE_DEPLOYER, Organisers

event = typer.Typer(no_args_is_help=True, help="Events: create, list, show, open, close, link, links, revoke, delete.")

Code = Annotated[str, typer.Argument(help="The event's code, as participants type it.")]
_Result = TypeVar("_Result")


@event.command()
def create(
    title: Annotated[str, typer.Option(help="What participants read above the duel.")],
    date: Annotated[str, typer.Option(help="2026-03-14 or 14/03/2026.")],
    place: Annotated[str, typer.Option(help="Where it is.")] = "",
    locale: Annotated[str, typer.Option(help="fr or en.")] = "fr",
    mode: Annotated[str, typer.Option(help=", ".join(PairingMode))] = PairingMode.RANDOM.value,
    model: Annotated[
        list[str] | None, typer.Option(help="A model that may answer; again for another. All by default.")
    ] = None,
    answer_tokens: Annotated[str, typer.Option(help="Length cap of an answer, in tokens.")] = "",
    moderation: Annotated[str, typer.Option(help=", ".join(Moderation))] = Moderation.FREE.value,
    retention_days: Annotated[str, typer.Option(help="After so many days its texts go.")] = "",
    max_answers: Annotated[str, typer.Option(help="Budget, in answers.")] = "",
    max_cost: Annotated[str, typer.Option(help="Budget, in euros.")] = "",
) -> None:
    """Create an event, as a draft: it takes nobody in until it is opened."""
    form = EventForm(
        title=title,
        held_on=date,
        place=place,
        locale=locale,
        mode=mode,
        models=tuple(model or ()),
        max_answer_tokens=answer_tokens,
        moderation=moderation,
        retention_days=retention_days,
        max_answers=max_answers,
        max_cost_eur=max_cost,
    )
    with _desk() as desk:
        made = _run(desk.events.create(OF_THE_DEPLOYER, form))
        typer.echo(f"{made.code}  {made.state}  {made.settings.title}")
        typer.echo(f"Open it with: arena event open {made.code}")


@event.command("list")
def list_events() -> None:
    """One line for each event, the latest meeting first."""
    with _desk() as desk:
        for one in _run(desk.events.all_of(OF_THE_DEPLOYER)):
            typer.echo(f"{one.code}  {one.settings.held_on}  {one.state:6}  {one.settings.title}")


@event.command()
def show(code: Code) -> None:
    """All that is decided for an event."""
    with _desk() as desk:
        found = _find(desk, code)
        settings = found.settings
        for name, value in {
            "code": found.code,
            "state": found.state,
            "title": settings.title,
            "date": settings.held_on,
            "place": settings.place or "-",
            "language": settings.locale,
            "mode": settings.mode,
            "models": ", ".join(sorted(settings.models)) or "all",
            "answer tokens": settings.max_answer_tokens,
            "moderation": settings.moderation,
            "retention days": settings.retention_days,
            "most answers": settings.max_answers or "-",
            "most euros": settings.max_cost_eur or "-",
            "join": f"/e/{found.code}",
        }.items():
            typer.echo(f"{name:15}{value}")


@event.command("open")
def open_event(code: Code) -> None:
    """Open an event: from now on it takes prompts and votes."""
    _move(code, EventState.OPEN)


@event.command()
def close(code: Code) -> None:
    """Close an event: no prompt and no vote any more; duels that were voted on can be finished."""
    _move(code, EventState.CLOSED)


@event.command()
def link(
    code: Code,
    label: Annotated[str, typer.Option(help="For whom it is, to tell links apart.")] = "",
    until: Annotated[str, typer.Option(help="Last day on which it works.")] = "",
) -> None:
    """Make a secret link for an organiser. It is shown once."""
    with _desk() as desk:
        made = _run(desk.organisers.make_link(OF_THE_DEPLOYER, _find(desk, code).id, label=label, until=until))
        typer.echo(f"/organise/open/{made.secret}")
        typer.echo(
            f"Put the arena's address before it. Shown once; revoke it with: arena event revoke {code} {made.link.id}"
        )


@event.command()
def links(code: Code) -> None:
    """The secret links of an event, without their secrets."""
    with _desk() as desk:
        for one in _run(desk.organisers.links_of(OF_THE_DEPLOYER, _find(desk, code).id)):
            state = "revoked" if one.revoked_at else f"until {one.expires_at:%Y-%m-%d}" if one.expires_at else "works"
            typer.echo(f"{one.id}  {one.created_at:%Y-%m-%d}  {state:16}  {one.label}".rstrip())


@event.command()
def revoke(code: Code, link_id: Annotated[str, typer.Argument(help="As `arena event links` prints it.")]) -> None:
    """End a secret link at once."""
    with _desk() as desk:
        _run(desk.organisers.revoke(OF_THE_DEPLOYER, _find(desk, code).id, link_id))
        typer.echo("Revoked.")


@event.command()
def delete(
    code: Code,
    confirm: Annotated[str, typer.Option(help="The code once more; asked for when it is missing.")] = "",
) -> None:
    """Delete an event with its battles, votes and links, for good."""
    with _desk() as desk:
        found = _find(desk, code)
        typed = confirm or typer.prompt(f"Everything of “{found.settings.title}” goes. Type its code to delete it")
        battles = _run(
            desk.events.delete(OF_THE_DEPLOYER, found.id, typed_code=typed, is_running=lambda _battle_id: False)
        )
        typer.echo(f"Deleted, with {battles} battles.")


@dataclass(frozen=True, slots=True)
class _Desk:
    """What these commands work with."""

    events: Events
    organisers: Organisers


@contextmanager
def _desk() -> Iterator[_Desk]:
    """The services on the database of the settings; an error of ours ends the command with 2."""
    settings = settings_or_exit()
    try:
        catalogue = catalogue_of(settings, FootprintService.load())
        with open_stores(settings, may_make=True) as stores:
            yield _Desk(open_events(stores, catalogue, rules_of(settings)), Organisers(stores))
    except ArenaError as error:
        raise refuse(error) from error


def _run(work: Coroutine[object, object, _Result]) -> _Result:
    return asyncio.run(work)


def _find(desk: _Desk, code: str) -> Event:
    return _run(desk.events.with_code(OF_THE_DEPLOYER, code))


def _move(code: str, state: EventState) -> None:
    with _desk() as desk:
        found = _find(desk, code)
        moved = _run(desk.events.move(OF_THE_DEPLOYER, found.id, state, version=found.version))
        typer.echo(f"{moved.code}  {moved.state}  {moved.settings.title}")
