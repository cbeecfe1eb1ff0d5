"""Clients of the link that have stopped to read while they are connected: the others go on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.host.virtual.board.support import FIRMWARE, SECOND, Lines, unread

from pumpbench.client import connect
from pumpbench.virtual.board import VirtualBoard

LINES = 150_000
FLOOD = "".join(f"{number}\n" for number in range(LINES, 0, -1)).encode()
WATCHER = """\
import sys, time
from pumpbench.client import connect
with connect(sys.argv[1], role="observe", on_gap=lambda gap: print("gap", flush=True)) as pump:
    print("connected", flush=True)
    while True:
        time.sleep(0.5)
        print(pump.status().state, flush=True)
"""


def test_one_that_does_not_read_keeps_nothing_from_another_and_hears_again_when_it_reads() -> None:
    with (
        VirtualBoard(speed="max", firmware=FIRMWARE) as board,
        unread(board.port) as halted,
        Lines(board.port) as reader,
    ):
        reader.send(f"flood {LINES}")
        granted = threading.Thread(target=board.advance, args=(1000 * SECOND,))
        granted.start()
        whole = reader.port.read(len(FLOOD))
        granted.join()
        assert whole == FLOOD
        assert reader.ask("echo still here") == "still here"
        heard = bytearray()
        while b"back\n" not in heard:
            heard += halted.recv(65_536)
            reader.ask("echo back")
        assert FLOOD.startswith(heard[:100_000])
        assert len(heard) < len(FLOOD)  # what did not fit is missing


def test_one_alone_that_does_not_read_holds_the_board_until_another_comes() -> None:
    with VirtualBoard(speed=50, firmware=FIRMWARE) as board, unread(board.port) as halted:
        halted.sendall(f"flood {100 * LINES}\n".encode())
        before = -1.0
        while (now := board.control.truth()["now_us"]) < 20 * SECOND:
            assert now > before
            before = now
        with Lines(board.port) as reader:
            reader.line()  # from its midst on
            assert int(reader.line()) > 0


@contextmanager
def watching(port: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of its own that is connected and says so."""
    command = [sys.executable, "-c", WATCHER, port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "connected\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name != "posix", reason="processes are halted on POSIX")
def test_a_host_that_was_halted_leaves_the_pump_to_others_and_has_a_gap() -> None:
    with VirtualBoard(speed=100) as board, connect(board.port) as pump, watching(board.port) as watcher:
        pump.set_telemetry_rate(100)
        watcher.send_signal(signal.SIGSTOP)
        end = time.monotonic() + 8.0
        while time.monotonic() < end:
            assert pump.status().state == "stopped"
            time.sleep(0.05)
        pump.stop()
        watcher.send_signal(signal.SIGCONT)
        assert watcher.stdout is not None
        heard = iter(watcher.stdout.readline, "")
        assert any(line == "gap\n" for line in heard)
        assert any(line == "stopped\n" for line in heard)
