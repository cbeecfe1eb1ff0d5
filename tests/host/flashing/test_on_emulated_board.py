"""Flashing the real MicroPython on the emulated RP2040, through its USB serial port and mpremote."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.emulated import needs_emulator

from pumpbench.cli.exits import code_of
from pumpbench.client import connect
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.expected import sentence_of
from pumpbench.files import board as boards
from pumpbench.flashing import repl, sources
from pumpbench.flashing.errors import (
    DidNotComeUp,
    FlashError,
    FlashFull,
    ForeignProgram,
    TransferFailed,
    WrongBoard,
)
from pumpbench.flashing.flash import Order, Report, flash
from pumpbench.flashing.places import Places
from pumpbench.flashing.start import wait_for_pump

pytestmark = needs_emulator

BOARD = boards.named("emulated_pico")


def order(board: EmulatedBoard, **more: Any) -> Order:
    return Order(BOARD, board.repl_port, **more)


def on_board(board: EmulatedBoard, code: str) -> str:
    """What code prints at the board's prompt."""
    prompt = repl.enter([board.repl_port], 20)
    assert prompt is not None
    with prompt:
        return prompt.run(code).strip()


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Appends lines to firmware files before they are compiled."""
    read = sources.read

    def change(**lines: str) -> None:
        def changed_read(layer: str) -> sources.Sources:
            found = read(layer)
            texts = dict(found.firmware)
            for name, line in lines.items():
                texts[f"pumpfw/{name}.py"] += f"\n{line}\n"
            return dataclasses.replace(found, firmware=texts)

        monkeypatch.setattr(sources, "read", changed_read)

    return change


# --- a board that is flashed once, and then again and again ---


@pytest.fixture(scope="module")
def flashed() -> Iterator[tuple[EmulatedBoard, Report]]:
    """A board that had MicroPython and nothing else, and what its first flashing reported."""
    with EmulatedBoard(seed=1) as board:
        yield board, flash(order(board))


def test_a_bare_board_becomes_a_pump(flashed: tuple[EmulatedBoard, Report]) -> None:
    _, report = flashed
    assert report.verified
    assert report.simulated
    assert report.files_sent > 50
    assert set(report.selftest.values()) == {"passed"}
    with connect(report.link_port, role="observe") as pump:
        assert pump.info.firmware_hash == report.firmware_hash
        assert pump.status().state == "stopped"
        assert pump.selftest().memory_free > 0


def test_nothing_is_sent_when_nothing_changed(flashed: tuple[EmulatedBoard, Report]) -> None:
    board, first = flashed
    again = flash(order(board))
    assert (again.files_sent, again.bytes_sent, again.verified) == (0, 0, True)
    assert again.firmware_hash == first.firmware_hash


def test_a_firmware_that_does_not_start_gives_way_to_the_one_before(
    flashed: tuple[EmulatedBoard, Report], changed: Any
) -> None:
    board, first = flashed
    changed(app='raise ValueError("broken on purpose")')
    with pytest.raises(DidNotComeUp, match="broken on purpose; the one before runs again"):
        flash(order(board))
    with connect(first.link_port, role="observe") as pump:
        assert pump.info.firmware_hash == first.firmware_hash


def test_of_a_changed_firmware_the_changed_file_alone_is_sent(
    flashed: tuple[EmulatedBoard, Report], changed: Any
) -> None:
    board, first = flashed
    changed(lease="TOUCHED = [1]")
    report = flash(order(board))
    assert (report.files_sent, report.verified) == (1, True)
    assert report.bytes_sent < 5_000
    assert report.firmware_hash != first.firmware_hash


# --- a board with MicroPython and nothing else ---


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


def test_a_full_flash_is_told_with_what_is_free_and_what_is_needed(bare: EmulatedBoard) -> None:
    fill = "with open('big', 'wb') as file:\n    for _ in range(330):\n        file.write(bytes(4096))"
    on_board(bare, fill)
    said = refused(FlashFull, order(bare))
    assert "kB of flash free" in said
    assert on_board(bare, "import os\nprint(os.listdir('/'))") == "['big']"
    on_board(bare, "import os\nos.remove('big')")


def test_a_cable_pulled_at_every_tenth_of_a_transfer_leaves_a_board_that_flashes(bare: EmulatedBoard) -> None:
    for tenth in range(10):
        pulled: list[int] = []

        def pull(what: str, done: int, total: int, tenth: int = tenth, pulled: list[int] = pulled) -> None:
            if what == "sending" and not pulled and done >= total * tenth / 10:
                pulled.append(done)
                bare.control.fault("unplug", duration_s=0.5)

        said = refused(TransferFailed, order(bare, progress=pull))
        assert pulled
        assert "flash it again" in said
    report = flash(order(bare))
    assert report.verified


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
