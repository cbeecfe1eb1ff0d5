"""The desktop's side of the link: one thread owns the port, everyone else asks it.

    with connect("virtual") as pump:
        segment = Segment("constant", 0, rate_nl_h=50_000, duration_s=600)
        staged = pump.stage(Program("ten minutes", (segment,)))
        pump.commit(staged.digest)
        pump.start(staged.digest)
        print(pump.wait_for("finished", timeout_s=700), pump.status().delivered_nl)

Leaving the block stops an attended run; an autonomous one goes on.
"""

from pumpbench.client.answers import (
    Alarm,
    Calibration,
    Event,
    Info,
    Limits,
    LinkHealth,
    Program,
    Released,
    Reservoir,
    Segment,
    SelfTest,
    Staged,
    Status,
    Stopped,
)
from pumpbench.client.client import Client, connect
from pumpbench.client.errors import (
    AnswerTimeout,
    CallbackFailed,
    ClientError,
    DeviceLost,
    GivenUp,
    Mismatch,
    NoDevice,
    OutOfRange,
    ReadBackDiffers,
    Refusal,
)
from pumpbench.client.handover import State
from pumpbench.client.records import RECORD_DTYPE, SUMMARY_DTYPE, Records, StreamDecoder
from pumpbench.client.telemetry import Gap

__all__ = [
    "RECORD_DTYPE",
    "SUMMARY_DTYPE",
    "Alarm",
    "AnswerTimeout",
    "Calibration",
    "CallbackFailed",
    "Client",
    "ClientError",
    "DeviceLost",
    "Event",
    "Gap",
    "GivenUp",
    "Info",
    "Limits",
    "LinkHealth",
    "Mismatch",
    "NoDevice",
    "OutOfRange",
    "Program",
    "ReadBackDiffers",
    "Records",
    "Refusal",
    "Released",
    "Reservoir",
    "Segment",
    "SelfTest",
    "Staged",
    "State",
    "Status",
    "Stopped",
    "StreamDecoder",
    "connect",
]
