"""The command line: which commands there are. What they do is in ``arena.commands``."""

import typer

from arena.commands.events import event
from arena.commands.exports import export
from arena.commands.footprints import footprint, recompute
from arena.commands.leaderboards import leaderboard
from arena.commands.models import check
from arena.commands.privacy import app as privacy
from arena.commands.recording import record
from arena.commands.reports import report
from arena.commands.retention import purge
from arena.commands.serving import demo_endpoint, serve

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="A blind arena that shows footprints.")
app.command()(serve)
app.command("demo-endpoint")(demo_endpoint)
app.command()(check)
app.command()(record)
app.command()(footprint)
app.command()(recompute)
app.command()(leaderboard)
app.command()(purge)
app.command()(report)
app.add_typer(privacy, name="privacy")
app.command()(export)
app.add_typer(event, name="event")
