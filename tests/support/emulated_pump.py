"""A pump on an emulated board, with the face of `VirtualPump`: a test can do to it what it does there."""

import functools
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from pumpbench.client import Status, connect
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.files import board as boards
from pumpbench.flashing.flash import Order, flash
from tests.support.emulated import why_not
from tests.support.virtual_pump import SECOND_US, VirtualPump

_LOOK_S = 0.02
_COMES_UP_S = 120.0
_ANSWERS_S = 120.0


class EmulatedPump(VirtualPump):
    """``with EmulatedPump(image, plant) as pump``: time passes by itself, as fast as the machine can.

    `image` is a flash image with the firmware in it; it is changed.
    """

    def __init__(self, image: Path, plant: Mapping[str, Any] | None = None, seed: int = 7) -> None:
        self.events = []
        self._emulated = EmulatedBoard(seed=seed, plant=plant, flash=image)

    def __enter__(self) -> "EmulatedPump":
        self.board = self._emulated.__enter__()  # type: ignore[assignment]  # it has the same control port
        try:
            self.client = connect(
                self.board.port,
                on_event=self.events.append,
                connect_timeout_s=_COMES_UP_S,
                timeout_s=_ANSWERS_S,
            )
            self.client.set_telemetry_rate(0)
        except BaseException:
            self._emulated.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.client.close()
        self._emulated.__exit__(kind, error, traceback)

    def run(self, seconds: float) -> Status:
        """Let time pass; return the status then."""
        end = self.truth["now_us"] + seconds * SECOND_US
        while self.truth["now_us"] < end:
            time.sleep(_LOOK_S)
        return self.client.status()


@pytest.fixture(scope="session")
def flashed_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The flash of an emulated board with the firmware on it, as `pumpbench flash` leaves it."""
    missing = why_not()
    if missing is not None:
        pytest.skip(missing)
    return _flashed(tmp_path_factory.getbasetemp())


@functools.cache  # one for all folders of tests that have the fixture
def _flashed(folder: Path) -> Path:
    image = folder / "flashed.bin"
    with EmulatedBoard(seed=7, flash=image) as board:
        flash(Order(boards.named("emulated_pico"), board.repl_port))
    return image


@pytest.fixture
def flashed_board(flashed_image: Path, tmp_path: Path) -> Iterator[EmulatedBoard]:
    """An emulated board with the firmware on it, for one test."""
    with EmulatedBoard(seed=7, flash=_copy(flashed_image, tmp_path)) as board:
        yield board


def _copy(image: Path, folder: Path) -> Path:
    return Path(shutil.copy(image, folder / "flash.bin"))


@pytest.fixture(params=["virtual", "emulated"])
def either_pump(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VirtualPump]:
    """A pump with 90 mL in it, once on a virtual board and once on an emulated one.

    A test that uses it lets no more than five seconds pass: there they may be slow ones.
    """
    if request.param == "virtual":
        made = VirtualPump()
    else:
        made = EmulatedPump(_copy(request.getfixturevalue("flashed_image"), tmp_path))
    with made as pump:
        pump.fill()
        yield pump
