"""``trial``: flow-accuracy trials, one file a command."""

import typer

from pumpbench.cli import trial_analyze

app = typer.Typer(help="Run and analyse flow-accuracy trials.")

app.command()(trial_analyze.analyze)
