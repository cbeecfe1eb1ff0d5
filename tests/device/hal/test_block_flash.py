"""The data flash on the emulated RP2040: one-block files whose blocks are erased and programmed directly,
beside a file system that goes on living."""

import pytest
from tests.support.emulated import Prompt, needs_emulator

pytestmark = needs_emulator

MODULES = ("hal/block_flash",)

_OPEN = """
import rp2, os, time
from pumpfw.hal.block_flash import BlockFlash
flash = BlockFlash(rp2.Flash(), 12)
def read(offset, count):
    buffer = bytearray(count)
    flash.read_into(offset, buffer)
    return bytes(buffer)
"""


@pytest.fixture
def flash(prompt: Prompt) -> Prompt:
    """The prompt, with the flash opened as ``flash``."""
    prompt.run(_OPEN, most_ms=30_000)
    return prompt


def test_it_follows_the_rules_of_nor_flash_across_pages(flash: Prompt) -> None:
    printed = flash.run(
        "flash.erase(4096)\n"
        "flash.program(4096 + 250, b'0123456789')\n"
        "flash.program(4096 + 252, b'\\xff\\x00')\n"
        "print(flash.size, read(4096 + 249, 12))\n"
    )
    assert printed.strip() == "49152 b'\\xff012\\x00456789\\xff'"


def test_what_was_written_is_there_after_a_restart_and_through_the_file_system(flash: Prompt) -> None:
    printed = flash.run(
        "flash.erase(3 * 4096)\nflash.program(3 * 4096, b'kept')\n"
        "with open('/journal/0/3', 'rb') as file: print(file.read(4), len(file.read()))\n"
    )
    assert printed.split() == ["b'kept'", "4092"]
    flash.board.control.power_cut()
    flash.board.advance(1_000_000)
    flash.connect()
    assert flash.run(_OPEN + "print(read(3 * 4096, 4))").strip() == "b'kept'"


def test_files_that_come_and_go_leave_the_data_alone_and_the_data_leaves_them(flash: Prompt) -> None:
    printed = flash.run(
        "for sector in range(12):\n    flash.erase(sector * 4096)\n"
        "    flash.program(sector * 4096, bytes([sector]) * 300)\n"
        "for turn in range(4):\n"
        "    for name in range(6):\n"
        "        with open('/file%d' % name, 'wb') as file:\n"
        "            for _ in range(20): file.write(bytes([turn * 16 + name]) * 512)\n"
        "    flash.erase(turn * 4096)\n"
        "    flash.program(turn * 4096, bytes([turn]) * 300)\n"
        "fine = all(read(sector * 4096, 300) == bytes([sector]) * 300 for sector in range(12))\n"
        "for name in range(6):\n"
        "    with open('/file%d' % name, 'rb') as file:\n"
        "        fine = fine and file.read() == bytes([48 + name]) * 10240\n"
        "print(fine)",
        most_ms=120_000,
    )
    assert printed.strip() == "True"


@pytest.mark.parametrize("count", [0, 1, 100, 4095, 4096, 4150])
def test_a_power_cut_in_an_erase_or_a_program_hurts_nothing_else(flash: Prompt, count: int) -> None:
    flash.run(
        "for sector in (5, 6, 7):\n    flash.erase(sector * 4096)\n"
        "    flash.program(sector * 4096, b'neighbour')\n"
    )
    flash.board.control.power_cut(count)
    flash.start("flash.erase(6 * 4096)\nflash.program(6 * 4096, b'x' * 200)\nflash.erase(6 * 4096)\n")
    flash.board.advance(1_500_000)
    flash.connect()
    printed = flash.run(_OPEN + "print(read(5 * 4096, 9), read(7 * 4096, 9), len(os.listdir('/journal/0')))")
    assert printed.split() == ["b'neighbour'", "b'neighbour'", "12"]


def test_files_that_were_copied_back_are_laid_out_anew(flash: Prompt) -> None:
    printed = flash.run(
        "kept = open('/journal/map', 'rb').read()\n"
        "with open('/journal/0/0', 'wb') as file: file.write(b'someone wrote this' + bytes(4078))\n"
        "flash = BlockFlash(rp2.Flash(), 12)\n"
        "print(open('/journal/map', 'rb').read() != kept, len(os.listdir('/journal/0')))",
        most_ms=30_000,
    )
    assert printed.split() == ["True", "12"]


def test_a_start_is_quick_and_writes_nothing(flash: Prompt) -> None:
    before = flash.board.peek("chip")
    flash.run("flash = BlockFlash(rp2.Flash(), 12)")
    after = flash.board.peek("chip")
    assert after["erased_sectors"] == before["erased_sectors"]
    assert after["programmed_pages"] == before["programmed_pages"]
