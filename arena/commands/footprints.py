"""Footprints from the shell: one estimate."""

import json
from typing import Annotated

import typer

from arena.commands.refusing import refuse
from arena.errors import FootprintError
from arena.services.footprint_report import footprint_report
from arena.services.footprints import FootprintService


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
        raise refuse(error) from error
    typer.echo(json.dumps(report, indent=None if as_json else 2, ensure_ascii=False))
