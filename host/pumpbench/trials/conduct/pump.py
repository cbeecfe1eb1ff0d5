"""Our pump as the device under test: commanded step by step, and recorded into the laboratory's database."""

from typing import Any

from pumpbench.client import AnswerTimeout, Client, DeviceLost, Records, Status
from pumpbench.conduct.prepare import committed_digest
from pumpbench.conduct.recording import Recording
from pumpbench.files import program as program_file
from pumpbench.store import Store
from pumpbench.store.events import Event
from pumpbench.trials.conduct.errors import PumpStopped
from pumplink.alarm_table import ALARMS
from pumplink.states import EVENT_ALARM_RAISED, EVENT_BOOT

TELEMETRY_HZ = 1
RESERVOIR = 0
_AT_REST = ("stopped", "finished")
_ENDED = (*_AT_REST, "alarm-stop", "interrupted", "relieving")
_PA_PER_KPA = 1000


class PumpUnderTest:
    """A connected pump and the run that records it."""

    def __init__(self, client: Client, store: Store, recording: "TrialRecording", run_id: int) -> None:
        self.client = client
        self.run_id = run_id
        self._store = store
        self._recording = recording
        self._last: Status | None = None

    def status(self) -> Status | None:
        """The pump's status, None while the link is away (it comes back by itself)."""
        try:
            self._last = self.client.status()
        except (DeviceLost, AnswerTimeout):
            return None
        return self._last

    def rest(self) -> None:
        """Bring the pump to rest, so that it takes a program."""
        status = self.client.status()
        if status.state in ("alarm-stop", "relieving"):
            for alarm in self.client.alarms():
                self.client.acknowledge(alarm.name)
        if status.state not in _AT_REST:
            self.client.stop()

    def fill(self, contents_nl: int) -> None:
        """Define how much its reservoir holds."""
        self.client.set_contents(RESERVOIR, contents_nl)

    def load(self, rate_nl_h: int, duration_s: int) -> str:
        """Make it ready for a constant flow, at rest; returns the program's digest."""
        self.rest()
        tables = {
            "program": {"name": "trial", "telemetry_rate": f"{TELEMETRY_HZ} Hz"},
            "segments": [{"kind": "constant", "rate": f"{rate_nl_h} nL/h", "duration": f"{duration_s} s"}],
        }
        staged = self.client.stage(program_file.parse(tables, "the trial's step"))
        self.client.commit(staged.digest)
        return staged.digest.hex()

    def start(self, digest: str) -> None:
        """Start the flow that it was made ready for."""
        self.client.start(bytes.fromhex(digest))

    def prime(self, volume_nl: int, rate_nl_h: int) -> None:
        """Start to prime; it is at rest."""
        self.client.move("prime", reservoir=RESERVOIR, volume_nl=volume_nl, rate_nl_h=rate_nl_h)

    def bolus(self, volume_nl: int, rate_nl_h: int) -> None:
        """Start a bolus; it is at rest."""
        self.client.bolus(RESERVOIR, volume_nl=volume_nl, rate_nl_h=rate_nl_h)

    def ended(self, *, may_stop: bool = False) -> bool:
        """Whether it has ended what it did; raises `PumpStopped` when that was not of itself.

        `may_stop`: it ends in state stopped, as a set-up move does.
        """
        status = self.status()
        if status is None or status.state not in _ENDED:
            return False
        if status.state in ("alarm-stop", "relieving"):
            raise PumpStopped(f"an alarm stopped the pump: {', '.join(self.alarm_names()) or 'unknown'}")
        if status.state == "interrupted":
            raise PumpStopped("the board was reset and the pump waits")
        if status.state == "stopped" and not may_stop:
            raise PumpStopped("somebody stopped the pump")
        return True

    def alarm_names(self) -> list[str]:
        """The latched alarms."""
        return [alarm.name for alarm in self.client.alarms()]

    def holds(self, digest: str) -> bool:
        """Whether the program that it was given last is the one of that digest."""
        held = committed_digest(self.client)
        return held is not None and held.hex() == digest

    def last_event(self) -> int:
        """The number of the newest event that the board has told, -1 before any."""
        self.client.barrier()
        return max((event.number for event in self._events()), default=-1)

    def events_since(self, number: int, code: int) -> list[Event]:
        """The events of a kind after the one of that number. They are the board's own memory of what it did,
        which outlives a kill of the host. Raises `PumpStopped` when it has holes, or the board was reset:
        nobody can say then what the pump did.
        """
        self.client.barrier()
        since = sorted(
            (event for event in self._events() if event.number > number),
            key=lambda event: event.number,
        )
        first = since[0].number if since and number < 0 else number + 1
        if [event.number for event in since] != list(range(first, first + len(since))):
            raise PumpStopped("events of the pump are missing, so it is not known what it did meanwhile")
        if any(event.code == EVENT_BOOT for event in since):
            raise PumpStopped("the board was reset in the midst of the step, so it is not known what it did")
        return [event for event in since if event.code == code]

    def _events(self) -> list[Event]:
        """What the board told since the trial began. Another program that recorded it between a kill of the
        host and its coming back, as a window does, has its part in runs of its own, behind the trial's."""
        runs = self._store.runs(unique_id=self.client.info.unique_id)
        later = [run.id for run in runs if run.id >= self.run_id]
        return [event for run_id in later for event in self._store.events(run_id)]

    def age_s(self, event: Event) -> float:
        """How long ago an event of this boot was, by the board's clock."""
        return (self.client.status().time_us - event.time_us) / 1e6

    def alarms_raised(self) -> list[str]:
        """The alarms that were raised in this run, each once, in order."""
        names = [
            str(ALARMS[event.a][1])
            for event in self._store.events(self.run_id)
            if event.code == EVENT_ALARM_RAISED
        ]
        return list(dict.fromkeys(names))

    def peak_pressure_kpa(self) -> float | None:
        """The highest pressure that telemetry showed since the last call."""
        peak, self._recording.peak_pa = self._recording.peak_pa, None
        return None if peak is None else peak / _PA_PER_KPA

    def finish(self) -> dict[str, Any]:
        """Bring it to rest, end the recording and say how good its data are."""
        self.rest()
        self.client.barrier()
        self._recording.end(self.client.link_health().host_bad_frames)
        quality = self._store.quality(self.run_id).as_dict()
        return {"run_id": self.run_id, "quality": quality, "alarms": self.alarms_raised()}


class TrialRecording(Recording):
    """A run's recording that also knows the highest pressure."""

    def __init__(self) -> None:
        super().__init__()
        self.peak_pa: int | None = None

    def on_records(self, records: Records) -> None:
        """See `Recording`."""
        super().on_records(records)
        if len(records):
            peak = int(records["pressure_pa"].max())
            self.peak_pa = peak if self.peak_pa is None else max(self.peak_pa, peak)
