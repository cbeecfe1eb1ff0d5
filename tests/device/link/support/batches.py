"""A host's view of telemetry batches and events. Runs on both interpreters."""

import struct

from pumplink import codec
from pumplink.numbers import TELEMETRY

WIDE = 5


def records(payload):
    """``(flags, run, [(counter, [wide values], [other values])])`` of a batch, by the protocol's rules."""
    header = codec.unpack_from(TELEMETRY, payload, 0, len(payload))
    _boot, run, flags, _rate, counter = header[:5]
    full = list(header[5:])
    size = codec.size(TELEMETRY)
    rows = []
    last = None
    for at in range(size, len(payload), codec.RECORD_SIZE):
        values = struct.unpack_from(codec.RECORD_FORMAT, payload, at)
        low = values[:WIDE]
        if last:
            full = [full[i] + _signed(low[i] - last[i]) for i in range(WIDE)]
        last = low
        rows.append((counter, list(full), list(values[WIDE:])))
        counter += 1
    return flags, run, rows


def _signed(value):
    value &= 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value
