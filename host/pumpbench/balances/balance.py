"""A balance on a serial port, whatever its maker."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from pumpbench.balances.errors import NoBalance
from pumpbench.balances.line import Line
from pumpbench.balances.protocol import BalanceProtocol, Command
from pumpbench.balances.reading import GARBLED, GONE, GRAMS, SILENT, Reading
from pumpbench.client.port import PortClosed, Settings

ANSWER_S = 2.0
QUIET_S = 0.25
"""How long a balance is waited for that has been silent before, so that a trial's other work goes on."""
COMMAND_S = 1.0


class Balance(Protocol):
    """What a trial needs of a balance."""

    name: str
    """What it says that it is, for the report."""

    def identify(self) -> str:
        """Ask it what it is, and keep that as its name."""

    def read(self) -> Reading:
        """The weight now, at rest or not; never raises for a balance that is silent, gone or overloaded."""

    def zero(self) -> str | None:
        """Make what lies on the pan zero; returns why that was not done, None when it was."""

    def close(self) -> None:
        """Give its port back."""


class SerialBalance:
    """A balance that speaks `protocol` on a serial port. Raises `NoBalance` when the port cannot be opened.

    Lines that nobody asked for are put aside before each question, so that an answer belongs to its question;
    the next reading tells them.
    """

    def __init__(self, url: str, protocol: BalanceProtocol, settings: Settings | None = None) -> None:
        self.protocol = protocol
        self._line = Line(url, settings or protocol.settings)
        self._unit: str | None = None
        self._was_silent = False
        self._unasked: list[str] = []
        self.name = f"{protocol.maker} at {url}"

    def identify(self) -> str:
        """Ask it for its type and serial number; what it does not tell is left out."""
        told = []
        for question in self.protocol.identify:
            said = self._exchange(question, QUIET_S)
            if said and not self.protocol.unknown(said):
                told.append(_name_in(said))
        self.name = ", ".join([self.protocol.maker, *told])
        return self.name

    def read(self) -> Reading:
        """See `Balance`."""
        try:
            self._reopen()
            self._drain()
            self._line.write(self.protocol.ask)
            found = self._answer(QUIET_S if self._was_silent else ANSWER_S)
        except (PortClosed, NoBalance):
            self._was_silent = True
            found = Reading(GONE)
        unasked, self._unasked = tuple(self._unasked), []
        return replace(found, unasked=unasked)

    def zero(self) -> str | None:
        """See `Balance`."""
        return self._command(self.protocol.zero, "zero")

    def tare(self) -> str | None:
        """Take what lies on the pan as tare; returns why that was not done."""
        return self._command(self.protocol.tare, "tare")

    def close(self) -> None:
        """See `Balance`."""
        self._line.close()

    def _answer(self, timeout_s: float) -> Reading:
        """The first line about the weight; one that cannot be read may answer something else, late."""
        found = Reading(SILENT)
        while (line := self._line.read(timeout_s)) is not None:
            reading = self.protocol.reading(line)
            if reading is None:
                self._unasked.append(line)
                continue
            if found.status == GARBLED:
                self._unasked.append(found.line)
            found, timeout_s = reading, QUIET_S
            if reading.status != GARBLED:
                break
        self._was_silent = found.status == SILENT
        return self._with_unit(found)

    def _with_unit(self, reading: Reading) -> Reading:
        """A value that came without its unit is in the last one that was told, else in grams."""
        if reading.unit is not None:
            self._unit = reading.unit
        elif reading.mass_g is not None and self._unit is not None:
            factor = GRAMS.get(self._unit.lower(), 1.0)
            return Reading(reading.status, reading.mass_g * factor, None, reading.line)
        return reading

    def _command(self, command: Command, what: str) -> str | None:
        for send in filter(None, (command.send, command.otherwise)):
            patience_s = COMMAND_S if self.protocol.answers_commands else QUIET_S
            said = self._exchange(send, patience_s, self._answers_command)
            if said is None and not self.protocol.answers_commands:
                return None
            if said is not None and self.protocol.unknown(said):
                continue
            if said is None:
                return f"the balance did not answer when it was told to {what}"
            if self.protocol.accepted(said) is not False:
                return None
            return f'the balance would not {what}: it said "{said}"'
        return f"the balance does not know how to {what}"

    def _answers_command(self, line: str) -> bool:
        return self.protocol.unknown(line) or self.protocol.accepted(line) is not None

    def _exchange(
        self, send: bytes, timeout_s: float, answers: Callable[[str], bool] = lambda line: True
    ) -> str | None:
        """The first line that answers what is sent; one before it answers something else, late."""
        try:
            self._reopen()
            self._drain()
            self._line.write(send)
            until = time.monotonic() + timeout_s
            while (line := self._line.read(until - time.monotonic())) is not None and not answers(line):
                self._unasked.append(line)
            return line
        except (PortClosed, NoBalance):
            return None

    def _reopen(self) -> None:
        self._line.open()

    def _drain(self) -> None:
        while (line := self._line.read(0.0)) is not None:
            self._unasked.append(line)


def _name_in(said: str) -> str:
    """What a balance says that it is: MT-SICS puts it into quotes, behind the command and a letter."""
    quoted = re.findall(r'"([^"]*)"', said)
    return " ".join(" ".join(quoted).split()) if quoted else said.strip()
