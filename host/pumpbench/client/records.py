"""Telemetry records as numpy arrays, decoded in bulk from the byte stream.

`RECORD_DTYPE` comes from the message table: boot, run, counter, then the record's fields with the `WIDE` ones
in full (64 bits). Units are the table's.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from pumpbench.client.frames import Frame, FrameSplitter
from pumplink.messages import MESSAGES, RECORD, SUMMARY_RECORD, WIDE
from pumplink.numbers import TELEMETRY

Records = npt.NDArray[np.void]

_NUMPY = {"B": "<u1", "H": "<u2", "h": "<i2", "I": "<u4", "i": "<i4", "Q": "<u8", "q": "<i8"}


def _dtype(fields: tuple[tuple[Any, ...], ...]) -> np.dtype[np.void]:
    return np.dtype([(field[0], _NUMPY[field[1]]) for field in fields])


_HEADER_FIELDS = next(fields for number, _, _, fields in MESSAGES if number == TELEMETRY)
HEADER_DTYPE = _dtype(_HEADER_FIELDS)
WIRE_DTYPE = _dtype(RECORD)
SUMMARY_DTYPE = _dtype(SUMMARY_RECORD)
RECORD_DTYPE = np.dtype(
    [(name, HEADER_DTYPE[name].str) for name in ("boot", "run", "counter")]
    + [(field[0], HEADER_DTYPE[field[0]].str if field[0] in WIDE else _NUMPY[field[1]]) for field in RECORD]
)
_NARROW = tuple(field[0] for field in RECORD if field[0] not in WIDE)


def decode_batches(payloads: list[bytes]) -> Records:
    """Return the records of telemetry payloads, in order.

    A batch's header holds the `WIDE` fields of its first record in full; each later record gives their low
    words, and the signed difference of neighbouring low words carries the count on.
    """
    header_size = HEADER_DTYPE.itemsize
    headers = np.frombuffer(b"".join([payload[:header_size] for payload in payloads]), HEADER_DTYPE)
    wire = np.frombuffer(b"".join([payload[header_size:] for payload in payloads]), WIRE_DTYPE)
    lengths = np.fromiter(map(len, payloads), np.intp, len(payloads))
    counts = (lengths - header_size) // WIRE_DTYPE.itemsize
    firsts = np.cumsum(counts) - counts
    records = np.empty(len(wire), RECORD_DTYPE)
    records["boot"] = np.repeat(headers["boot"], counts)
    records["run"] = np.repeat(headers["run"], counts)
    in_batch = np.arange(len(wire)) - np.repeat(firsts, counts)
    records["counter"] = np.repeat(headers["counter"], counts) + in_batch.astype(np.uint64)
    for name in WIDE:
        low = wire[name]
        step = np.zeros(len(wire), np.int64)
        step[1:] = (low[1:] - low[:-1]).view(np.int32)
        walked = np.cumsum(step)
        base = headers[name].view(np.int64) - walked[firsts]
        records[name] = (walked + np.repeat(base, counts)).view(records.dtype[name])
    for name in _NARROW:
        records[name] = wire[name]
    return records


class StreamDecoder:
    """Turns a byte stream, cut anywhere and damaged anyhow, into records and other frames.

    `splitter` holds the counters of whole, bad and lost frames; `odd_batches` counts telemetry frames that
    came whole but whose length is none of a batch.
    """

    def __init__(self) -> None:
        self.splitter = FrameSplitter()
        self.odd_batches = 0

    def restart(self) -> None:
        """Begin anew on another connection; the counters go on."""
        self.splitter.restart()

    def feed(self, data: bytes) -> list[Records | Frame]:
        """Return what `data` completes, in the order of the wire: arrays of `RECORD_DTYPE`, and other frames.

        Neighbouring batches come as one array.
        """
        items: list[Records | Frame] = []
        batches: list[bytes] = []
        for frame in self.splitter.feed(data):
            if frame.kind == TELEMETRY:
                if self._is_batch(frame.payload):
                    batches.append(frame.payload)
                else:
                    self.odd_batches += 1
                continue
            if batches:
                items.append(decode_batches(batches))
                batches = []
            items.append(frame)
        if batches:
            items.append(decode_batches(batches))
        return items

    @staticmethod
    def _is_batch(payload: bytes) -> bool:
        size = len(payload) - HEADER_DTYPE.itemsize
        return size > 0 and size % WIRE_DTYPE.itemsize == 0


def decode_summaries(payload: bytes) -> Records:
    """Return the one-minute summaries of a summary frame, as `SUMMARY_DTYPE`; a cut last one is left out."""
    whole = len(payload) - len(payload) % SUMMARY_DTYPE.itemsize
    return np.frombuffer(payload[:whole], SUMMARY_DTYPE).copy()
