"""A four-hour trial on the virtual bench, from the command to both reports, as a user waits for it."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figure import Figure

GOAL_S = 60
MINUTES = 240
QUICK_MINUTES = 60
PROTOCOL = """\
[trial]
name = "bench"
rate = "1 mL/h"

[balance]
resolution_mg = 0.1
repeatability_mg = 0.1
drift_mg_h = 0.1

[analysis]
from = "20 min"
to = "{minutes} min"

[[steps]]
kind = "deliver"
duration = "{minutes} min"
"""


def seconds(folder: Path, minutes: int) -> float:
    """Carry out a trial of that length by the command line and return what it took."""
    protocol, out = folder / "trial.toml", folder / "out"
    protocol.write_text(PROTOCOL.format(minutes=minutes))
    command = [sys.executable, "-m", "pumpbench", "trial", "run", str(protocol), "--port", "virtual"]
    command += ["--speed", "max", "--seed", "1", "--out", str(out), "--json"]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = time.perf_counter() - started
    if done.returncode:
        raise AssertionError(f"the trial ended with {done.returncode}: {done.stderr}")
    told = json.loads(done.stdout)
    for report in (told["report_html"], told["report_pdf"]):
        if not Path(report).stat().st_size:
            raise AssertionError(f"{report} is empty")
    return spent


def figures(quick: bool) -> list[Figure]:
    """Seconds for a trial, its analysis and its reports (quick: an hour's, not scaled up)."""
    minutes = QUICK_MINUTES if quick else MINUTES
    with tempfile.TemporaryDirectory() as folder:
        spent = seconds(Path(folder), minutes)
    return [
        Figure(
            f"virtual trial of {minutes // 60} h, analysed and reported",
            "s",
            spent,
            minutes * 60.0,
            "the same on a real bench",
            f"<= {GOAL_S}",
            "virtual trial: a new process, one reading every 5 s, HTML and PDF written",
        )
    ]
