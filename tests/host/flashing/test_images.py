from pathlib import Path

import pytest
from tests.host.flashing.images_made import ESP32, ESP32S3, RP2040, RP2350, esp, uf2

from pumpbench.files import board as boards
from pumpbench.flashing import images
from pumpbench.flashing.errors import BadImage

PICO, PICO2 = "rpi_pico", "rpi_pico2"


def test_an_image_of_the_boards_chip_is_taken(tmp_path: Path) -> None:
    for name, path in (
        (PICO, uf2(tmp_path / "a.uf2", RP2040)),
        (PICO2, uf2(tmp_path / "b.uf2", RP2350)),
        ("esp32_devkit", esp(tmp_path / "c.bin", ESP32)),
        ("esp32_s3", esp(tmp_path / "d.bin", ESP32S3)),
    ):
        found = images.load(path, boards.named(name))
        assert found.data == path.read_bytes()
        assert not found.known, "the board file does not list what this test made up"


@pytest.mark.parametrize(
    ("board", "image", "said"),
    [
        (PICO, ("x.uf2", RP2350), "is for rp2350, the board rpi_pico has rp2040"),
        (PICO2, ("x.uf2", RP2040), "is for rp2040, the board rpi_pico2 has rp2350"),
        (PICO, ("x.uf2", 0x1C5F21B0), "another chip (UF2 family 0x1c5f21b0)"),
    ],
)
def test_an_image_for_another_chip_is_refused(
    tmp_path: Path, board: str, image: tuple[str, int], said: str
) -> None:
    with pytest.raises(BadImage) as error:
        images.load(uf2(tmp_path / image[0], image[1]), boards.named(board))
    assert said in str(error.value)


def test_an_esp_image_for_another_chip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadImage, match="is for esp32s3, the board esp32_devkit has esp32"):
        images.load(esp(tmp_path / "x.bin", ESP32S3), boards.named("esp32_devkit"))


def test_half_an_image_is_refused_wherever_it_was_cut(tmp_path: Path) -> None:
    whole = uf2(tmp_path / "whole.uf2").read_bytes()
    for size in (0, 3, 511, 512, 700, 1024, len(whole) - 1):
        part = tmp_path / "part.uf2"
        part.write_bytes(whole[:size])
        with pytest.raises(BadImage):
            images.load(part, boards.named(PICO))


@pytest.mark.parametrize("at", [0, 5, 20, 508])
def test_a_damaged_block_is_named(tmp_path: Path, at: int) -> None:
    path = uf2(tmp_path / "x.uf2")
    data = bytearray(path.read_bytes())
    data[512 + at] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(BadImage, match=r"block 1|blocks are missing"):
        images.load(path, boards.named(PICO))


def test_an_image_that_does_not_say_its_chip_is_refused(tmp_path: Path) -> None:
    path = uf2(tmp_path / "x.uf2")
    data = bytearray(path.read_bytes())
    for block in range(3):
        data[512 * block + 8 : 512 * block + 12] = bytes(4)
    path.write_bytes(data)
    with pytest.raises(BadImage, match="does not say which chip"):
        images.load(path, boards.named(PICO))


def test_an_image_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadImage, match=r"nowhere\.uf2 cannot be read"):
        images.load(tmp_path / "nowhere.uf2", boards.named(PICO))


def test_the_users_own_image_is_found_by_its_makers_name(tmp_path: Path) -> None:
    board = boards.named(PICO)
    assert board.image is not None
    assert images.find(board, (tmp_path,)) is None
    older = uf2(tmp_path / f"{board.image.name}-20250415-v1.25.0.uf2")
    newer = uf2(tmp_path / f"{board.image.name}-20250911-v1.26.1.uf2")
    uf2(tmp_path / "SOMETHING_ELSE-20260101-v1.27.0.uf2")
    assert images.find(board, (tmp_path,)) == newer
    newer.unlink()
    assert images.find(board, (tmp_path,)) == older
