"""What the window remembers."""

from pathlib import Path

import pytest

from pumpbench.gui.settings import DARK_THEME, SYSTEM_THEME, Settings


def test_what_is_set_is_remembered(tmp_path: Path) -> None:
    before = Settings(tmp_path / "window.ini")
    before.theme, before.geometry, before.speed = DARK_THEME, b"\x00\xff,;=", 60.0
    before.file.sync()
    after = Settings(tmp_path / "window.ini")
    assert (after.theme, after.geometry, after.speed) == (DARK_THEME, b"\x00\xff,;=", 60.0)


@pytest.mark.parametrize("spoilt", ["theme=pink", "theme=a, b", "geometry=zz", "welcomed=perhaps"])
def test_a_spoilt_entry_is_its_default_again(tmp_path: Path, spoilt: str) -> None:
    place = tmp_path / "window.ini"
    place.write_text(f"[window]\n{spoilt}\n[alarms]\nsilence_s=-1\n[pump]\nspeed=fast\n")
    settings = Settings(place)
    assert settings.theme == SYSTEM_THEME
    assert settings.geometry == b""
    assert settings.welcomed is False
    assert settings.silence_s == 120
    assert settings.speed == 1.0
