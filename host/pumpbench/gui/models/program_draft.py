"""A program while it is written: tables as its file has them, right or wrong, with undo and redo.

No text is ever refused: a draft keeps what was typed, and says what is wrong with it, in the words and by the
checks of ``pumpbench.files.program``. A draft without a fault is a `Program`.
"""

import re
from typing import Any

from pumpbench.files import program as program_file
from pumpbench.files.checking import place
from pumpbench.files.errors import FileError
from pumpbench.files.program import Program
from pumpbench.files.segment import MAY_HAVE
from pumpbench.files.toml_text import text_of
from pumpbench.gui.models.history import History
from pumplink.names import SEGMENT_NAMES

Tables = dict[str, Any]
Path = tuple[str | int, ...]

SEGMENTS, RESERVOIRS, HEAD = "segments", "reservoirs", "program"
QUANTITIES = ("rate", "to_rate", "volume", "duration")
NEW_SEGMENT = {"kind": "constant", "rate": "1 mL/h", "duration": "1 h"}
NEW_RESERVOIR = {"capacity": "30 mL", "contents": "30 mL"}
# What cannot stand beside each other: writing one takes the other away.
_EITHER = {"volume": "duration", "duration": "volume"}
_BOLUS_EITHER = {"rate": "duration", "duration": "rate"}


def keys_of(kind: object) -> tuple[str, ...]:
    """Return the keys that a segment of this kind may have; all when there is no such kind."""
    return MAY_HAVE[SEGMENT_NAMES.index(kind)] if kind in SEGMENT_NAMES else QUANTITIES


class ProgramDraft:
    """One draft. `program` is None while something is wrong, `problems` then says what, by place
    (``[[segments]] 2, rate``); `last_program` is the newest one that was right.
    """

    def __init__(self, tables: Tables) -> None:
        self._history = History(tables)
        self._saved = tables
        self.last_program: Program | None = None
        self._check()

    # --- what it is ---

    @property
    def tables(self) -> Tables:
        """The tables; to be looked at only."""
        return self._history.state

    @property
    def text(self) -> str:
        """The file's text."""
        return text_of(self.tables)

    @property
    def changed(self) -> bool:
        """Whether it differs from what was saved or opened last."""
        return self.tables != self._saved

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return self._history.can_redo

    def rows(self, table: str) -> list[Tables]:
        """Return the tables of a list, such as ``segments``."""
        found: list[Tables] = self.tables.get(table, [])
        return found

    def cell(self, *path: str | int) -> str:
        """Return what stands at a place as text, "" where there is nothing."""
        found: Any = self.tables
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return ""
        return str(found)

    def problem(self, *path: str | int) -> str:
        """Return what is wrong at a place, "" when nothing is."""
        return self.problems.get(place(path), "")

    def row_problem(self, table: str, index: int) -> str:
        """Return what is wrong with a row, the key first: ``rate: has no unit; ...``."""
        start = place((table, index))
        for where, why in self.problems.items():
            if where == start or where.startswith(f"{start}, "):
                key = where[len(start) + 2 :].replace("_", " ")
                return f"{key}: {why}" if key else why
        return ""

    def first_problem(self) -> str:
        """Return where the first fault is and what it is, in words; "" when there is none."""
        for where, why in self.problems.items():
            words = re.sub(r"^\[\[(\w+)s\]\] (\d+)", r"\1 \2", where)
            return f"{words.removeprefix('[program] ').replace('_', ' ')}: {why}"
        return ""

    @property
    def reservoir_ids(self) -> list[str]:
        """What segments may call: the draft's reservoirs, or the board's own by number."""
        return [str(row.get("id", "")) for row in self.rows(RESERVOIRS)] or ["0", "1", "2", "3"]

    # --- changing it ---

    def put(self, path: Path, text: str) -> None:
        """Write a text at a place; "" takes the key away. Changes of one place in a row are one step."""
        *way, key = path
        assert isinstance(key, str)
        table = dict(self._table(tuple(way)))
        value: str | int = int(text) if key == "repeat" and text.strip().isdecimal() else text
        if text == "" and key != "name":
            table.pop(key, None)
        else:
            table[key] = value
        if way[0] == SEGMENTS:
            table = _tidied(table, key, text)
        self._change(self._with(tuple(way), table), token=path)

    def settle(self) -> None:
        """The place is left: what is written there next is a step of its own."""
        self._history.settle()

    def take_back(self) -> None:
        """Leave what is being written at a place as it was before."""
        self._history.take_back()
        self._check()

    def add(self, table: str, index: int) -> None:
        """Put a new row before row `index`."""
        if table == RESERVOIRS:
            row = {"id": self._free_id(), **NEW_RESERVOIR}
        else:
            row = dict(NEW_SEGMENT)
            if len(self.rows(RESERVOIRS)) > 1:
                row["reservoir"] = self.reservoir_ids[0]
        self._put_rows(table, [*self.rows(table)[:index], row, *self.rows(table)[index:]])

    def duplicate(self, table: str, index: int) -> None:
        """Put a copy of a row behind it."""
        rows = self.rows(table)
        copy = dict(rows[index])
        if table == RESERVOIRS:
            copy["id"] = self._free_id()
        self._put_rows(table, [*rows[: index + 1], copy, *rows[index + 1 :]])

    def remove(self, table: str, index: int) -> None:
        """Take a row away."""
        self._put_rows(table, [row for at, row in enumerate(self.rows(table)) if at != index])

    def move(self, table: str, index: int, to: int) -> None:
        """Move a row to another place; beyond the ends nothing happens."""
        rows = list(self.rows(table))
        if 0 <= to < len(rows):
            rows.insert(to, rows.pop(index))
            self._put_rows(table, rows)

    def open(self, tables: Tables) -> None:
        """Put another program in the place of this one, as one step."""
        self._saved = tables
        self._change(tables, token=None)

    def undo(self) -> None:
        """Take back the last step."""
        self._history.undo()
        self._check()

    def redo(self) -> None:
        """Make the step again that was undone last."""
        self._history.redo()
        self._check()

    def mark_saved(self) -> None:
        """This is what the file holds now."""
        self._saved = self.tables

    # --- the works ---

    def _table(self, way: Path) -> Tables:
        found: Any = self.tables
        for part in way:
            found = found[part] if isinstance(part, int) else found.get(part, {})
        table: Tables = found
        return table

    def _with(self, way: Path, table: Tables) -> Tables:
        if len(way) == 1:
            return {**self.tables, str(way[0]): table}
        name, index = str(way[0]), way[1]
        rows = [table if at == index else row for at, row in enumerate(self.rows(name))]
        return {**self.tables, name: rows}

    def _put_rows(self, table: str, rows: list[Tables]) -> None:
        self._change({**self.tables, table: rows}, token=None)

    def _change(self, tables: Tables, token: object) -> None:
        self._history.change(tables, token)
        self._check()

    def _check(self) -> None:
        self.problems: dict[str, str] = {}
        self.program: Program | None = None
        try:
            self.program = self.last_program = program_file.parse(self.tables, "the draft")
        except FileError as error:
            self.problems = {fault.place: fault.why for fault in error.faults}

    def _free_id(self) -> str:
        taken = {str(row.get("id", "")) for row in self.rows(RESERVOIRS)}
        return next(name for name in ("main", *(f"reservoir {n}" for n in range(2, 99))) if name not in taken)


def _tidied(table: Tables, key: str, text: str) -> Tables:
    """Return a segment without what has no meaning beside what was just written."""
    kind = table.get("kind")
    if key == "kind":
        allowed = keys_of(kind)
        table = {name: value for name, value in table.items() if name not in QUANTITIES or name in allowed}
        if "duration" in table and ("rate" if kind == "bolus" else "volume") in table:
            del table["duration"]
    rivals = _BOLUS_EITHER if kind == "bolus" else _EITHER
    rival = rivals.get(key)
    return {name: value for name, value in table.items() if name != rival} if text and rival else table
