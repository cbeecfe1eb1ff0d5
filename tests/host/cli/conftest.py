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

_PROGRAM = """\
[program]
name = "{name}"
[[segments]]
kind = "constant"
rate = "{rate}"
duration = "{duration}"
[[reservoirs]]
id = "main"
capacity = "30 mL"
contents = "20 mL"
"""


def constant_program(rate: str, duration: str, name: str = "short") -> str:
    """A program file's text: one flow, out of a reservoir with enough in it."""
    return _PROGRAM.format(name=name, rate=rate, duration=duration)


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
