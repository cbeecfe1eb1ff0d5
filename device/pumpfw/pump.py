"""The face of the pump: what a host may ask of it.

Every method either does what it says or raises ``Refused`` and changes nothing. ``values`` are a message's fields in
the table's order, without session and request (for answers: without the request's id), lists flattened.
"""

from pumpfw.config import Config
from pumpfw.readings import Readings


class Pump:
    """States and commands; built in ``app.py``. ``readings``, ``config``, ``programs``, ``calibration`` are public."""

    def __init__(self, board: "object", config: Config, readings: Readings, journal: "object", events: "object") -> None:
        self.config = config
        self.readings = readings

    def stop(self, reason: int) -> None:
        """Cut the motor at once, in every state; end the run. ``reason`` is a STOP_REASON number."""
        raise NotImplementedError

    def start(self, digest: bytes, resume: int, lease_s: int) -> None:
        """Begin the committed program anew, or go on with the run that was held or interrupted."""
        raise NotImplementedError

    def pause(self) -> None:
        """Hold the program and its clock."""
        raise NotImplementedError

    def bolus(self, reservoir: int, volume_nl: int, rate_nl_h: int) -> None:
        """Deliver a bolus on top of the running program, or alone when stopped."""
        raise NotImplementedError

    def move(self, kind: int, reservoir: int, volume_nl: int, rate_nl_h: int) -> None:
        """Prime, purge or jog by a bounded volume that no run counts."""
        raise NotImplementedError

    def renew_lease(self, duration_s: int) -> None:
        """Let an attended run go on for so long without another word."""
        raise NotImplementedError

    def acknowledge(self, code: int) -> None:
        """Take note of a latched alarm."""
        raise NotImplementedError

    def set_reservoir(self, values: "list[int | bytes]") -> None:
        """Set index, capacity, contents, low mark, empty mark, concentration and drug."""
        raise NotImplementedError

    def get_reservoir(self, index: int) -> "list[int | bytes]":
        """Return the fields of reservoir_get_answer; contents are what remains now."""
        raise NotImplementedError

    def refill(self, index: int, residual_nl: int, contents_nl: int) -> None:
        """Note a refill: what came back, and what went in."""
        raise NotImplementedError

    def link_alive(self, connected: bool) -> None:
        """Be told that a host is there, or gone."""
        raise NotImplementedError

    def service(self) -> None:
        """Do in the slack what the tick may not: write the journal. Returns at once when there is nothing to do."""
        raise NotImplementedError
