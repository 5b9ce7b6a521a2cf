"""Serving from the shell: the arena, and the demo models on their own."""

import ctypes
import gc
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
import uvicorn
from starlette.types import ASGIApp
from uvicorn.importer import import_from_string

from arena.commands.late_module import load_late
from arena.commands.refusing import refuse, settings_or_exit
from arena.domain.lan import base_url_of
from arena.errors import CatalogueError, StorageError
from arena.errors.recordings import RecordingError
from arena.opening import catalogue_of, check_database, database_url_of, recordings_of
from arena.providers.demo_endpoint import serve_demo_endpoint
from arena.services.footprints import FootprintService
from arena.services.front_door import FrontDoor, Opening
from arena.services.lan import find_addresses
from arena.services.listening import ListeningServer
from arena.settings import Settings
from arena.storage.engine import describe


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    recorded: Annotated[list[Path] | None, typer.Option(help="A file of recorded duels; may be given again.")] = None,
) -> None:
    """Serve the arena. With no key and no local model server it plays with scripted demo models."""
    settings = settings_or_exit()
    if recorded:
        settings = settings.model_copy(update={"recorded": tuple(recorded)})
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    load_late("pandas")  # Gradio imports it, for tables and caches that no page of ours has: 28 MB
    try:
        zones_only = FootprintService.load()
        catalogue_of(settings, zones_only)
        duels = sum(len(one.duels) for one in recordings_of(settings, zones_only))
        check_database(settings)
    except (CatalogueError, RecordingError, StorageError) as error:
        raise refuse(error) from error
    if settings.recorded:
        typer.echo(f"Recorded duels: {duels}")
    typer.echo(f"Database: {describe(database_url_of(settings))}")
    serve_application(
        partial(_make_app, settings),
        host=host or settings.host,
        port=settings.port if port is None else port,
        announce=lambda opening: _announce(opening, settings.default_locale),
    )


def _make_app(settings: Settings, front_door: FrontDoor) -> ASGIApp:
    """Imported here: Gradio takes a second, and a mistake in the settings shows before."""
    application: ASGIApp = import_from_string("arena.app:create_app")(settings, front_door)
    return application


def _announce(opening: Opening, locale: str) -> None:
    typer.echo(f"Arena: {opening.base_url}/{locale}  (stop with Ctrl+C)")
    if opening.is_everywhere:
        for address in find_addresses():
            typer.echo(f"Open to the network {address.adapter}: {base_url_of(address.ip, opening.port)}/{locale}")
    elif not opening.is_of_this_machine_alone:
        typer.echo("Open to the network from the start.")


def serve_application(
    make_app: Callable[[FrontDoor], ASGIApp],
    *,
    host: str,
    port: int,
    announce: Callable[[Opening], None],
    loop: Literal["auto", "asyncio", "uvloop"] = "auto",
) -> None:
    """Serve until told to end; ``make_app`` gets the door of this server, ``announce`` where it listens. Blocks."""
    door = FrontDoor()
    config = uvicorn.Config(
        partial(make_app, door),
        factory=True,
        host=host,
        port=port,
        loop=loop,
        access_log=False,  # no IP address in any log
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,  # a visitor reads longer than the usual 5 s between two actions
    )
    with closing(config.bind_socket()) as listening:  # bound here, so that a free port is known and printed
        server = _Server(config, listening)
        door.fit_into(server)
        announce(server.own)
        _run(server, listening)


M_ARENA_MAX = -8  # malloc.h of glibc
YOUNG_ONLY = (10_000, 1_000_000, 1_000_000)


class _Server(ListeningServer):
    """Starts with a garbage collector for young objects only, which leaves half a million lasting ones alone.

    Walking through those again and again costs 0.5 s of the start, and no collector at all 5 MB of garbage.
    """

    _usual = gc.get_threshold()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then set aside what lasts and collect the rest as usual."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*self._usual)


def _share_one_heap() -> None:
    """Tell glibc to keep one heap for all threads: each would hold on to some MB, and only one runs at a time.

    Another C library (musl) has no such switch and needs none.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    _share_one_heap()
    gc.set_threshold(*YOUNG_ONLY)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(3)


def demo_endpoint(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8765,
    speed: Annotated[float, typer.Option(min=0.01, help="How many times faster than normal.")] = 1.0,
) -> None:
    """Serve the scripted demo models to any client that speaks chat completions."""
    try:
        with suppress(KeyboardInterrupt):
            serve_demo_endpoint(host, port, speed, lambda url: typer.echo(f"Demo endpoint: {url}"))
    except OSError as error:
        typer.echo(f"Cannot listen on {host}:{port}: {error.strerror}", err=True)
        raise typer.Exit(1) from error
