"""The link's bytes: over TCP and the pseudo-terminal, to and from several hosts, held back where a reader
is slow."""

import contextlib
import os
import threading
import time

import pytest
import serial
from tests.host.virtual.board.support import FIRMWARE, INTERPRETERS, SECOND, Lines, unread

from pumpbench.virtual.board import VirtualBoard
from pumpbench.virtual.control_client import ControlPort

posix_only = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_tcp_carries_bytes_both_ways_at_the_frozen_time(interpreter: str) -> None:
    with (
        VirtualBoard(speed="max", firmware=FIRMWARE, interpreter=interpreter) as board,
        Lines(board.port) as link,
    ):
        assert board.description["interpreter"] == interpreter
        assert link.ask("echo hello") == "hello"
        assert link.ask("who").startswith("virtual cause 1 ticks 0 us 0")


@posix_only
def test_pseudo_terminal_carries_every_byte_value_unchanged() -> None:
    with VirtualBoard(speed=1, firmware=FIRMWARE) as board:
        assert board.pty is not None
        with serial.Serial(board.pty, timeout=20) as link:
            for value in (0x03, 0x04, 0x0D, 0x11, 0x13, 0x1A, 0x7F):
                link.write(b"echo x" + bytes([value]) + b"x\n")
                assert link.readline() == b"x" + bytes([value]) + b"x\n"


@posix_only
def test_pseudo_terminal_can_be_closed_and_opened_again() -> None:
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board:
        assert board.pty is not None
        for text in ("first", "second"):
            with serial.Serial(board.pty, timeout=20) as link:
                link.write(f"echo {text}\n".encode())
                assert link.readline() == f"{text}\n".encode()


def test_two_hosts_hear_the_same_and_may_both_speak() -> None:
    with (
        VirtualBoard(speed="max", firmware=FIRMWARE) as board,
        Lines(board.port) as first,
        Lines(board.port) as second,
    ):
        assert first.ask("echo one") == "one"
        assert second.line() == "one"
        assert second.ask("echo two") == "two"
        assert first.line() == "two"


def test_board_without_a_host_runs_on() -> None:
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board:
        assert board.advance(10 * SECOND) == {"now_us": 10 * SECOND, "reason": "time"}
        with Lines(board.port) as link:
            assert "ticks 1000 " in link.ask("who")


def test_slow_reader_holds_the_clock_at_full_speed_and_loses_nothing() -> None:
    lines = 150_000
    expected = "".join(f"{number}\n" for number in range(lines, 0, -1)).encode()
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board, unread(board.port) as link:
        link.sendall(f"flood {lines}\n".encode())
        grant = threading.Thread(target=board.advance, args=(1000 * SECOND,))
        grant.start()
        with contextlib.closing(ControlPort(board.control_port)) as control:
            before = -1.0
            # Two looks alike half a second apart: the clock stands, though more was granted.
            while (now := control.truth()["now_us"]) != before:
                before = now
                time.sleep(0.5)
            assert now < 1000 * SECOND
            received = bytearray()
            while len(received) < len(expected):
                part = link.recv(65_536)
                assert part, "the link was closed"
                received += part
            assert bytes(received) == expected
            grant.join()
            assert control.truth()["now_us"] == 1000 * SECOND


def test_slow_reader_at_a_finite_speed_does_not_hold_the_clock() -> None:
    with VirtualBoard(speed=50, firmware=FIRMWARE) as board, Lines(board.port) as link:
        link.send("flood 10000000")
        start = board.control.truth()["now_us"]
        deadline = time.monotonic() + 20
        while board.control.truth()["now_us"] < start + 20 * SECOND:
            assert time.monotonic() < deadline, "the clock stands"
            time.sleep(0.05)


def test_long_input_reaches_a_busy_firmware_whole() -> None:
    with VirtualBoard(speed="max", firmware=FIRMWARE) as board, Lines(board.port) as link:
        words = [f"echo {number:0100d}" for number in range(200)]
        link.port.write("".join(word + "\n" for word in words).encode())
        assert [link.line() for _ in words] == [word[5:] for word in words]
