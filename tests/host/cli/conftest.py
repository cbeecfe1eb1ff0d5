"""A command line that runs in this process, and a virtual board to point it at."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pumpbench.cli.main import execute
from pumpbench.virtual.board import VirtualBoard


@dataclass(frozen=True)
class Outcome:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The object on the last line."""
        return json.loads(self.out.splitlines()[-1])


Command = Callable[..., Outcome]


@pytest.fixture
def pumpbench(capsys: pytest.CaptureFixture[str]) -> Command:
    """Carry out a command line; returns exit code and output."""

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = execute([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run


@pytest.fixture
def board() -> Iterator[VirtualBoard]:
    """A virtual board that keeps pace with the wall clock twentyfold."""
    with VirtualBoard(speed=20) as started:
        yield started
