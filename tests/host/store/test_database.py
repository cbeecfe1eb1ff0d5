"""What is wrong with a database file is said in one sentence."""

import os
import sqlite3
from pathlib import Path

import pytest
from tests.host.store.samples import begun, records_of

from pumpbench.store import Store, database
from pumpbench.store.errors import (
    DamagedDatabaseError,
    NotPumpbenchError,
    OpenError,
    StoreError,
    WriteError,
    WrongVersionError,
)


def one_sentence(error: BaseException) -> bool:
    return "\n" not in str(error) and len(str(error)) > 10


def test_a_new_file_is_a_write_ahead_log_database_of_ours(store: Store, path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("PRAGMA application_id").fetchone() == (database.APPLICATION_ID,)
    connection.close()


@pytest.mark.parametrize(
    "content", [b"this is no database at all" * 100, b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_file_of_something_else_is_refused_and_left_as_it_was(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"laboratory\.sqlite") as caught:
        Store(path)
    assert one_sentence(caught.value)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_was(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NotPumpbenchError, match="another program"):
        Store(path)
    assert path.read_bytes() == before


def test_a_newer_format_is_refused_with_what_to_do(path: Path) -> None:
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(WrongVersionError, match=r"format 99.*update pumpbench"):
            Store(path, read_only=read_only)


def test_an_older_format_is_brought_up_to_date_and_keeps_its_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(path) as store:
        run = begun(store)
        store.append_records(run, records_of(1, range(10)))
    monkeypatch.setattr(
        database, "MIGRATIONS", ("ALTER TABLE runs ADD COLUMN note TEXT;\nCREATE TABLE more (x);\n",)
    )
    with pytest.raises(WrongVersionError, match="open it once for writing"):
        Store(path, read_only=True)
    with Store(path) as store:
        assert len(store.records(run)) == 10
        assert store._database.rows("SELECT note FROM runs")[0]["note"] is None
    with Store(path, read_only=True) as store:
        assert store._database.rows("PRAGMA user_version")[0][0] == 2


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(path).close()
    with monkeypatch.context() as patched:
        patched.setattr(database, "MIGRATIONS", ("CREATE TABLE more (x);\nCREATE TABLE runs (x);\n",))
        with pytest.raises(StoreError, match="already exists"):
            Store(path)
    with Store(path) as store:
        assert store._database.rows("SELECT name FROM sqlite_schema WHERE name = 'more'") == []


def test_damage_in_the_middle_is_told_when_it_is_met(path: Path) -> None:
    with Store(path) as store:
        run = begun(store)
        for start in range(0, 60_000, 10_000):
            store.append_records(run, records_of(1, range(start, start + 10_000)))
        store.finish_run(run, {})
    content = bytearray(path.read_bytes())
    for offset in range(4096 * 2, len(content), 4096):
        content[offset : offset + 64] = b"\xa5" * 64
    path.write_bytes(content)
    with pytest.raises(DamagedDatabaseError) as caught, Store(path) as store:
        store.records(run)
    assert one_sentence(caught.value)


def test_places_that_cannot_hold_a_database_are_named(tmp_path: Path) -> None:
    with pytest.raises(OpenError, match="is a folder"):
        Store(tmp_path)
    with pytest.raises(OpenError, match=r"no folder .*missing"):
        Store(tmp_path / "missing" / "x.sqlite")
    with pytest.raises(OpenError, match="no database at"):
        Store(tmp_path / "x.sqlite", read_only=True)
    assert not (tmp_path / "x.sqlite").exists()
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(NotPumpbenchError, match="empty"):
        Store(tmp_path / "empty.sqlite", read_only=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named_and_its_database_can_still_be_read(path: Path) -> None:
    with Store(path) as store:
        begun(store)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with pytest.raises(StoreError, match=r"read-only|refuses access"):
            Store(path)
        with Store(path, read_only=True) as store:
            assert len(store.runs()) == 1
    finally:
        path.parent.chmod(0o755)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a file system that takes no files")
def test_a_place_that_takes_no_files_is_named() -> None:
    with pytest.raises(StoreError, match=r"/proc/x.sqlite.*(refuses|read-only)") as caught:
        Store("/proc/x.sqlite")
    assert one_sentence(caught.value)


def test_a_medium_that_nobody_can_write_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store(path) as store:
        begun(store)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store(path, read_only=True) as store:
        assert len(store.runs()) == 1
    assert not Path(f"{path}-shm").exists()


def test_a_store_opened_for_reading_refuses_to_write(path: Path) -> None:
    Store(path).close()
    with Store(path, read_only=True) as store, pytest.raises(WriteError, match="for reading only"):
        begun(store)


def test_a_full_disk_stores_nothing_of_the_transaction(store: Store, run: int) -> None:
    store.append_records(run, records_of(1, range(10)))
    pages = store._database.rows("PRAGMA page_count")[0][0]
    store._database.write(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(WriteError, match="the disk is full"):
        store.append_records(run, records_of(1, range(10, 200_000)))
    assert len(store.records(run)) == 10


def test_a_lock_held_too_long_by_another_program_is_told(
    path: Path, store: Store, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store._database.write("PRAGMA busy_timeout = 50")
    with pytest.raises(WriteError, match="locked by another program"):
        store.append_records(run, records_of(1, range(10)))
    other.close()
