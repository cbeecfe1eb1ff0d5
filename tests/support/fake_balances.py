"""Balances of four makers on a pseudo-terminal, as their protocols' descriptions say that they answer.

A fake shows what its `shown` says at the moment: a mass in grams, whether it is at rest, a unit, or a state.
"""

import os
import select
import threading
import tty
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

ACK = b"\x06"


@dataclass
class Shown:
    """What the display shows. `state` is "" for a weight, "over", "under", "busy" or "error"."""

    mass_g: float = 0.0
    stable: bool = True
    unit: str = "g"
    state: str = ""
    silent: bool = False

    @property
    def number(self) -> float:
        return self.mass_g * {"g": 1.0, "mg": 1000.0}.get(self.unit, 1.0)


def mt_sics(command: bytes, shown: Shown) -> bytes:
    if command in (b"S", b"SI"):
        states = {"over": b"S +", "under": b"S -", "busy": b"S I", "error": b"EL"}
        if shown.state:
            return states[shown.state] + b"\r\n"
        letter = "S" if shown.stable else "D"
        return f"S {letter} {shown.number:10.4f} {shown.unit}\r\n".encode()
    if command in (b"Z", b"ZI"):
        if command == b"ZI":
            return b"ES\r\n"  # level 1 may lack it
        shown.mass_g = 0.0
        return b"Z A\r\n"
    if command == b"I2":
        return b'I2 A "XPR205 220.00900 g"\r\n'
    if command == b"I4":
        return b'I4 A "B021002593"\r\n'
    return b"ES\r\n"


def sbi(command: bytes, shown: Shown, *, with_name: bool) -> bytes:
    if command == b"\x1bP":
        if shown.state:
            words = {"over": "    High", "under": "    Low", "busy": "    C", "error": "   ERR 54"}
            body, name = f"{words[shown.state]:14}", "Stat  "
        else:
            sign = "-" if shown.number < 0 else "+"
            unit = shown.unit if shown.stable else ""
            body, name = f"{sign}{abs(shown.number):9.4f} {unit:3}", "N     "
        return ((name if with_name else "") + body).encode() + b"\r\n"
    if command == b"\x1bV":
        shown.mass_g = 0.0
    if command == b"\x1bx1_":
        return b"ENTRIS224I-1S\r\n"
    return b""


def a_and_d(command: bytes, shown: Shown) -> bytes:
    if command == b"Q":
        if shown.state == "over":
            return b"OL,+9999999E+19\r\n"
        if shown.state == "under":
            return b"OL,-9999999E+19\r\n"
        if shown.state:
            return b"EC,E11\r\n"
        if shown.unit == "PC":
            return b"QT,+00000012 PC\r\n"
        return f"{'ST' if shown.stable else 'US'},{shown.number:+09.4f}{shown.unit:>3}\r\n".encode()
    if command in (b"Z", b"R"):
        shown.mass_g = 0.0
        return ACK + b"\r\n"
    return b"EC,E01\r\n"


def ohaus(command: bytes, shown: Shown) -> bytes:
    if command == b"IP":
        states = {"over": b"Err 8.4", "under": b"Err 8.3", "error": b"Err 53"}
        if shown.state in states:
            return states[shown.state] + b"\r\n"
        mark = "" if shown.stable else "?"
        return f"{shown.number:11.4f} {shown.unit:5} {mark:1}\r\n".encode()
    if command == b"Z":
        shown.mass_g = 0.0
        return b"OK!\r\n"
    if command == b"PV":
        return b"PX224 Sr.1.10\r\n"
    return b"ES\r\n"


MAKERS: dict[str, tuple[str, Callable[[bytes, Shown], bytes]]] = {
    "mt-sics": ("mt-sics", mt_sics),
    "sbi-16": ("sbi", lambda command, shown: sbi(command, shown, with_name=False)),
    "sbi-22": ("sbi", lambda command, shown: sbi(command, shown, with_name=True)),
    "a-and-d": ("a-and-d", a_and_d),
    "ohaus": ("ohaus", ohaus),
}


class FakeBalance:
    """Serves a balance on the pseudo-terminal `port` for the time of a ``with`` block."""

    def __init__(self, answers: Callable[[bytes, Shown], bytes]) -> None:
        self.shown = Shown()
        self.heard: list[bytes] = []
        self.before_answer = b""
        self._answers = answers
        self._plugged = threading.Event()
        self._plugged.set()

    def __enter__(self) -> Self:
        self._master, self._slave = os.openpty()  # the slave stays open while no program has it
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def say(self, data: bytes) -> None:
        """Send what nobody asked for."""
        os.write(self._master, data)

    def unplug(self) -> None:
        """Take the device away."""
        self._plugged.clear()
        self._thread.join()

    def _serve(self) -> None:
        rest = b""
        while self._plugged.is_set():
            ready, _, _ = select.select([self._master], [], [], 0.02)
            if not ready:
                continue
            rest += os.read(self._master, 1024)
            *commands, rest = rest.split(b"\r\n")
            for command in commands:
                self.heard.append(command)
                self.say(self.before_answer)
                if not self.shown.silent:
                    self.say(self._answers(command, self.shown))
        os.close(self._slave)
        os.close(self._master)
