"""Start an emulated board from a script or a test, and stop it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pumpbench.emulated import parts
from pumpbench.emulated.options import EmulatedOptions
from pumpbench.virtual.board import BoardProcess, with_values


class EmulatedBoard(BoardProcess):
    """An emulated board (see `BoardProcess`; `EmulatedOptions` for the options).

    Attributes:
        repl_port, repl_pty: the prompt's port, as `port` and `pty` are the link's.

    Raises:
        BadOption: it cannot begin like that.
        NotBuilt: the emulator's parts are not there.
        BoardDied: it ended before it was ready.
    """

    def __init__(
        self,
        seed: int | None = None,
        plant: Mapping[str, Any] | None = None,
        truth: Path | None = None,
        truth_hz: float = 10.0,
        flash: Path | None = None,
        realtime: bool = False,
    ) -> None:
        options = EmulatedOptions(seed, plant or {}, truth, truth_hz, flash, realtime)
        parts.folder()
        parts.node()
        command = [sys.executable, "-m", "pumpbench.emulated", "--truth-rate", str(truth_hz)]
        if realtime:
            command.append("--realtime")
        named = {"--seed": seed, "--truth": truth, "--flash-image": flash}
        super().__init__(with_values(command, named), options.plant)

    def __enter__(self) -> Self:
        super().__enter__()
        self.repl_port: str = self.description["repl_port"]
        self.repl_pty: str | None = self.description["repl_pty"]
        return self

    def peek(self, what: str) -> dict[str, Any]:
        """Return what a test may know: ``truth``, ``edges``, ``marks`` or ``chip`` (docs/emulator.md)."""
        return self.control.ask({"peek": what})
