"""``trial``: flow-accuracy trials, one file a command."""

import typer

from pumpbench.cli import trial_analyze, trial_folders, trial_run, trial_sweep

app = typer.Typer(help="Run and analyse flow-accuracy trials.")

app.command()(trial_run.run)
app.command()(trial_analyze.analyze)
app.command()(trial_folders.report)
app.command("list")(trial_folders.list_)
app.command()(trial_folders.new)
app.command()(trial_sweep.sweep)
