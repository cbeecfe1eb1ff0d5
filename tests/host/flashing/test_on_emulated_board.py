"""A bare emulated RP2040 with the real MicroPython is flashed, through its USB serial port and mpremote."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.host.flashing.emulated import BOARD, order
from tests.support.emulated import needs_emulator

from pumpbench.cli.exits import code_of
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.expected import sentence_of
from pumpbench.files import board as boards
from pumpbench.flashing import repl, sources
from pumpbench.flashing.errors import (
    FlashError,
    FlashFull,
    ForeignProgram,
    TransferFailed,
    WrongBoard,
)
from pumpbench.flashing.flash import Order, flash
from pumpbench.flashing.places import Places
from pumpbench.flashing.start import wait_for_pump

pytestmark = needs_emulator


def on_board(board: EmulatedBoard, code: str) -> str:
    """What code prints at the board's prompt."""
    prompt = repl.enter([board.repl_port], 20)
    assert prompt is not None
    with prompt:
        return prompt.run(code).strip()


@pytest.fixture(scope="module")
def bare() -> Iterator[EmulatedBoard]:
    with EmulatedBoard(seed=2) as board:
        yield board


def refused(kind: type[FlashError], wanted: Order) -> str:
    """The one sentence that refuses an order."""
    with pytest.raises(kind) as error:
        flash(wanted)
    assert code_of(error.value) in (2, 3, 4)
    sentence = sentence_of(error.value)
    assert "\n" not in sentence
    return sentence


def test_a_dry_run_sends_nothing(bare: EmulatedBoard) -> None:
    report = flash(order(bare, dry_run=True))
    assert report.files_sent > 50
    assert not report.verified
    assert on_board(bare, "import os\nprint(os.listdir('/'))") == "[]"


def test_the_board_file_of_another_chip_is_refused(bare: EmulatedBoard) -> None:
    for name, chip in (("rpi_pico2", "rp2350"), ("esp32_devkit", "esp32")):
        said = refused(WrongBoard, Order(boards.named(name), bare.repl_port))
        assert f"is Raspberry Pi Pico with RP2040, the board file {name} is for {chip}" in said


def test_another_program_stays_unless_it_may_go(bare: EmulatedBoard) -> None:
    on_board(bare, "with open('main.py', 'w') as file:\n    file.write('print(42)')")
    said = refused(ForeignProgram, order(bare))
    assert "its main.py is not pumpbench's" in said
    assert (
        on_board(bare, "import os\nprint(os.listdir('/'), open('main.py').read())") == "['main.py'] print(42)"
    )
    on_board(bare, "import os\nos.remove('main.py')")


@pytest.mark.parametrize("blocks", [330, 200])  # the firmware finds no room; it does, but not its journal
def test_a_full_flash_is_told_with_what_is_free_and_what_is_needed(bare: EmulatedBoard, blocks: int) -> None:
    fill = f"with open('big', 'wb') as file:\n    for _ in range({blocks}):\n        file.write(bytes(4096))"
    on_board(bare, fill)
    said = refused(FlashFull, order(bare))
    assert "kB of flash free" in said
    assert said.endswith("remove from it what is not pumpbench's: big")
    assert on_board(bare, "import os\nprint(os.listdir('/'))") == "['big']"
    on_board(bare, "import os\nos.remove('big')")


def test_a_cable_pulled_at_every_tenth_of_a_transfer_leaves_a_board_that_flashes(
    bare: EmulatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sources, "read", partly(sources.read))
        for tenth in range(10):
            pulled: list[int] = []

            def pull(
                what: str, done: int, total: int, tenth: int = tenth, pulled: list[int] = pulled
            ) -> None:
                if what == "sending" and not pulled and done >= total * tenth / 10:
                    pulled.append(done)
                    bare.control.fault("unplug", duration_s=0.5)

            said = refused(TransferFailed, order(bare, progress=pull))
            assert pulled
            assert "flash it again" in said
    report = flash(order(bare))
    assert report.verified
    assert sum("shares the prompt's port" in note for note in report.notes) <= 1  # not in two sentences


def partly(read: Callable[[str], sources.Sources]) -> Callable[[str], sources.Sources]:
    """A part of the firmware, and all that starts it: as much as a transfer that never ends needs."""

    def read_partly(layer: str) -> sources.Sources:
        found = read(layer)
        kept = {path: text for path, text in found.firmware.items() if path.startswith("pumpfw/hal/")}
        return dataclasses.replace(found, firmware=kept)

    return read_partly


def test_the_old_firmware_runs_on_after_a_power_cut_in_mid_transfer(
    bare: EmulatedBoard, changed: Any
) -> None:
    before = flash(order(bare))
    changed(**dict.fromkeys(("pump", "program", "session", "link"), "TOUCHED = [1]"))
    pulled: list[int] = []

    def cut(what: str, done: int, total: int) -> None:
        if what == "sending" and not pulled and done >= total / 2:
            pulled.append(done)
            bare.control.power_cut()

    refused(TransferFailed, order(bare, progress=cut))
    answered = wait_for_pump(Places(bare.port), 120, lambda: None)
    assert answered is not None
    assert answered.info.firmware_hash == before.firmware_hash


def test_nothing_is_there(tmp_path: Path) -> None:
    said = refused_client(Order(BOARD, str(tmp_path / "no-port")))
    assert "there is no port" in said


def refused_client(wanted: Order) -> str:
    with pytest.raises(Exception, match="port") as error:
        flash(wanted)
    assert code_of(error.value) == 3
    return sentence_of(error.value)
