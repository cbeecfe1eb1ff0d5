"""Which runs are being recorded at this moment, and by one process only.

While a process records run N it holds an exclusive SQLite lock on a small file beside the database,
``<database>-run<N>.lock``. The operating system gives the lock back when the process ends, however it ends,
on every platform that SQLite knows; so a run whose lock is free and that was not finished has been
interrupted. The file of a process that was killed stays behind: `tidy_up` removes it.

Whoever takes a lock or tidies up does so in a transaction of the database, so that no lock file is removed
under somebody who is about to take it.
"""

import contextlib
import glob
import os
import sqlite3
from pathlib import Path

from pumpbench.store.errors import RunNotOpenError, WriteError

LOOK_S = 1.0  # a look takes a thousandth of that, where the process that looks is not held up in it


def lock_path(database: Path, run_id: int) -> Path:
    """The lock file of a run."""
    return Path(f"{database}-run{run_id}.lock")


class RunLock:
    """Holds a run for this process until ``release``; one that only looks whether it is held is waited for.

    Raises RunNotOpenError when another one holds it.
    """

    def __init__(self, database: Path, run_id: int, patience_s: float = LOOK_S) -> None:
        self._path = lock_path(database, run_id)
        self._released = False
        try:
            self._connection = sqlite3.connect(
                self._path, timeout=patience_s, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise WriteError(f"{self._path} cannot be made: {error}") from error
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            self._connection.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise RunNotOpenError(f"run {run_id} is being recorded by another program") from error
            raise WriteError(f"{self._path} cannot be locked: {error}") from error

    def release(self) -> None:
        """Give the run back; releasing twice does no harm."""
        if self._released:
            return
        self._released = True
        _remove(self._path)  # while it is held, so that it is nobody else's
        self._connection.close()
        if os.name == "nt":  # no file is removed there that somebody has open
            _remove(self._path)


def lock_files(database: Path) -> list[int]:
    """The runs that have a lock file, held or left behind."""
    names = [path.name for path in database.parent.glob(f"{glob.escape(database.name)}-run*.lock")]
    numbers = [name.removeprefix(f"{database.name}-run").removesuffix(".lock") for name in names]
    return [int(number) for number in numbers if number.isdecimal()]


def tidy_up(database: Path, runs: list[int]) -> None:
    """Remove the lock files that nobody holds; inside a transaction of the database."""
    for run_id in runs:
        with contextlib.suppress(RunNotOpenError, WriteError):
            RunLock(database, run_id, patience_s=0.0).release()


def _remove(path: Path) -> None:
    for part in (path, Path(f"{path}-journal")):
        with contextlib.suppress(OSError):  # a reader looks at it right now, on Windows
            part.unlink(missing_ok=True)


def is_held(database: Path, run_id: int) -> bool:
    """True while some process records the run."""
    path = lock_path(database, run_id)
    if not path.exists():
        return False
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)
    except sqlite3.OperationalError:
        return False  # it went away between the look and the opening
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    finally:
        connection.close()
    return False
