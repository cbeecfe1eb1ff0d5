"""A sweep's finished trials, one JSON object a line, so that a sweep that was cut off goes on."""

import json
from pathlib import Path
from typing import Any

NAME = "sweep.jsonl"


class Record:
    """What is finished, in a folder or in memory alone."""

    def __init__(self, folder: Path | None) -> None:
        self.done: dict[str, dict[str, Any]] = {}
        self._path = None if folder is None else folder / NAME
        if self._path is not None and self._path.exists():
            self._read(self._path)

    def _read(self, path: Path) -> None:
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue  # cut off in the middle of a line: that trial is carried out once more
            if "error" not in told:
                self.done[told["key"]] = told

    def add(self, told: dict[str, Any]) -> None:
        """Keep a trial's figures."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")
        if "error" not in told:
            self.done[told["key"]] = told
