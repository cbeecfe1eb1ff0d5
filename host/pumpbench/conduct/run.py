"""The whole main job, step by step."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from pumpbench.client import AnswerTimeout, Client, DeviceLost, Refusal, connect
from pumpbench.conduct.job import Job
from pumpbench.conduct.pace import ByGrants, ByTheWall, Pace, lease_s
from pumpbench.conduct.prepare import description, plant_of, stage_and_commit
from pumpbench.conduct.progress import Progress, Summary
from pumpbench.conduct.recording import Recording
from pumpbench.conduct.resume import Left, left_behind
from pumpbench.conduct.summing_up import sum_up
from pumpbench.conduct.watch import Watch
from pumpbench.files import program as program_file
from pumpbench.files.program import Program
from pumpbench.store import Store
from pumpbench.virtual.board import VirtualBoard

RESUMABLE = ("paused", "keep-open", "interrupted", "alarm-stop")


def run(job: Job, on_progress: Callable[[Progress], object] = lambda progress: None) -> Summary:
    """Run a program file to its end and record it; returns when the pump has ended, however it ended.

    A board that is already running this very program, with a run in the database that was interrupted (the
    host was killed, the cable pulled), is not started again: recording goes on, what was missed is fetched.

    Raises ``FileError``, ``ClientError``, ``StoreError`` or ``VirtualBoardError``; each is one sentence.
    """
    program = program_file.load(job.program)
    coming = _board(job, program)  # before a database is made: it says what is wrong with the options
    with Store(job.db, who=job.who) as store, coming as board:
        left = None if job.virtual else left_behind(job.port, store, job.program.read_text(encoding="utf-8"))
        recording = Recording()
        client = connect(
            job.port if board is None else board.port,
            on_records=recording.on_records,
            on_event=recording.on_event,
            on_gap=recording.on_gap,
            on_state=recording.on_state,
            have=left.have if left else None,
            manual=job.by_grants,
        )
        try:
            with client:
                return _conduct(job, program, store, board, client, recording, left, on_progress)
        finally:
            recording.end(0)


def _board(job: Job, program: Program) -> AbstractContextManager[VirtualBoard | None]:
    """The virtual board that the job asks for, not started yet, else None."""
    if not job.virtual:
        return nullcontext()
    options: dict[str, Any] = {} if job.heapsize is None else {"heapsize": job.heapsize}
    return VirtualBoard(
        speed=job.speed,
        seed=job.seed,
        plant=plant_of(job, program),
        truth=job.truth,
        truth_hz=job.truth_hz,
        interpreter=job.interpreter,
        firmware=job.firmware,
        board=job.board,
        **options,
    )


def _conduct(
    job: Job,
    program: Program,
    store: Store,
    board: VirtualBoard | None,
    client: Client,
    recording: Recording,
    left: Left | None,
    on_progress: Callable[[Progress], object],
) -> Summary:
    """Begin the run, or go on with the one that was left, watch it to its end, and close it in the store.

    On a board that stays, a run that a person may still resume is left open: ``run`` takes it up again.
    """
    try:
        if left:
            run_id = left.run.id
            store.resume_run(run_id, boot_count=client.info.boot_count, time_us=client.info.time_us)
            recording.begin(store, run_id)
        else:
            run_id, first_counter = _begin(job, program, store, board, client)
            recording.begin(store, run_id, first_counter)
    except BaseException:
        recording.abandon()
        raise
    if left is None:
        try:
            client.start(client.program()[0], lease_s=lease_s(job, program.duration_s))
        except Refusal as error:
            recording.end(0)
            store.close_run(run_id, f"did not start: {error}")
            raise
    by_grants = board is not None and job.by_grants
    pace: Pace = ByGrants(board, client, program.duration_s) if board and by_grants else ByTheWall()
    watch = Watch(client, recording, program, pace, on_progress, alone=board is not None)
    try:
        status = watch.to_the_end()
    except (DeviceLost, AnswerTimeout) as error:
        if job.virtual:
            raise
        raise DeviceLost(
            f"{error}; run {run_id} is left open, and the same `pumpbench run` goes on recording it"
        ) from error
    recording.end(client.link_health().host_bad_frames)
    interpreter = None if board is None else board.description["interpreter"]
    summary = sum_up(store, run_id, status, client.info, interpreter, watch.elapsed_s)
    if board is not None or status.state not in RESUMABLE:
        store.finish_run(run_id, summary.as_dict())
    return summary


def _begin(
    job: Job, program: Program, store: Store, board: VirtualBoard | None, client: Client
) -> tuple[int, int]:
    """Program the board and begin a run in the store; nothing turns yet. Returns the run and the counter of
    its first record.
    """
    staged = stage_and_commit(client, program)
    client.set_telemetry_rate(program.telemetry_hz)
    virtual = {} if board is None else board.description
    text = job.program.read_text(encoding="utf-8")
    meta = description(client, store, job.who, program, text, staged.digest, virtual)
    return store.begin_run(meta), meta["first_counter"]
