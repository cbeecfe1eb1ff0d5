"""The SQLite file: opening it, its version, transactions, and errors as one sentence.

One connection, guarded by a lock, may be used by several threads. Write-ahead logging lets other processes
read while one writes; every commit is flushed to the disk (``synchronous = FULL``), so that what was
committed outlives a kill and a power cut.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from pumpbench.store.errors import (
    DamagedDatabaseError,
    NotPumpbenchError,
    OpenError,
    StoreError,
    WriteError,
    WrongVersionError,
)

MIGRATIONS: tuple[str, ...] = ()
"""The way from older formats to the present one: entry i is the SQL script from format i + 1 to i + 2."""

APPLICATION_ID = 0x70756D70  # "pump", so that file(1) and we can tell the file from another program's
BUSY_TIMEOUT_S = 10.0

Row = sqlite3.Row


def format_version() -> int:
    """The format that this pumpbench writes, kept in PRAGMA user_version."""
    return 1 + len(MIGRATIONS)


class Database:
    """One open database file.

    Raises OpenError, NotPumpbenchError, WrongVersionError or DamagedDatabaseError.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._lock = threading.RLock()
        self._connection = _connect(path, read_only)
        try:
            with self._errors():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file. Closing twice does no harm."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows that a query gives."""
        with self._lock, self._errors():
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row that a query gives, or None."""
        with self._lock, self._errors():
            found: Row | None = self._connection.execute(sql, parameters).fetchone()
            return found

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Carry out one statement; inside ``transaction()`` as a part of it."""
        with self._lock, self._errors():
            return self._connection.execute(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is stored together, or, after an error, not at all.

        May be nested; the outermost one commits.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            if self.read_only:
                raise WriteError(f"{self.path} was opened for reading only")
            with self._errors():
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                with self._errors():
                    self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        connection = self._connection
        connection.row_factory = sqlite3.Row
        version = self._checked_version()
        if self.read_only:
            if version != format_version():
                raise WrongVersionError(
                    f"{self.path} has format {version}, this pumpbench reads format {format_version()}: "
                    "open it once for writing to bring it up to date"
                )
            return
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if version < format_version():
            self._upgrade()
        connection.execute("BEGIN IMMEDIATE")  # says now, not at the first record, that the file is read-only
        connection.execute("ROLLBACK")

    def _checked_version(self) -> int:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != APPLICATION_ID:
            raise NotPumpbenchError(f"{self.path} is a database of another program, not one of pumpbench")
        if version > format_version():
            raise WrongVersionError(
                f"{self.path} was written by a newer pumpbench (format {version}, this one knows up to "
                f"{format_version()}): update pumpbench"
            )
        if self.read_only and not tables:
            raise NotPumpbenchError(f"{self.path} is empty, not a database of pumpbench")
        return int(version)

    def _upgrade(self) -> None:
        with self.transaction():
            version = self._checked_version()  # another process may have been quicker
            scripts = MIGRATIONS[version - 1 :] if version else (_schema(), *MIGRATIONS)
            for script in scripts:
                for statement in _statements(script):
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {format_version()}")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _told(error, self.path) from error


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    if path.is_dir():
        raise OpenError(f"{path} is a folder, not a database file")
    if read_only and not path.exists():
        raise OpenError(f"there is no database at {path}")
    if not path.parent.is_dir():
        raise OpenError(f"there is no folder {path.parent} to keep the database {path.name} in")
    mode = "rwc"
    if read_only:
        # Readers of a WAL database share a small file beside it; on a medium that nobody can write there is
        # none.
        frozen = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
        mode = "ro&immutable=1" if frozen else "ro"
    try:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise _told(error, path) from error


def _told(error: sqlite3.Error, path: Path) -> StoreError:
    """The error as one sentence that names the file and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return WriteError(f"{path} cannot grow: the disk is full")
    if code == sqlite3.SQLITE_IOERR:
        return WriteError(f"{path} cannot be read or written ({error}): is the disk full or gone?")
    if code == sqlite3.SQLITE_BUSY:
        return WriteError(f"{path} is locked by another program for more than {BUSY_TIMEOUT_S:.0f} s")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return WriteError(f"{path} cannot be written: the file or its folder is read-only")
    if code == sqlite3.SQLITE_CANTOPEN:
        return OpenError(f"{path} cannot be opened: the folder or the file refuses access")
    if code == sqlite3.SQLITE_NOTADB:
        return NotPumpbenchError(f"{path} is not a pumpbench database, or its beginning is damaged")
    if code == sqlite3.SQLITE_CORRUPT:
        return DamagedDatabaseError(
            f"{path} is damaged ({error}): restore a copy, or save what is left with sqlite3 .recover"
        )
    return StoreError(f"{path}: {error}")


def _schema() -> str:
    return resources.files("pumpbench.store").joinpath("schema.sql").read_text(encoding="utf-8")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
