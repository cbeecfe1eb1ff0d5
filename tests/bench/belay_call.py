"""A remote call by belay on an emulated board, timed in the board's own time.

belay runs once on a board whose time passes by itself, through a pseudo-terminal that notes what both sides
say. Then the same bytes are said again in granted time, each as soon as the board has answered the ones
before: a host that needs no time at all, which is to belay's favour.
"""

import os
import pty
import select
import socket
import threading
import time
import tty
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.bench.chip_line import FINE_US, Line

from pumpbench.emulated.board import EmulatedBoard

_LOOK_S = 0.05
_MOST_US = 1_000_000


@dataclass
class Talk:
    """What was said: bytes of the host, and how many of the board came before the host's next."""

    turns: list[tuple[bytes, int]] = field(default_factory=list)

    def heard_host(self, data: bytes) -> None:
        """The host said something."""
        if self.turns and not self.turns[-1][1]:
            data = self.turns.pop()[0] + data
        self.turns.append((data, 0))

    def heard_board(self, data: bytes) -> None:
        """The board said something."""
        if self.turns:
            said, count = self.turns[-1]
            self.turns[-1] = said, count + len(data)


class Wiretap:
    """A pseudo-terminal at `path` that is joined to a TCP port, and notes what goes through."""

    def __init__(self, url: str) -> None:
        self.talk = Talk()
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port))
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._pass_on)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._over.set()
        self._thread.join()
        self._socket.close()
        os.close(self._ours)
        os.close(self._theirs)

    def _pass_on(self) -> None:
        while not self._over.is_set():
            ports = [self._ours, self._socket.fileno()]
            for ready in select.select(ports, [], [], _LOOK_S)[0]:
                if ready == self._socket.fileno():
                    data = self._socket.recv(4096)
                    self.talk.heard_board(data)
                    os.write(self._ours, data)
                else:
                    data = os.read(self._ours, 4096)
                    self.talk.heard_host(data)
                    self._socket.sendall(data)


def call_ms(board: EmulatedBoard, count: int) -> list[float]:
    """Emulated times of one and the same remote call."""
    import belay

    tap = Wiretap(board.repl_port)
    device = belay.Device(tap.path)

    @device.task
    def echo(value):  # type: ignore[no-untyped-def]
        return value

    assert echo(7) == 7
    time.sleep(_LOOK_S)
    tap.talk = Talk()
    assert echo(7) == 7
    time.sleep(_LOOK_S)
    talk, tap.talk = tap.talk, Talk()
    with Line(board) as line:
        assert line.open()
        times = [_again_ms(line, talk) for _ in range(count)]
    device.close()
    tap.close()
    return times


def _again_ms(line: Line, talk: Talk) -> float:
    """Have the same talk again."""
    began_us = line.now_us
    for said, count in talk.turns:
        line.send(said)
        heard = 0
        until = line.now_us + _MOST_US
        while heard < count:
            assert line.now_us < until, f"the board says less than it did: {heard} of {count} bytes"
            line.advance(FINE_US)
            heard += len(line.received())
    return (line.now_us - began_us) / 1e3
