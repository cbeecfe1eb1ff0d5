import os
import pty
import signal
import subprocess
import sys
import threading
import time

import pytest
from serial.tools import list_ports
from tests.host.client.scripted_board import ScriptedBoard
from tests.host.client.watching import PATIENCE_S

from pumpbench.client import discover


def listed(*urls: str) -> list[discover.PortInfo]:
    return [discover.PortInfo(url, "", 0x2E8A, 5, None, "Raspberry Pi RP2040") for url in urls]


def test_asks_who_is_there_without_taking_command(board: ScriptedBoard) -> None:
    info = discover.identify(board.url, timeout_s=PATIENCE_S)
    assert info is not None
    assert (info.board, info.role) == ("scripted", "observe")
    assert discover.identify("/dev/ttyNOT_HERE") is None


def test_a_silent_port_does_not_hold_up_the_others(
    board: ScriptedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedBoard() as silent:
        silent.ignore["hello"] = 1000
        monkeypatch.setattr(discover, "list_serial_ports", lambda: listed(silent.url, board.url))
        found = discover.find_boards(timeout_s=5.0)
    assert [info and info.board for _, info in found] == [None, "scripted"]


def test_a_slow_list_of_ports_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = threading.Event()

    def slow() -> list[object]:
        may_end.wait()
        return []

    monkeypatch.setattr(list_ports, "comports", slow)
    assert discover.list_serial_ports(timeout_s=0.1) == []
    may_end.set()


PROGRAM = """\
import sys
from pumpbench.client.discover import identify
from pumpbench.client.port import open_port
print("asks", flush=True)
print(identify(sys.argv[1]), flush=True)
open_port(sys.argv[1]).close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are halted on POSIX")
def test_the_port_is_free_when_a_program_that_was_held_up_has_asked_in_vain() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, os.ttyname(theirs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "asks\n"
        time.sleep(0.3)
        program.send_signal(signal.SIGSTOP)
        time.sleep(3.0)
        program.send_signal(signal.SIGCONT)
        assert program.stdout.readline() == "None\n"
    assert program.returncode == 0
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(
    ("vendor", "product", "kind"),
    [(0x2E8A, 0x0005, "Raspberry Pi RP2040"), (0x10C4, 0xEA60, "CP210x bridge (ESP32 boards)"), (1, 2, "")],
)
def test_knows_boards_by_their_usb_identity(vendor: int, product: int, kind: str) -> None:
    assert discover._kind(vendor, product) == kind
