"""Look at a running pump until nothing more comes of itself."""

import time
from collections.abc import Callable

from pumpbench.client import AnswerTimeout, Client, DeviceLost, Status
from pumpbench.conduct.pace import Pace
from pumpbench.conduct.progress import Progress
from pumpbench.conduct.recording import Recording
from pumpbench.files.program import Program

ENDED = ("finished", "stopped", "alarm-stop", "interrupted")
WAITS_FOR_A_PERSON = ("paused", "keep-open")
PERSON_PATIENCE_S = 600.0  # of the board's time
LINK_PATIENCE_S = 30.0  # of wall time
RECORD_PATIENCE_S = 5.0  # of wall time: some records at the lowest rate
TELL_EVERY_S = 0.2
CLOCK_MARK_EVERY_S = 60.0


class Watch:
    """Watches one run. `elapsed_s` is the board's time since the watch began.

    `alone`: the board is there for this run only. Its clock is not the wall's, and nobody can let it go on,
    so that a run which waits for a person is over.
    """

    def __init__(
        self,
        client: Client,
        recording: Recording,
        program: Program,
        pace: Pace,
        on_progress: Callable[[Progress], object],
        *,
        alone: bool,
    ) -> None:
        self.elapsed_s = 0.0
        self._client = client
        self._recording = recording
        self._program = program
        self._pace = pace
        self._on_progress = on_progress
        self._began_us: int | None = None
        self._time_us = 0
        self._waiting_since_s: float | None = None
        self._told_at = 0.0
        self._alone = alone
        self._marked_at = float("-inf")
        self._seen_at = time.monotonic()

    def to_the_end(self) -> Status:
        """Return the pump's last status: ended, or waiting for a person who is not there.

        Raises ``DeviceLost`` when the link stays away; the run can be taken up again later.
        """
        there = True
        while True:
            status = self._look() if there else None
            if status is not None and self._is_over(status):
                self._see_out(status)
                self._tell(status, last=True)
                return status
            there = self._step()

    def _see_out(self, status: Status) -> None:
        """Let the record come that shows the end, with the final counts, and all that is still missing."""
        try:
            until = time.monotonic() + RECORD_PATIENCE_S
            while self._recording.state != status.state and time.monotonic() < until:
                self._pace.step(short=True)
            self._client.barrier()
            until = time.monotonic() + LINK_PATIENCE_S
            while self._client.missing_records and time.monotonic() < until:
                self._client.barrier()
        except (DeviceLost, AnswerTimeout):
            pass  # the end is known; what is missing is a gap

    def _look(self) -> Status | None:
        """The status, or None while the link is away."""
        try:
            status = self._client.status()
        except (DeviceLost, AnswerTimeout):
            if time.monotonic() - self._seen_at > LINK_PATIENCE_S:
                raise
            return None
        self._seen_at = time.monotonic()
        if status.time_us < self._time_us or self._began_us is None:  # the board booted: its clock began anew
            self._began_us = status.time_us - int(self.elapsed_s * 1e6)
        self._time_us = status.time_us
        self.elapsed_s = (status.time_us - self._began_us) / 1e6
        self._mark_clock(status)
        self._tell(status)
        return status

    def _mark_clock(self, status: Status) -> None:
        if not self._alone and self._seen_at - self._marked_at > CLOCK_MARK_EVERY_S:
            self._marked_at = self._seen_at
            self._recording.mark_clock(self._client.info.boot_count, status.time_us)

    def _step(self) -> bool:
        """Let time pass; False when the board is not there afterwards."""
        try:
            self._pace.step()
        except (DeviceLost, AnswerTimeout):
            if time.monotonic() - self._seen_at > LINK_PATIENCE_S:
                raise
            return False
        return True

    def _is_over(self, status: Status) -> bool:
        if status.state in ENDED:
            return True
        if status.state not in WAITS_FOR_A_PERSON:
            self._waiting_since_s = None
            return False
        if self._waiting_since_s is None:
            self._waiting_since_s = self.elapsed_s
        return self._alone and self.elapsed_s - self._waiting_since_s > PERSON_PATIENCE_S

    def _tell(self, status: Status, last: bool = False) -> None:
        now = time.monotonic()
        if not last and now - self._told_at < TELL_EVERY_S:
            return
        self._told_at = now
        self._on_progress(
            Progress(
                state=status.state,
                delivered_nl=status.delivered_nl,
                requested_nl=self._program.volume_nl,
                remaining_nl=status.remaining_nl,
                rate_nl_h=status.rate_nl_h,
                elapsed_s=self.elapsed_s,
                total_s=self._program.duration_s,
                records=self._recording.records,
                simulated=self._client.info.simulated,
            )
        )
