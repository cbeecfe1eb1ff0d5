"""Boards by unique id, and their lives.

A board's (boot count, time since boot) only rises, unless its memory was wiped: a virtual board started
afresh, a chip erased. Then its event numbers and record counters begin again, and must not be mistaken for
those already stored. So a board that is seen earlier than it was seen last begins a new life.
"""

from pumpbench.store.database import Database


def board_now(database: Database, unique_id: str, boot: int, time_us: int) -> int:
    """The row of the board's present life, made when there is none or when its clock went back."""
    row = database.row(
        "SELECT id, life, last_boot, last_time_us FROM boards WHERE unique_id = ? ORDER BY life DESC LIMIT 1",
        (unique_id,),
    )
    if row and (boot, time_us) >= (row["last_boot"], row["last_time_us"]):
        board_id = int(row["id"])
        seen(database, board_id, boot, time_us)
        return board_id
    life = row["life"] + 1 if row else 1
    made = database.write(
        "INSERT INTO boards (unique_id, life, last_boot, last_time_us) VALUES (?, ?, ?, ?)",
        (unique_id, life, boot, time_us),
    )
    return int(made.lastrowid or 0)


def seen(database: Database, board_id: int, boot: int, time_us: int) -> None:
    """Note that the board's clock has come to at least this."""
    database.write(
        "UPDATE boards SET last_boot = ?, last_time_us = ? "
        "WHERE id = ? AND (last_boot, last_time_us) < (?, ?)",
        (boot, time_us, board_id, boot, time_us),
    )
