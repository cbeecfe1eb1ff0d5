"""What arrives at the port, given to whom it concerns. Nothing is believed of a board that may be another."""

import contextlib

from pumpbench.client import payloads
from pumpbench.client.answers import Event, Stopped
from pumpbench.client.connection import Connection
from pumpbench.client.frames import Frame
from pumpbench.client.records import Records, decode_summaries
from pumpbench.client.upkeep import Upkeep
from pumplink import numbers
from pumplink.errors import LayoutError
from pumplink.numbers import ANSWER_BIT


class Dispatch:
    """Runs under the link's lock. Summaries are added to `summaries` while a caller has put a list there."""

    def __init__(self, connection: Connection, upkeep: Upkeep) -> None:
        self.summaries: list[Records] | None = None
        self._connection = connection
        self._session = connection.session
        self._upkeep = upkeep

    def take(self, item: Records | Frame) -> None:
        """Take a batch of records or a frame. Raises `PortClosed` when another board answers."""
        if isinstance(item, Frame):
            with contextlib.suppress(LayoutError):  # from a board that does not fit: as good as not sent
                self._take_frame(item)
        elif self._connection.phase == "up" and self._session.fits:
            self._upkeep.take_records(item)
            if int(item["boot"].max()) > self._upkeep.boot:
                self._connection.greet_again()

    def _take_frame(self, frame: Frame) -> None:
        connection = self._connection
        if frame.kind == numbers.HELLO | ANSWER_BIT:
            if connection.phase == "greeting":
                answer = payloads.decode(frame.kind, frame.payload)
                if answer["nonce"] == self._session.nonce:
                    connection.welcome(answer)
        elif not connection.identified:
            return
        elif frame.kind == numbers.STOP | ANSWER_BIT:
            connection.stops.answered(Stopped.from_answer(payloads.decode(frame.kind, frame.payload)))
        elif connection.phase != "up":
            return
        elif frame.kind == numbers.EVENT:
            if self._session.fits:
                self._take_event(frame.payload)
        elif frame.kind == numbers.SUMMARY:
            if self.summaries is not None:
                self.summaries.append(decode_summaries(frame.payload))
        elif frame.kind & ANSWER_BIT and not self._session.take(frame.kind, frame.payload):
            connection.greet_again()

    def _take_event(self, payload: bytes) -> None:
        values = payloads.decode(numbers.EVENT, payload)
        if values["boot"] > self._upkeep.boot >= 0:
            self._connection.greet_again()
        info = self._connection.info
        self._upkeep.take_event(Event(unique_id=info.unique_id if info else "", **values))
