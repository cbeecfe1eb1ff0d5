"""Copies of code: each function's lies where the index says, whole, in one flash block."""

import struct

import pytest

from pumpbench.flashing import in_place
from pumpbench.flashing.compact import compact
from pumpbench.flashing.compile import CHIPS, compiled
from pumpbench.flashing.errors import FirmwareSourceError
from pumpbench.flashing.mpy import constants, functions
from pumpbench.flashing.sources import read

BLOCK = 4096
SENDING = bytes(range(8))


@pytest.fixture(scope="module")
def firmware() -> dict[str, bytes]:
    chip = CHIPS["rp2040"]
    return compiled(compact(read(chip.layer).firmware)[0], chip)


@pytest.fixture(scope="module")
def image(firmware: dict[str, bytes]) -> in_place.Image:
    return in_place.image(firmware, b"".join(firmware.values()), SENDING)


def test_functions_are_found_by_class_and_name() -> None:
    source = (
        "import micropython\n"
        "def plain(a, b=1):\n    return [x for x in a]\n\n"
        "@micropython.viper\ndef quick(a: int) -> int:\n    return a + 1\n\n"
        "class Pump:\n    def __init__(self):\n        self.x = (1, 'two', 3.0, b'four')\n"
        "    def get(self):\n        return lambda: self.x\n\n"
        "for i in range(300):\n    plain(i)\n"
        "@micropython.viper\ndef quicker(a: int, b=1) -> int:\n    return a + 2\n"
    )
    found = {f.path: f.code for f in functions(compiled({"a.py": source}, CHIPS["rp2040"])["a.mpy"], "a")}
    wanted = {("plain",), ("quick",), ("quicker",), ("Pump", "__init__"), ("Pump", "get")}
    assert wanted <= set(found)
    assert all(found.values())


def test_constants_of_bytes_are_found_and_the_long_ones_copied() -> None:
    source = f"A = {bytes(range(100))!r}\nB = ('x', {bytes(90)!r}, b'short')\n\ndef f():\n    return A, B\n"
    made = compiled({"a.py": source}, CHIPS["rp2040"])
    assert sorted(constants(made["a.mpy"], "a")) == [bytes(90), bytes(range(100)), b"short"]
    copied = in_place.image(made, made["a.mpy"], SENDING)
    places = list(struct.iter_unpack("<II", copied.index[16:]))
    found = [copied.blocks[0].content[place % BLOCK :][:size] for place, size in places]
    assert {bytes(90), bytes(range(100))} < set(found)
    assert b"short" not in found


def test_what_is_no_compiled_file_is_refused() -> None:
    with pytest.raises(FirmwareSourceError, match="a: not a compiled MicroPython file of version 6"):
        list(functions(b"import sys", "a"))


def test_every_function_lies_where_the_index_says(firmware: dict[str, bytes], image: in_place.Image) -> None:
    sending, blocks, count = struct.unpack_from("<8sII", image.index)
    assert (sending, blocks) == (SENDING, len(image.blocks))
    there = set()
    for place, size in struct.iter_unpack("<II", image.index[16:]):
        assert place % 4 == 0
        there.add(image.blocks[place // BLOCK].content[place % BLOCK :][:size])
    assert len(there) == count > 500
    for path in ("pumpfw/tick.mpy", "pumpfw/account.mpy"):
        codes = {function.code for function in functions(firmware[path], path)}
        assert {code for code in codes if len(code) >= 8} <= there


def test_where_there_is_no_room_for_all_the_first_blocks_are_whole_and_the_index_names_no_other(
    firmware: dict[str, bytes], image: in_place.Image
) -> None:
    fewer = in_place.image(firmware, b"".join(firmware.values()), SENDING, most_blocks=5)
    assert [len(block.content) for block in fewer.blocks] == pytest.approx([BLOCK] * 5, abs=100)
    places = [place for place, _ in struct.iter_unpack("<II", fewer.index[16:])]
    assert 0 < len(places) < len(image.index) // 8
    assert all(place // BLOCK < 5 for place in places)


def test_what_counts_cycles_stays_in_memory(firmware: dict[str, bytes], image: in_place.Image) -> None:
    path = "pumpfw/hal/rp2_stepper.mpy"
    copied = b"".join(block.content for block in image.blocks)
    assert not any(function.code in copied for function in functions(firmware[path], path))


def test_each_block_fits_and_tells_its_transfer_and_number(image: in_place.Image) -> None:
    for number, block in enumerate(image.blocks):
        assert len(block.content) <= BLOCK
        assert block.name == f"{number:02}.bin"
        assert block.content[:16] == block.tag == SENDING + bytes([number]) + bytes(7)


def test_a_block_is_put_together_from_the_pack(firmware: dict[str, bytes], image: in_place.Image) -> None:
    pack = b"".join(firmware.values())
    for block in image.blocks:
        parts = [pack[at : at + size] + bytes(-size % 4) for at, size in block.ranges]
        assert block.tag + b"".join(parts) == block.content
