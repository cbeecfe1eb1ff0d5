"""The audit trail cannot be changed by SQL, and tells when it was changed behind SQL's back."""

import json
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest

from pumpbench.store import Store
from pumpbench.store.audit import entry_hash

TRIGGERS = (
    "audit_no_update",
    "audit_no_delete",
    "audit_in_order",
    "audit_moves_head",
    "audit_head_forward",
    "audit_head_no_delete",
)


@pytest.fixture
def trail(path: Path) -> Path:
    with Store(path, who="Ada") as store:
        for number in range(1, 6):
            store.audit.append("refill", f"reservoir {number}", {"residual_nl": number})
    return path


def tampered(path: Path, *statements: str) -> None:
    """Carry out SQL on the file with its triggers taken away."""
    connection = sqlite3.connect(path)
    for trigger in TRIGGERS:
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_trail_left_alone_is_whole(trail: Path) -> None:
    with Store(trail, read_only=True) as store:
        verdict = store.audit.verify()
    assert verdict.whole
    assert verdict.entries == 5
    assert verdict.sentence == "the audit trail is whole"


def test_an_empty_trail_is_whole(store: Store) -> None:
    assert store.audit.verify().whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'Eve' WHERE number = 2",
        "DELETE FROM audit WHERE number = 5",
        "INSERT INTO audit VALUES (9, 0, 'Eve', 'x', '', '{}', '', '')",
        "INSERT INTO audit SELECT 6, 0, 'Eve', 'x', '', '{}', previous, 'f' FROM audit WHERE number = 5",
        "UPDATE audit_head SET number = 2",
        "UPDATE audit_head SET hash = 'f'",
        "DELETE FROM audit_head",
    ],
)
def test_sql_is_refused(trail: Path, statement: str) -> None:
    connection = sqlite3.connect(trail)
    with pytest.raises(sqlite3.IntegrityError, match="audit trail"):
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("kind", "number", "statements"),
    [
        ("changed", 2, ["UPDATE audit SET who = 'Eve' WHERE number = 2"]),
        ("changed", 3, ["UPDATE audit SET details = '{}' WHERE number = 3"]),
        ("changed", 1, ["UPDATE audit SET at_wall_us = at_wall_us + 1 WHERE number = 1"]),
        ("changed", 4, ["UPDATE audit SET hash = previous WHERE number = 4"]),
        ("missing", 3, ["DELETE FROM audit WHERE number = 3"]),
        ("missing", 1, ["DELETE FROM audit WHERE number = 1"]),
        (
            "reordered",
            2,
            [f"UPDATE audit SET number = {a} WHERE number = {b}" for a, b in ((99, 2), (2, 4), (4, 99))],
        ),
        ("truncated", 5, ["DELETE FROM audit WHERE number = 5"]),
        ("truncated", 1, ["DELETE FROM audit"]),
        ("added", 5, ["UPDATE audit_head SET number = 4, hash = (SELECT hash FROM audit WHERE number = 4)"]),
    ],
)
def test_tampering_is_named_with_its_first_broken_link(
    trail: Path, kind: str, number: int, statements: list[str]
) -> None:
    tampered(trail, *statements)
    with Store(trail, read_only=True) as store:
        verdict = store.audit.verify()
    assert (verdict.broken, verdict.number) == (kind, number)
    assert f"audit entry {number}" in verdict.sentence
    assert verdict.entries == number - 1


def test_an_entry_rewritten_with_its_own_hash_breaks_the_next_link(trail: Path) -> None:
    with Store(trail, read_only=True) as store:
        entry = store.audit.entries()[1]
    forged = entry_hash(
        entry.previous, 2, entry.at_wall_us, "Eve", entry.action, entry.subject, entry.details
    )
    tampered(trail, f"UPDATE audit SET who = 'Eve', hash = '{forged}' WHERE number = 2")
    with Store(trail, read_only=True) as store:
        assert (store.audit.verify().broken, store.audit.verify().number) == ("changed", 3)


def test_an_anchor_finds_a_trail_that_was_cut_and_its_head_with_it(trail: Path) -> None:
    with Store(trail, read_only=True) as store:
        anchor = store.audit.head()
    cut = "UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit WHERE number = 3)"
    tampered(trail, "DELETE FROM audit WHERE number > 3", cut)
    with Store(trail, read_only=True) as store:
        assert store.audit.verify().whole
        assert store.audit.verify(anchor).broken == "truncated"
        assert store.audit.verify((2, "f" * 64)).broken == "changed"


def test_the_hash_is_the_documented_formula(trail: Path) -> None:
    with Store(trail, read_only=True) as store:
        first, second = store.audit.entries()[:2]
    text = json.dumps(
        [2, second.at_wall_us, "Ada", "refill", "reservoir 2", '{"residual_nl":2}'], separators=(",", ":")
    )
    assert second.hash == sha256(f"{first.hash}\n{text}".encode()).hexdigest()
    assert first.previous == "0" * 64


def test_two_processes_worth_of_stores_make_one_chain(path: Path) -> None:
    with Store(path, who="Ada") as one, Store(path, who="Bob") as other:
        for _ in range(5):
            one.audit.append("a")
            other.audit.append("b")
        assert one.audit.verify().entries == 10
