"""How flashing finds its board, by port, boot drive or esptool, and what it says when it cannot."""

import json
import os
import pty
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial
from tests.host.flashing.images_made import esp, uf2

from pumpbench.cli.exits import code_of
from pumpbench.client import NoDevice
from pumpbench.client.discover import PortInfo
from pumpbench.client.errors import PortUnusable
from pumpbench.expected import sentence_of
from pumpbench.files import board as boards
from pumpbench.flashing import bare, boot_drive, repl
from pumpbench.flashing import flash as flashing
from pumpbench.flashing.errors import BadImage, FlashError, NoBoard, SeveralBoards, TransferFailed, WrongBoard
from pumpbench.flashing.flash import Order, flash
from pumpbench.virtual.board import VirtualBoard

PICO = boards.named("rpi_pico")
ESP32 = boards.named("esp32_devkit")
FAKE = Path(__file__).parent / "fake_esptool"


def shown(*urls: str) -> list[PortInfo]:
    """What the computer lists when Picos are at these ports."""
    return [PortInfo(url, "Board in FS mode", 0x2E8A, 0x0005, None, "Raspberry Pi Pico") for url in urls]


@pytest.fixture
def silent_port() -> Iterator[str]:
    """A serial port at which nobody ever says anything."""
    ours, theirs = pty.openpty()
    yield os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def sentence(error: Exception) -> str:
    """The one sentence that the command says."""
    said = sentence_of(error)
    assert "\n" not in said
    return said


# --- ports ---


def test_a_port_that_another_program_holds_is_told_as_that(silent_port: str) -> None:
    with serial.Serial(silent_port, exclusive=True), pytest.raises(NoDevice) as error:
        flash(Order(PICO, silent_port))
    assert code_of(error.value) == 3
    assert "another program" in sentence(error.value)


@pytest.mark.parametrize("url", ["", "nonsense://x", "127.0.0.1:4000", "socket://127.0.0.1", "/dev/null"])
def test_what_can_never_be_a_port_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    never = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: pytest.fail("it waited"))
    monkeypatch.setattr(repl, "time", never)
    with pytest.raises(PortUnusable):
        repl.enter([url], 3600.0)


def test_of_two_boards_one_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with VirtualBoard(speed=1) as one, VirtualBoard(speed=1) as other:
        monkeypatch.setattr(flashing, "list_serial_ports", lambda: shown(one.port, other.port))
        with pytest.raises(SeveralBoards) as error:
            flash(Order(PICO))
    assert code_of(error.value) == 2
    assert sentence(error.value).endswith(f"of {one.port}, {other.port}")


def test_of_two_pumps_one_that_is_held_up_for_a_moment_is_no_less_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with VirtualBoard(speed=1) as one, VirtualBoard(speed=1) as other:

        def found() -> list[PortInfo]:
            os.kill(other.pid, signal.SIGSTOP)
            threading.Timer(2.0, os.kill, [other.pid, signal.SIGCONT]).start()
            return shown(other.port, one.port)

        monkeypatch.setattr(flashing, "list_serial_ports", found)
        with pytest.raises(SeveralBoards):
            flash(Order(PICO))


def test_of_two_boards_the_one_that_is_a_pump_is_taken(
    monkeypatch: pytest.MonkeyPatch, silent_port: str
) -> None:
    with VirtualBoard(speed=1) as pump:
        monkeypatch.setattr(flashing, "list_serial_ports", lambda: shown(silent_port, pump.port))
        with pytest.raises(WrongBoard, match=f"the pump at {pump.port} is virtual"):
            flash(Order(PICO))


def test_without_any_board_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flashing, "list_serial_ports", list)
    monkeypatch.setattr(boot_drive, "find", list)
    with pytest.raises(NoBoard, match="plug one in, or name its port with --port"):
        flash(Order(PICO))


# --- the boot drive ---


def test_a_boot_drive_gets_the_image_and_the_port_that_appears_then_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\r\nBoard-ID: RPI-RP2\r\n")
    image = uf2(tmp_path / "RPI_PICO-1.25.uf2")
    with VirtualBoard(speed=1) as board:
        ports = lambda: shown(board.port) if (drive / "image.uf2").exists() else []  # noqa: E731
        for module in (flashing, bare):
            monkeypatch.setattr(module, "list_serial_ports", ports)
        with pytest.raises(WrongBoard, match=f"the pump at {board.port} is virtual, which cannot be flashed"):
            flash(Order(PICO, drive=drive, image=image))
    assert (drive / "image.uf2").read_bytes() == image.read_bytes()


def test_a_boot_drive_after_which_no_port_appears_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\r\nBoard-ID: RPI-RP2\r\n")
    for module in (flashing, bare):
        monkeypatch.setattr(module, "list_serial_ports", list)
    monkeypatch.setattr(bare, "_APPEARS_S", 0.1)
    with pytest.raises(NoBoard, match="no serial port appeared"):
        flash(Order(PICO, drive=tmp_path, image=uf2(tmp_path / "x.uf2")))


# --- esptool ---


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the fake esptool notes its arguments; nobody waits for a prompt for long."""
    log = tmp_path / "asked"
    monkeypatch.setenv("PYTHONPATH", str(FAKE))
    monkeypatch.setenv("FAKE_ESPTOOL_LOG", str(log))
    monkeypatch.setattr(repl, "_try", lambda url: None)  # without mpremote's own patience
    monkeypatch.setattr(flashing, "_PROMPT_S", 0.1)
    monkeypatch.setattr(flashing, "_AFTER_RESTART_S", 0.1)
    return log


def refused(kind: type[FlashError], port: str, image: Path) -> str:
    with pytest.raises(kind) as error:
        flash(Order(ESP32, port, image=image))
    return sentence(error.value)


def test_an_empty_esp32_is_erased_and_gets_the_image_where_its_boot_rom_looks(
    asked: Path, silent_port: str, tmp_path: Path
) -> None:
    image = esp(tmp_path / "ESP32_GENERIC.bin")
    said = refused(NoBoard, silent_port, image)  # nobody answers here after it
    assert "neither a pump nor MicroPython" in said
    always = ["--chip", "esp32", "--port", silent_port]
    assert [json.loads(line) for line in asked.read_text().splitlines()] == [
        [*always, "erase-flash"],
        [*always, "write-flash", "0x1000", str(image)],
    ]


def test_a_pump_that_was_held_up_when_it_was_asked_is_not_taken_for_an_empty_board(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with VirtualBoard(speed=1) as pump:
        monkeypatch.setattr(repl, "_try", lambda url: os.kill(pump.pid, signal.SIGCONT))
        os.kill(pump.pid, signal.SIGSTOP)
        said = refused(WrongBoard, pump.port, esp(tmp_path / "x.bin"))
    assert f"the pump at {pump.port} is virtual" in said
    assert not asked.exists()


@pytest.mark.parametrize(("command", "kind"), [("erase-flash", NoBoard), ("write-flash", TransferFailed)])
def test_what_esptool_complains_of_is_told_in_a_sentence(
    asked: Path,
    silent_port: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    kind: type[FlashError],
) -> None:
    monkeypatch.setenv("FAKE_ESPTOOL_FAILS_AT", command)
    assert "Failed to connect to ESP32" in refused(kind, silent_port, esp(tmp_path / "x.bin"))


def test_an_image_for_another_chip_is_refused_before_anything_is_erased(
    asked: Path, silent_port: str, tmp_path: Path
) -> None:
    assert "is for esp32s3" in refused(BadImage, silent_port, esp(tmp_path / "x.bin", chip=9))
    assert not asked.exists()
