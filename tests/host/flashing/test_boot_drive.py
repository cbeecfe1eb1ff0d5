from pathlib import Path

import pytest
from tests.host.flashing.images_made import uf2

from pumpbench.files import board as boards
from pumpbench.flashing import boot_drive, images
from pumpbench.flashing.errors import NoBoard, SeveralBoards, WrongBoard


def drive(folder: Path, board_id: str = "RPI-RP2") -> Path:
    """A folder that looks as the drive does."""
    folder.mkdir()
    (folder / "INFO_UF2.TXT").write_text(
        f"UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: {board_id}\r\n"
    )
    return folder


def test_a_boot_drive_is_known_by_its_file(tmp_path: Path) -> None:
    found = boot_drive.look_at(drive(tmp_path / "pico"))
    assert found is not None
    assert found.chip == "rp2040"
    found = boot_drive.look_at(drive(tmp_path / "pico2", "RP2350"))
    assert found is not None
    assert found.chip == "rp2350"
    assert boot_drive.look_at(tmp_path) is None


def test_the_image_lands_on_the_drive_whole(tmp_path: Path) -> None:
    image = images.load(uf2(tmp_path / "x.uf2", blocks=700), boards.named("rpi_pico"))
    found = boot_drive.choose("rp2040", drive(tmp_path / "pico"))
    assert found is not None
    boot_drive.copy(image, found)
    assert (found.path / "image.uf2").read_bytes() == image.data


def test_a_folder_that_is_no_boot_drive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoBoard, match="is no boot drive"):
        boot_drive.choose("rp2040", tmp_path)


def test_the_drive_of_another_chip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongBoard, match="belongs to rp2350, not to rp2040"):
        boot_drive.choose("rp2040", drive(tmp_path / "pico2", "RP2350"))


def test_of_two_drives_one_has_to_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [drive(tmp_path / "one"), drive(tmp_path / "two")]
    monkeypatch.setattr(boot_drive, "_places", lambda: places)
    with pytest.raises(SeveralBoards, match=r"--drive, of .*one, .*two"):
        boot_drive.choose("rp2040", None)
    assert boot_drive.choose("rp2040", places[0]) is not None


def test_no_drive_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot_drive, "_places", list)
    assert boot_drive.choose("rp2040", None) is None
