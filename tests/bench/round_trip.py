"""A request and its answer over a PTY, beside JSON lines echoed over a PTY by a plain Python program."""

import json
import os
import pty
import statistics
import subprocess
import sys
import time
import tty

import serial
from tests.bench.figure import Figure

from pumpbench.client import connect
from pumpbench.virtual.board import VirtualBoard

GOAL_MS = 2.0
ECHO = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    sys.stdout.write(json.dumps({"id": request["id"], "state": "stopped", "delivered_nl": 0}) + "\\n")
    sys.stdout.flush()
"""


def ours_ms(count: int) -> list[float]:
    """Times of `count` status requests to the virtual board at the wall's speed, over its PTY."""
    times = []
    with VirtualBoard(speed=1.0) as board:
        if board.pty is None:
            raise OSError("this system has no PTYs")
        with connect(board.pty) as client:
            for _ in range(count):
                started = time.perf_counter()
                client.request("limits")
                times.append((time.perf_counter() - started) * 1e3)
    return times


def peer_ms(count: int) -> list[float]:
    """Times of `count` JSON lines, echoed over a PTY by a Python program, through pyserial."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    times = []
    with subprocess.Popen([sys.executable, "-u", "-c", ECHO], stdin=master, stdout=master) as echo:
        with serial.Serial(os.ttyname(slave), timeout=5) as port:
            for number in range(count):
                started = time.perf_counter()
                port.write(json.dumps({"id": number, "request": "status"}).encode() + b"\n")
                answer = json.loads(port.readline())
                times.append((time.perf_counter() - started) * 1e3)
                assert answer["id"] == number
        echo.kill()
    os.close(master)
    os.close(slave)
    return times


def figures(quick: bool) -> list[Figure]:
    """The median round trip."""
    count = 300 if quick else 2000
    ours, peer = ours_ms(count), peer_ms(count)
    worst = statistics.quantiles(ours, n=100)[98]
    return [
        Figure(
            "request and answer over the PTY, median", "ms", statistics.median(ours), statistics.median(peer),
            "JSON lines echoed over a PTY", f"<= {GOAL_MS}", f"99th percentile of ours: {worst:.2f} ms",
        )
    ]  # fmt: skip
