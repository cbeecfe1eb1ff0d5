"""The emulated board as a person or a program uses it: ports, prompt, flash, supply, cable, watchdog."""

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import serial
from tests.host.virtual.board.test_process import child_of, posix_only
from tests.support.emulated import Prompt, needs_emulator

from pumpbench.emulated import flash_image, parts
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.emulated.options import EmulatedOptions, process_config
from pumpbench.virtual.errors import BadOption, ControlError


def mpremote(board: EmulatedBoard, *arguments: str, device: str | None = None) -> str:
    """Run the real mpremote on the board's prompt."""
    command = [sys.executable, "-m", "mpremote", "connect", device or board.repl_port, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_emulator
def test_mpremote_copies_a_file_and_finds_it_after_a_restart_of_the_emulator(tmp_path: Path) -> None:
    image = tmp_path / "flash.bin"
    source = tmp_path / "given.bin"
    source.write_bytes(bytes(range(256)) * 40)
    with EmulatedBoard(flash=image) as board:
        mpremote(board, "cp", str(source), ":kept.bin")
    assert image.stat().st_size == 2 << 20
    with EmulatedBoard(flash=image) as board:
        device = board.repl_pty
        mpremote(board, "cp", ":kept.bin", str(tmp_path / "back.bin"), device=device)
    assert (tmp_path / "back.bin").read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"Dear diary", "that file has 10 bytes and a flash has 2,097,152"),
        (b"photograph" * 209_715 + b"..", "does not begin as a flash that boots"),
        (b"\xff" * 1000, "that file has 1,000 bytes"),
    ],
)
def test_a_file_that_is_no_flash_image_is_refused_and_left_alone(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "mine"
    file.write_bytes(content)
    with pytest.raises(BadOption) as refused:
        EmulatedBoard(flash=file)
    assert f"flash image is {file}, but that file" in str(refused.value)
    assert complaint in str(refused.value)
    assert file.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"\xff" * (2 << 20)], ids=["nothing", "erased"])
def test_a_file_with_nothing_in_it_is_a_flash_that_was_never_written(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "new"
    file.write_bytes(content)
    assert EmulatedOptions(flash=file).flash == file
    assert file.read_bytes() == content


def test_a_flash_image_that_cannot_be_written_is_told_before_the_emulator_starts(tmp_path: Path) -> None:
    file = tmp_path / "leads nowhere"
    file.symlink_to(tmp_path / "no folder" / "image")
    with pytest.raises(BadOption, match="leads nowhere cannot be written: No such file"):
        flash_image.check(file)


def test_looking_whether_a_flash_image_can_be_written_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "image"
    EmulatedOptions(flash=file)
    assert not file.exists()


@needs_emulator
@posix_only
def test_a_board_whose_emulator_is_killed_ends_though_nobody_uses_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with EmulatedBoard() as board:
        os.kill(child_of(child_of(board.pid)), signal.SIGKILL)
        assert board.wait() == 3
    assert "the emulator's process ended with code -9" in capfd.readouterr().err


@needs_emulator
def test_a_client_may_open_the_link_as_soon_as_it_is_told_of() -> None:
    with EmulatedBoard() as board, serial.serial_for_url(board.port, timeout=20) as port:
        port.write(b"\r\x03")
        assert port.read_until(b">>> ").endswith(b">>> ")


def test_the_unique_id_follows_from_the_seed_and_the_heap_is_a_pico_s(prompt: Prompt) -> None:
    printed = prompt.run("import machine, gc\nprint(machine.unique_id().hex(), gc.mem_free())").split()
    assert printed[0] == process_config(EmulatedOptions(seed=1))["unique_id"]
    assert printed[0] != process_config(EmulatedOptions(seed=2))["unique_id"]
    assert 230_000 < int(printed[1]) < 250_000


def test_time_is_the_chip_s_own(prompt: Prompt) -> None:
    printed = prompt.run(
        "import time\na = time.ticks_us()\ntime.sleep_ms(250)\nprint(time.ticks_diff(time.ticks_us(), a))"
    )
    assert 250_000 <= int(printed) < 250_500


def test_an_erase_stops_the_processor_for_45_ms_and_a_page_for_0_4(prompt: Prompt) -> None:
    printed = prompt.run(
        "import rp2, time\n"
        "flash = rp2.Flash()\n"
        "page = bytearray(range(256))\n"
        "a = time.ticks_us(); flash.ioctl(6, 340)\n"
        "b = time.ticks_us(); flash.writeblocks(340, page, 0)\n"
        "c = time.ticks_us(); back = bytearray(256); flash.readblocks(340, back, 0)\n"
        "print(time.ticks_diff(b, a), time.ticks_diff(c, b), back == page)\n"
    ).split()
    assert 45_000 <= int(printed[0]) < 45_200
    assert 400 <= int(printed[1]) < 900
    assert printed[2] == "True"


def test_steps_go_on_while_the_flash_is_being_erased(prompt: Prompt) -> None:
    before = prompt.board.peek("edges")["steps"]
    prompt.run(
        "import rp2\n"
        "from machine import Pin\n"
        "@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)\n"
        "def steps():\n"
        "    wrap_target()\n"
        "    set(pins, 1)[31]\n"
        "    set(pins, 0)[31]\n"
        "    wrap()\n"
        "sm = rp2.StateMachine(0, steps, freq=640_000, set_base=Pin(2))\n"  # 10 kHz
        "sm.active(1); rp2.Flash().ioctl(6, 341); sm.active(0)\n"
    )
    edges = prompt.board.peek("edges")
    cycles = [cycle for cycle, _, _ in edges["last"]][-(edges["steps"] - before) :]
    assert len(cycles) >= 450
    assert {later - earlier for earlier, later in pairwise(cycles)} <= {
        12_499,
        12_500,
        12_501,
    }


@needs_emulator
def test_the_supply_may_fail_in_the_midst_of_a_flash_write() -> None:
    with EmulatedBoard() as board, Prompt(board) as prompt:
        prompt.run("import rp2\nflash = rp2.Flash()\nflash.ioctl(6, 340)")
        board.control.power_cut(after_flash_bytes=100)
        prompt.start("flash.writeblocks(340, bytes(256), 0)\nprint('written')")
        board.advance(500_000)
        prompt.connect()
        printed = prompt.run(
            "import rp2, machine\nback = bytearray(256)\nrp2.Flash().readblocks(340, back, 0)\n"
            "print(back.count(b'\\0'), back.count(b'\\xff'), machine.reset_cause() == machine.PWRON_RESET)"
        )
        assert printed.split() == ["100", "156", "True"]


@needs_emulator
def test_every_way_to_begin_anew_has_its_cause_and_pulls_the_plug() -> None:
    cause = "import machine\nprint(machine.reset_cause(), machine.PWRON_RESET, machine.WDT_RESET)"
    with EmulatedBoard() as board, Prompt(board) as prompt:
        assert prompt.run(cause).split() == ["1", "1", "3"]
        prompt.start("import machine\nmachine.reset()")
        board.advance(300_000)
        prompt.connect()
        assert prompt.run(cause).split()[0] == "3"

        prompt.run("import machine\nwatchdog = machine.WDT(timeout=300)")
        fed = "for _ in range(10): time.sleep_ms(100); watchdog.feed()\n"
        assert prompt.run(f"import time\n{fed}print('fed')").strip() == "fed"
        board.advance(700_000)
        prompt.connect()
        assert prompt.run(cause).split()[0] == "3"

        board.control.power_cut()
        board.advance(300_000)
        prompt.connect()
        assert prompt.run(cause).split()[0] == "1"

        board.control.fault("unplug", duration_s=0.1)
        board.advance(50_000)
        assert not board.peek("chip")["repl"]["open"]
        board.advance(300_000)
        prompt.connect()
        assert prompt.run("print('still here')").strip() == "still here"


@needs_emulator
def test_a_script_sees_the_same_edges_and_the_same_clock_every_time() -> None:
    def once() -> tuple[object, ...]:
        with EmulatedBoard(seed=7) as board, Prompt(board) as prompt:
            printed = prompt.run(
                "import time, rp2, gc\n"
                "from machine import Pin, I2C\n"
                "bus = I2C(0, sda=Pin(8), scl=Pin(9), freq=400_000)\n"
                "bus.writeto(8, b'\\x36\\x08'); time.sleep_ms(20)\n"
                "step, mark = Pin(2, Pin.OUT), Pin(28, Pin.OUT)\n"
                "Pin(4, Pin.OUT, value=0); Pin(3, Pin.OUT, value=1)\n"
                "for i in range(300):\n"
                "    step.on(); time.sleep_us(100 + i); step.off()\n"
                "    if i % 30 == 0: print(bus.readfrom(8, 9).hex()); gc.collect(); mark.on(); mark.off()\n"
                "print(time.ticks_us())\n"
            )
            return printed, board.peek("edges"), board.peek("marks"), board.peek("truth"), board.peek("chip")

    assert once() == once()


@needs_emulator
def test_an_interrupt_on_a_script_in_a_grant_is_seen_before_the_grant_ends() -> None:
    with EmulatedBoard() as board, Prompt(board) as prompt:
        prompt.start("while True: pass")
        board.advance(50_000)
        prompt.send(b"\x03")
        assert b"KeyboardInterrupt" in prompt.read_until(b"\x04>")


def test_what_the_board_cannot_show_is_refused_with_what_it_can(prompt: Prompt) -> None:
    with pytest.raises(ControlError, match='allowed are "truth", "edges", "marks", "chip", "heap"'):
        prompt.board.peek("soul")


def test_the_heap_that_is_shown_is_what_the_chip_counts_itself(prompt: Prompt) -> None:
    look = "import gc\ngc.collect()\nprint(gc.mem_alloc(), gc.mem_free())"
    for hold in ("", "held = bytearray(3200)\n"):
        used, free = prompt.run(hold + look).split()
        told = prompt.board.peek("heap")
        assert (told["used"], told["free"]) == (int(used), int(free))


def test_a_board_without_power_has_no_heap() -> None:
    with EmulatedBoard() as board:
        board.control.fault("power-cut", duration_s=1.0)
        board.advance(100_000)
        assert board.peek("heap")["used"] is None


def test_options_that_cannot_be_are_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="there is no folder"):
        EmulatedBoard(flash=tmp_path / "nowhere" / "flash.bin")
    with pytest.raises(BadOption, match="seed is -1"):
        EmulatedBoard(seed=-1)


def test_without_its_parts_it_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tmp_path / "emulator"
    monkeypatch.setattr(parts, "_BUILT", built)
    (tmp_path / "emulator.why").write_text("type: sudo apt-get install cmake\n")
    with pytest.raises(parts.NotBuilt) as told:
        EmulatedBoard()
    assert str(told.value) == (
        "the emulator is not built here: type `make emulator` (type: sudo apt-get install cmake)"
    )
