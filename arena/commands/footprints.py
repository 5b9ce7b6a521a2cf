"""Footprints from the shell: one estimate, what is behind those of a battle, and all of them once more."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from arena.commands.explaining import explanation_lines
from arena.commands.moments import moment_of
from arena.commands.recomputing import faults_of, recomputation_lines
from arena.commands.refusing import refuse, refuse_in_words, settings_or_exit
from arena.errors import BattleNotFound, FootprintError, StorageError
from arena.opening import open_stores
from arena.services.explanation import explain
from arena.services.footprint_report import footprint_report
from arena.services.footprints import FootprintService
from arena.services.recompute import Methods, recompute_all

_NEEDED = ("active", "total", "tokens")


def footprint(
    active: Annotated[str | None, typer.Option(help="Active parameters, billions: 8 or 7:9. Needed.")] = None,
    total: Annotated[str | None, typer.Option(help="Total parameters, billions. Needed.")] = None,
    tokens: Annotated[int | None, typer.Option(help="Output tokens, thinking included. Needed.")] = None,
    zone: Annotated[str | None, typer.Option(help="Electricity zone: FRA, USA, WOR…", show_default="FRA")] = None,
    pue: Annotated[str | None, typer.Option(help="Power usage effectiveness: 1.09:1.14.")] = None,
    wue: Annotated[str | None, typer.Option(help="Water used on site, L/kWh: 0.13:0.99.")] = None,
    tps: Annotated[str | None, typer.Option(help="Tokens per second of the model.")] = None,
    ttft: Annotated[str | None, typer.Option(help="Seconds to its first token.")] = None,
    bits: Annotated[int | None, typer.Option(help="Bits a weight.", show_default="16")] = None,
    latency: Annotated[float | None, typer.Option(help="Measured seconds, caps the estimate.")] = None,
    battle_id: Annotated[
        str | None, typer.Option("--explain", metavar="BATTLE_ID", help="Explain a stored battle; no other option.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Estimate the footprint of one answer, or explain those of a stored battle step by step."""
    options = {
        "active": active,
        "total": total,
        "tokens": tokens,
        "zone": zone,
        "pue": pue,
        "wue": wue,
        "tps": tps,
        "ttft": ttft,
        "bits": bits,
        "latency": latency,
    }
    given = {name: value for name, value in options.items() if value is not None}
    if battle_id is None:
        _estimate(given, as_json=as_json)
    else:
        _explain(battle_id, given, as_json=as_json)


def _estimate(given: dict[str, Any], *, as_json: bool) -> None:
    missing = [f"--{name}" for name in _NEEDED if name not in given]
    if missing:
        raise refuse_in_words(f"{', '.join(missing)}: needed, unless --explain names a battle")
    arguments = {"zone": "FRA", **given}
    latency_s = arguments.pop("latency", None)
    try:
        report = footprint_report(FootprintService.load(), latency_s=latency_s, **arguments)
    except FootprintError as error:
        raise refuse(error) from error
    typer.echo(json.dumps(report, indent=None if as_json else 2, ensure_ascii=False))


def _explain(battle_id: str, given: Iterable[str], *, as_json: bool) -> None:
    others = [f"--{name}" for name in given]
    if others:
        raise refuse_in_words(f"--explain reads what is stored: leave {', '.join(others)} out")
    try:
        with open_stores(settings_or_exit()) as stores:
            explanation = explain(stores.footprints, Methods(FootprintService.load()), battle_id)
    except (BattleNotFound, StorageError) as error:
        raise refuse(error) from error
    _print(explanation, explanation_lines(explanation), as_json=as_json)


def recompute(
    method: Annotated[str | None, typer.Option(help="Its name; by default that of new answers.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=moment_of, metavar="MOMENT", help="Answers asked for from YYYY-MM-DD or an ISO time on, UTC."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Compute stored footprints by a method of today, in rows beside the old ones, and show what that changes."""
    settings = settings_or_exit()
    try:
        service = Methods(FootprintService.load()).named(method)
        with open_stores(settings) as stores:
            done = recompute_all(stores.footprints, service, now=datetime.now(UTC), since=since)
    except (FootprintError, StorageError) as error:
        raise refuse(error) from error
    _print(asdict(done), recomputation_lines(done), as_json=as_json)
    for fault in faults_of(done):
        typer.echo(fault, err=True)
    if done.unlike:
        raise typer.Exit(1)


def _print(data: dict[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False) if as_json else "\n".join(lines))
