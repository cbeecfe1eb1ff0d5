import pytest

from pumpbench.files import board as boards
from pumpbench.flashing import pack, sources
from pumpbench.flashing.compile import CHIPS, compiled
from pumpbench.flashing.errors import FirmwareSourceError, WrongBoard
from pumpbench.flashing.firmware import build
from pumpbench.flashing.traceback import readable


@pytest.mark.parametrize("name", ["rpi_pico", "rpi_pico2", "esp32_devkit", "esp32_s3", "emulated_pico"])
def test_the_whole_firmware_compiles_for_every_board(name: str) -> None:
    board = boards.named(name)
    firmware = build(board)
    chip = CHIPS[board.board.chip_name]
    paths = {entry.path for entry in firmware.pack.entries}
    assert {
        "pumpfw/app.mpy",
        "pumpfw/tick.mpy",
        "pumplink/frame.mpy",
        f"pumpfw/hal/{chip.layer}.mpy",
    } <= paths
    others = {"rp2", "esp32", "unix"} - {chip.layer}
    assert not [path for path in paths for other in others if path.startswith(f"pumpfw/hal/{other}")]
    for entry in firmware.pack.entries:
        assert entry.data[:2] == b"M\x06", entry.path
        architecture = entry.data[2] >> 2 & 0x1F
        assert architecture in (0, chip.number), f"{entry.path} is for another chip"
    assert set(firmware.set_up) == {"board.json", "boot.py", "main.py", "slots.mpy"}


def test_the_same_sources_make_the_same_firmware() -> None:
    board = boards.named("rpi_pico")
    first, second = build(board), build(board)
    assert first.pack.content() == second.pack.content()
    assert (first.firmware_hash, first.set_up_hash) == (second.firmware_hash, second.set_up_hash)


def test_another_board_file_changes_what_the_board_starts_by_alone() -> None:
    pico, emulated = build(boards.named("rpi_pico")), build(boards.named("emulated_pico"))
    assert pico.firmware_hash == emulated.firmware_hash
    assert pico.set_up_hash != emulated.set_up_hash


def test_a_board_without_a_chip_is_refused() -> None:
    with pytest.raises(WrongBoard, match='the board "virtual" has no chip'):
        build(boards.named("virtual"))


def test_a_source_that_does_not_compile_is_named() -> None:
    with pytest.raises(
        FirmwareSourceError, match=r"pumpfw/odd\.py cannot be compiled for armv6m: SyntaxError"
    ):
        compiled({"pumpfw/odd.py": "def ("}, CHIPS["rp2040"])


def test_the_hash_is_that_of_names_and_bytes_in_the_order_of_the_folders() -> None:
    files = {"pumplink/a.mpy": b"1", "pumpfw/z.mpy": b"2", "pumpfw/hal/m.mpy": b"3"}
    same = dict(reversed(files.items()))
    assert pack.firmware_hash(files) == pack.firmware_hash(same)
    for changed in (files | {"pumpfw/z.mpy": b"9"}, {"pumplink/b.mpy": b"1", **files}):
        assert pack.firmware_hash(changed) != pack.firmware_hash(files)


def test_the_checker_only_files_stay_here() -> None:
    assert "pumpfw/faces.py" not in sources.read("rp2").firmware


def test_a_traceback_gets_its_long_names_back() -> None:
    names = {"pumpfw/tick.py": {"_0": "_turn"}, "pumpfw/flow.py": {"_0": "_other"}}
    told = 'Traceback:\n  File "{}", line 3, in {}\n  File "pumpfw/tick.py", line 9, in {}\nE: {}'
    expected = told.format("pumpfw/flow.py", "_other", "_turn", "_turn")
    for flow in ("pumpfw/flow.py", "pumpfw.flow"):  # a chip names modules
        assert readable(told.format(flow, "_0", "_0", "_0"), names) == expected
