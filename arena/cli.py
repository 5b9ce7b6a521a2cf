"""The commands: thin, they parse, call and print."""

import asyncio
import gc
import json
import logging
import socket
from contextlib import closing, suppress
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError

from arena.errors import ArenaError, CatalogueError, FootprintError, StorageError
from arena.opening import catalogue_of, check_database, database_url_of, start_rules_of
from arena.providers.client import open_client
from arena.providers.demo_endpoint import serve_demo_endpoint
from arena.services.arena import open_line_up
from arena.services.check import ModelCheck, check_models
from arena.services.footprint_report import footprint_report
from arena.services.footprints import FootprintService
from arena.settings import Settings, environment
from arena.storage.engine import describe

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="A blind arena that shows footprints.")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "ARENA_" + "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"{name}: {fault['msg']}", err=True)
        raise typer.Exit(2) from error


def _refuse(error: ArenaError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(2)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Serve the arena. With no key and no local model server it plays with scripted demo models."""
    settings = _settings()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        catalogue_of(settings, FootprintService.load())
        check_database(settings)
    except (CatalogueError, StorageError) as error:
        raise _refuse(error) from error
    typer.echo(f"Database: {describe(database_url_of(settings))}")
    address = host or settings.host
    config = uvicorn.Config(
        "arena.app:create_app",
        factory=True,
        host=address,
        port=settings.port if port is None else port,
        access_log=False,  # no IP address in any log
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,  # a visitor reads longer than the usual 5 s between two actions
    )
    with closing(config.bind_socket()) as listening:  # bound here, so that a free port is known and printed
        place = listening.getsockname()[1]
        typer.echo(f"Arena: http://{address}:{place}/{settings.default_locale}  (stop with Ctrl+C)")
        _run(_Server(config), listening)


class _Server(uvicorn.Server):
    """Starts without the garbage collector: it would walk through half a million lasting objects again and again.

    Saves about 0.8 s of the start, and the collections during the evening are short.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then set aside what lasts and collect the rest as usual."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.enable()


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    gc.disable()
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(3)


@app.command("demo-endpoint")
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


@app.command()
def check() -> None:
    """Ask every available model for two words; exit 1 if fewer than two work."""
    settings = _settings()
    try:
        footprints = FootprintService.load()
        checks = asyncio.run(_check(settings, footprints))
    except CatalogueError as error:
        raise _refuse(error) from error
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


@app.command()
def footprint(
    active: Annotated[str, typer.Option(help="Active parameters, billions: 8 or 7:9.")],
    total: Annotated[str, typer.Option(help="Total parameters, billions.")],
    tokens: Annotated[int, typer.Option(help="Output tokens, thinking included.")],
    zone: Annotated[str, typer.Option(help="Electricity zone: FRA, USA, WOR…")] = "FRA",
    pue: Annotated[str | None, typer.Option(help="Power usage effectiveness: 1.09:1.14.")] = None,
    wue: Annotated[str | None, typer.Option(help="Water used on site, L/kWh: 0.13:0.99.")] = None,
    tps: Annotated[str | None, typer.Option(help="Tokens per second of the model.")] = None,
    ttft: Annotated[str | None, typer.Option(help="Seconds to its first token.")] = None,
    bits: Annotated[int, typer.Option(help="Bits a weight.")] = 16,
    latency: Annotated[float | None, typer.Option(help="Measured seconds, caps the estimate.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Estimate the footprint of one answer, as EcoLogits gives it and as it is displayed."""
    try:
        report = footprint_report(
            FootprintService.load(),
            active=active,
            total=total,
            tokens=tokens,
            zone=zone,
            pue=pue,
            wue=wue,
            tps=tps,
            ttft=ttft,
            bits=bits,
            latency_s=latency,
        )
    except FootprintError as error:
        raise _refuse(error) from error
    typer.echo(json.dumps(report, indent=None if as_json else 2, ensure_ascii=False))
