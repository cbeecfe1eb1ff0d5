"""Copies of bytecode: each function's lies where the index says, whole, in one flash block."""

import pytest

from pumpbench.flashing import in_place
from pumpbench.flashing.compact import compact, module_name
from pumpbench.flashing.compile import CHIPS, compiled
from pumpbench.flashing.errors import FirmwareSourceError
from pumpbench.flashing.mpy import functions
from pumpbench.flashing.sources import read

BLOCK = 4096
SENDING = bytes(range(8))


@pytest.fixture(scope="module")
def firmware() -> dict[str, bytes]:
    chip = CHIPS["rp2040"]
    return compiled(compact(read(chip.layer).firmware)[0], chip)


def test_functions_are_found_by_class_and_name() -> None:
    source = (
        "def plain(a, b=1):\n    return [x for x in a]\n\n"
        "class Pump:\n    def __init__(self):\n        self.x = (1, 'two', 3.0, b'four')\n"
        "    def get(self):\n        return lambda: self.x\n"
    )
    found = {f.path: f.bytecode for f in functions(compiled({"a.py": source}, CHIPS["rp2040"])["a.mpy"], "a")}
    assert {("plain",), ("Pump", "__init__"), ("Pump", "get")} <= set(found)
    assert all(found.values())


def test_what_is_no_compiled_file_is_refused() -> None:
    with pytest.raises(FirmwareSourceError, match="a: not a compiled MicroPython file of version 6"):
        list(functions(b"import sys", "a"))


def test_every_function_lies_where_the_index_says(firmware: dict[str, bytes]) -> None:
    files = in_place.image(firmware, SENDING)
    head, *lines = files.pop(in_place.INDEX).decode().splitlines()
    assert head == f"{in_place.digest(firmware)} {SENDING.hex()} {len(files)}"
    wanted: dict[tuple[str, ...], list[bytes]] = {}
    for path, data in firmware.items():
        for function in functions(data, path):
            name = ("-", *function.path)[-2:]
            wanted.setdefault((module_name(path), *name), []).append(function.bytecode)
    module, seen = "", 0
    for line in lines:
        words = line.split()
        if len(words) == 1:
            module = words[0]
            continue
        start, size = int(words[2]), int(words[3])
        there = files[f"{start // BLOCK:02}.bin"][start % BLOCK : start % BLOCK + size]
        assert there in wanted[module, words[0], words[1]]
        seen += 1
    assert seen > 300


def test_each_block_fits_and_tells_its_transfer_and_number(firmware: dict[str, bytes]) -> None:
    files = in_place.image(firmware, SENDING)
    del files[in_place.INDEX]
    for number, name in enumerate(sorted(files)):
        assert len(files[name]) <= BLOCK
        assert files[name][:16] == SENDING + bytes([number]) + bytes(7)


def test_another_firmware_has_another_digest(firmware: dict[str, bytes]) -> None:
    less = dict(firmware)
    less.pop("pumpfw/tick.mpy")
    assert in_place.digest(less) != in_place.digest(firmware)
