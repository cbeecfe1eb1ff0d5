"""Ports that can be waited for, and those that need a thread."""

import os
import termios
import threading
import time

import pytest
import serial
from tests.host.client.scripted_board import ScriptedBoard

from pumpbench.client.port import Port, PortClosed, _ThreadPort, open_port


def port_of(board: ScriptedBoard, kind: str) -> Port:
    if kind == "thread":
        return _ThreadPort(serial.serial_for_url(board.url, timeout=0))
    return open_port(board.url)


def read_for(port: Port, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if port.wait(1.0, read=True, write=False):
            port.read()


@pytest.mark.parametrize("kind", ["file", "thread"])
def test_bytes_come_and_go(either_board: ScriptedBoard, kind: str) -> None:
    port = port_of(either_board, kind)
    either_board.make_records(7)
    assert port.write(b"\0") == 1
    data = b""
    until = time.monotonic() + 10.0
    while len(data) < 100 and time.monotonic() < until:
        if port.wait(1.0, read=True, write=False):
            data += port.read()
        else:
            either_board.make_records(7)
    assert data[0] == 0
    port.close()


@pytest.mark.parametrize("kind", ["file", "thread"])
def test_a_waiting_thread_can_be_woken(either_board: ScriptedBoard, kind: str) -> None:
    port = port_of(either_board, kind)
    returned = threading.Event()

    def wait() -> None:
        port.wait(30.0, read=True, write=False)
        returned.set()

    threading.Thread(target=wait, daemon=True).start()
    port.wake()
    assert returned.wait(10.0)
    port.close()


@pytest.mark.parametrize("kind", ["file", "thread"])
def test_a_port_that_vanishes_says_so(board: ScriptedBoard, kind: str) -> None:
    port = port_of(board, kind)
    board.unplug()
    with pytest.raises(PortClosed):
        read_for(port, 10.0)
    port.close()
    board.plug_in()


def test_closing_a_serial_port_does_not_lower_its_lines() -> None:
    with ScriptedBoard("pty") as board:
        port = open_port(board.url)
        descriptor = os.open(board.url, os.O_RDWR | os.O_NOCTTY)
        assert not termios.tcgetattr(descriptor)[2] & termios.HUPCL
        os.close(descriptor)
        port.close()
