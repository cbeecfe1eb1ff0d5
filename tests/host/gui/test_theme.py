"""Colours that can be read and told apart, in both themes."""

import itertools

import pytest
from PyQt6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from pumpbench.gui.lab import Lab
from pumpbench.gui.settings import DARK_THEME, LIGHT_THEME
from pumpbench.gui.theme import DARK, LIGHT, Theme, contrast, ink_on

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
# Linear RGB as the three kinds of dichromats see it: Machado, Oliveira and Fernandes 2009, severity 1.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.1523, 1.0526, -0.2049), (0.1145, 0.7863, 0.0992), (-0.0039, -0.0481, 1.0519)),
    "deutan": ((0.3673, 0.8606, -0.2280), (0.2801, 0.6728, 0.0471), (-0.0118, 0.0430, 0.9689)),
    "tritan": ((1.2555, -0.0767, -0.1788), (-0.0784, 0.9308, 0.1476), (0.0047, 0.6914, 0.3039)),
}
TOLD_APART = 20.0  # CIE76 distance; 2.3 is just noticed side by side


@THEMES
def test_text_is_readable_on_what_it_stands_on(theme: Theme) -> None:
    for ground in (theme.window, theme.panel):
        assert contrast(theme.text, ground) >= 7.0
        for ink in (theme.muted, theme.accent, theme.good):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for fill in (theme.low, theme.medium, theme.high, theme.accent):
        assert contrast(ink_on(fill), fill) >= 4.5, fill


@THEMES
def test_lines_stand_out_from_the_plot(theme: Theme) -> None:
    for line in (theme.set_flow, theme.commanded, theme.measured, theme.pressure, theme.volume, theme.marker):
        assert contrast(line, theme.panel) >= 3.0, line


@THEMES
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_the_three_flows_are_told_apart(theme: Theme, blindness: str) -> None:
    seen = [_lab(colour, blindness) for colour in (theme.set_flow, theme.commanded, theme.measured)]
    for one, other in itertools.combinations(seen, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= TOLD_APART


@THEMES
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_the_priorities_are_told_apart(theme: Theme, blindness: str) -> None:
    seen = [_lab(colour, blindness) for colour in (theme.low, theme.medium, theme.high)]
    for one, other in itertools.combinations(seen, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= TOLD_APART


@pytest.mark.parametrize("setting", [LIGHT_THEME, DARK_THEME])
@pytest.mark.parametrize("kind", [QCheckBox, QLineEdit, QComboBox, QSpinBox])
def test_the_frame_of_a_field_stands_out_from_the_page(
    qtbot: QtBot, lab: Lab, setting: str, kind: type[QWidget]
) -> None:
    lab.settings.theme = setting
    page = QFrame()
    page.setProperty("look", "panel")
    qtbot.addWidget(page)
    field = kind(page)
    field.move(10, 10)
    page.resize(200, 60)
    page.show()
    image = page.grab().toImage()
    ground = image.pixelColor(5, 30).name()
    middle = 10 + field.height() // 2
    across = [image.pixelColor(x, middle).name() for x in range(8, 20)]
    assert max(contrast(colour, ground) for colour in across) >= 3.0


def test_the_theme_follows_the_setting_at_once(qtbot: QtBot, lab: Lab) -> None:
    lab.settings.theme = LIGHT_THEME
    with qtbot.waitSignal(lab.theme_changed) as told:
        lab.settings.theme = DARK_THEME
    assert told.args == [DARK]
    assert lab.theme is DARK


def _lab(colour: str, blindness: str) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as somebody sees it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, linear, strict=True))))
        for row in BLINDNESS[blindness]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
