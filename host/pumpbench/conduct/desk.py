"""A pump that somebody works at: connected, recorded all the time, commanded by hand or by a program.

A window sits on this. Every method of `Desk` may wait for the port or the disk, so none belongs on a thread
that draws; they may be called from any other.
"""

import contextlib
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from pumpbench.client import Client, Limits, Refusal, Staged, Status, Stopped, connect
from pumpbench.client import Program as BoardProgram
from pumpbench.client.client import LEASE_S
from pumpbench.client.errors import ClientError
from pumpbench.conduct.desk_recording import DeskRecording, Listener
from pumpbench.conduct.dosing import calibration_fault
from pumpbench.conduct.job import VIRTUAL
from pumpbench.conduct.pace import lease_at_s
from pumpbench.conduct.prepare import committed, description, description_of_board
from pumpbench.conduct.recording import Recording
from pumpbench.conduct.resume import Left, left_behind
from pumpbench.conduct.run import RESUMABLE
from pumpbench.conduct.snapshot import RunNow, Snapshot
from pumpbench.conduct.summing_up import sum_up
from pumpbench.conduct.watch import CLOCK_MARK_EVERY_S, ENDED
from pumpbench.files import plant as plant_file
from pumpbench.files import program as program_file
from pumpbench.files import toml
from pumpbench.files.program import Program
from pumpbench.store import Store
from pumpbench.store.errors import StoreError
from pumpbench.virtual.board import VirtualBoard

WATCH_HZ = 10
PATIENCE_S = 30.0
OBSERVE = "observe"
_WATCHES = "watching"


@dataclass(frozen=True)
class Place:
    """Where the pump is: a pyserial URL, or ``"virtual"`` with what the virtual board is to be like.

    `speed` is in virtual seconds a wall second.
    """

    port: str = VIRTUAL
    speed: float = 1.0
    seed: int | None = None
    plant: Path | None = None
    interpreter: str = "auto"

    @property
    def virtual(self) -> bool:
        """Whether a board is started for this desk."""
        return self.port == VIRTUAL


class Desk:
    """Opened by ``Desk.open``; leave it with `close`. `client` takes every command that no run is made of."""

    def __init__(self, client: Client, board: VirtualBoard | None, place: Place, store: Store) -> None:
        self.client = client
        self.place = place
        self.board = board
        self._store = store
        self._who: str | None = None
        self._looks_on = False
        self._recording: DeskRecording
        self._run: RunNow | None = None
        self._began_us = 0
        self._lock = threading.RLock()
        self._marked_at = float("-inf")
        self._committed: tuple[bytes, BoardProgram] | None = None
        self._limits: Limits | None = None
        self._bad_frames = 0

    @classmethod
    def open(
        cls, place: Place, store: Store, listener: Listener, *, who: str | None = None, role: str = "command"
    ) -> Self:
        """Connect to the pump and record it from now on.

        A run of this laboratory that the pump is still under way with is gone on with; what was missed is
        fetched. A pump that somebody else commands is looked at, not recorded; role "take-over" takes it from
        them, role "observe" leaves it to something else of this program.

        Raises ``ClientError``, ``FileError``, ``StoreError`` or ``VirtualBoardError``, each one sentence.
        """
        recording = DeskRecording(listener)
        with contextlib.ExitStack() as undo:
            board = undo.enter_context(_board(place)) if place.virtual else None
            port = place.port if board is None else board.port
            left = None if board else left_behind(port, store)
            client = undo.enter_context(
                connect(
                    port,
                    role=role,
                    on_records=recording.on_records,
                    on_event=recording.on_event,
                    on_gap=recording.on_gap,
                    on_state=recording.on_state,
                    have=left.have if left else None,
                )
            )
            undo.callback(recording.give_up)
            desk = cls(client, board, place, store)
            desk._who = who
            desk._looks_on = role == OBSERVE
            desk._recording = recording
            desk._settle(left)
            undo.pop_all()
        return desk

    def close(self) -> None:
        """End the recording and the connection; an attended run is stopped, an autonomous one goes on.

        A program's run that is still under way stays open in the database, to be gone on with.
        """
        with self._lock, contextlib.ExitStack() as ending:
            if self.board is not None:
                ending.callback(self.board.__exit__, None, None, None)
            last = None
            with contextlib.suppress(ClientError):
                if self.client.attended:
                    self.client.stop()
                self._wait_for_the_rest()
                last = self.client.status()
            self._recording.give_up()
            ending.callback(self._leave, last)
            self.client.close()

    def _wait_for_the_rest(self) -> None:
        """Let everything be stored that the pump has told, unless the database takes nothing."""
        if self._recording.problem is not None:
            return
        patience = threading.Timer(PATIENCE_S, self._recording.give_up)
        patience.start()
        try:
            self.client.barrier()
        finally:
            patience.cancel()

    def _leave(self, last: Status | None) -> None:
        """End the recording; nothing comes from the client any more."""
        self._recording.current.end(0)
        run, self._run = self._run, None
        if run is None:
            return
        if run.watch or self._is_over(last):
            self._finish(run, last, None)
        else:
            self._store.leave_run(run.id)

    # --- looking ---

    def look(self) -> Snapshot:
        """What is known now. Begins and ends runs where the pump's state says so; to be called about once a
        second. Raises ``ClientError``.
        """
        client = self.client
        info = client.info
        if not info.fits:
            return Snapshot(info, False, client.status(), time.time())
        with self._lock:
            status, seen_at_s = client.status(), time.time()  # not from before a start just carried out
            problem = self._recording.problem
            try:
                self._keep_books(status)
            except StoreError as error:  # tried again at the next look
                problem = str(error)
            if self._recording.program_changed:
                self._recording.program_changed = False
                self._committed = committed(client)
            if self._limits is None:
                self._limits = client.limits()
            digest, program = self._committed or (None, None)
            run = self._run
            return Snapshot(
                info,
                client.role == "command",
                status,
                seen_at_s,
                client.link_health(),
                self._limits,
                client.alarms(),
                tuple(client.reservoir(index) for index in range(self._limits.reservoirs)),
                program,
                digest,
                None if info.simulated else calibration_fault(client.calibration()),
                run and replace(run, records=run.records + self._recording.records),
                problem,
                None if info.simulated or not client.clock.ready else client.clock.to_wall_s(status.time_us),
                self._looks_on,
            )

    # --- commanding ---

    def stop(self) -> Stopped:
        """Stop the pump at once, in every state and role."""
        return self.client.stop()

    def take_command(self) -> None:
        """Take the command back from whoever has it now; what is recorded goes on."""
        self.client.take_over()

    def stage(self, program: Program) -> Staged:
        """Define the program's reservoirs, send it, and return what the board understood; nothing runs."""
        for reservoir in program.wire_reservoirs():
            self.client.request("reservoir_set", **reservoir)
        return self.client.stage(program)

    def start(self, program: Program, text: str, digest: bytes) -> int:
        """Start the committed program of this digest, recorded as a run of its own; returns the run's id.

        `text` is the program as its file has it. Raises ``Refusal`` when the pump does not start; the run
        that was begun is then closed with the reason.
        """
        with self._lock:
            run = RunNow(0, program.name, False, program.volume_nl, program.duration_s, 0)
            with self._recording.held():
                meta = description(
                    self.client, self._store, self._who, program, text, digest, self._virtual()
                )
                run_id = self._begin(run, meta)
            try:
                self.client.set_telemetry_rate(program.telemetry_hz)
                self.client.start(digest, lease_s=lease_at_s(self.place.speed))
            except Refusal as error:  # after any other error it may have started: the next looks tell
                self._begin_watch(f"did not start: {error}")
                raise
            return run_id

    def start_file(self, path: Path) -> int:
        """Stage, commit and start the program of a file; returns the run's id. Raises ``FileError``, too."""
        program = program_file.load(path)
        staged = self.stage(program)
        self.client.commit(staged.digest)
        return self.start(program, path.read_text(encoding="utf-8"), staged.digest)

    def resume(self) -> None:
        """Go on with the run that is held."""
        lease_s = max(LEASE_S, lease_at_s(self.place.speed))
        self.client.start(self.client.program()[0], resume=True, lease_s=lease_s)

    def move(self, kind: str, *, reservoir: int, volume_nl: int, rate_nl_h: int) -> int:
        """Make a set-up move; returns the board's time before it. No look falls in between, so that whatever
        is seen of a later time is how it was after the start."""
        with self._lock:
            asked_us = self.client.status().time_us
            self.client.move(kind, reservoir=reservoir, volume_nl=volume_nl, rate_nl_h=rate_nl_h)
            return asked_us

    def note(self, action: str, subject: str, details: dict[str, Any]) -> None:
        """Write into the audit trail what somebody decided at this desk, such as going past a soft limit."""
        self._store.audit.append(action, subject, details, who=self._who)

    # --- runs ---

    def _settle(self, left: Left | None) -> None:
        """Record into the run that was left, else into a watch."""
        if self.client.role != "command" or not self.client.info.fits:
            self._recording.look_only()
            return
        with self._lock:
            for run in self._store.runs(status="interrupted", unique_id=self.client.info.unique_id):
                if run.meta.get("watch"):
                    self._store.close_run(run.id, "the watch was cut off")
            if left is None:
                self.client.set_telemetry_rate(WATCH_HZ)
                self._begin_watch()
                return
            meta = left.run.meta
            info = self.client.info
            self._store.resume_run(left.run.id, boot_count=info.boot_count, time_us=info.time_us)
            self._recording.current.begin(self._store, left.run.id)
            self._run = RunNow(
                left.run.id, left.run.name, False, meta["requested_nl"], meta["duration_s"], left.run.records
            )
            self._began_us = int(meta["time_us"])

    def _begin_watch(self, never_was: str | None = None) -> None:
        """Record what is no program's run; `never_was` is why the run before it is none."""
        name = f"{_WATCHES} {self.client.info.board}"
        with self._recording.held():
            meta = description_of_board(self.client, self._store, self._who, self._virtual())
            self._begin(RunNow(0, name, True, 0, 0.0, 0), meta | {"name": name, "watch": True}, never_was)

    def _begin(self, run: RunNow, meta: dict[str, Any], never_was: str | None = None) -> int:
        """Begin a run in the database, which gets every record from ``first_counter`` on."""
        run_id = self._store.begin_run(meta)
        before = self._run
        if before is None:
            self._recording.current.begin(self._store, run_id, meta["first_counter"])
        else:
            recording = Recording()
            recording.begin(self._store, run_id, meta["first_counter"])
            self._recording.announce(recording, meta["boot_count"], meta["first_counter"])
            self.client.barrier()
            self._recording.move_on().end(self._new_bad_frames())
            self._finish(before, self.client.status(), never_was)
        self._run = RunNow(run_id, run.name, run.watch, run.requested_nl, run.duration_s, 0)
        self._began_us = int(meta["time_us"])
        return run_id

    def _keep_books(self, status: Status) -> None:
        """End a program's run when the pump has, and note now and then what the wall's clock shows."""
        run = self._run
        if run is None:
            return
        if not run.watch and self._is_over(status) and self._recording.state == status.state:
            self._begin_watch()
        now = time.monotonic()
        if self.board is None and now - self._marked_at > CLOCK_MARK_EVERY_S:
            self._marked_at = now
            self._recording.current.mark_clock(self.client.info.boot_count, status.time_us)

    @staticmethod
    def _is_over(status: Status | None) -> bool:
        """Whether nothing more comes of the run, not even when a person lets it go on."""
        return status is not None and status.state in ENDED and status.state not in RESUMABLE

    def _finish(self, run: RunNow, last: Status | None, never_was: str | None) -> None:
        if never_was is not None:
            self._store.close_run(run.id, never_was)
            return
        if run.watch or last is None:
            self._store.finish_run(run.id, {"state": last.state if last else "lost"})
            return
        interpreter = None if self.board is None else self.board.description["interpreter"]
        elapsed_s = max(0.0, (last.time_us - self._began_us) / 1e6)
        summary = sum_up(self._store, run.id, last, self.client.info, interpreter, elapsed_s)
        self._store.finish_run(run.id, summary.as_dict())

    def _new_bad_frames(self) -> int:
        with contextlib.suppress(ClientError):
            before, self._bad_frames = self._bad_frames, self.client.link_health().host_bad_frames
            return self._bad_frames - before
        return 0

    def _virtual(self) -> dict[str, Any]:
        if self.board is None:
            return {}
        return dict(self.board.description) | {"seed": self.place.seed, "speed": self.place.speed}


def _board(place: Place) -> VirtualBoard:
    tables = {} if place.plant is None else toml.read(place.plant)
    return VirtualBoard(
        speed=place.speed,
        seed=place.seed,
        plant=plant_file.parse(tables, place.plant or "the default plant"),
        interpreter=place.interpreter,
    )
