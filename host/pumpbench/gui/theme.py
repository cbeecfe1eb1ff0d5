"""The window's colours, light and dark, and how they follow the system's.

Line colours are Okabe and Ito's, set apart in lightness, too, so that people with any colour blindness tell
them apart. Alarm priorities have the colours of IEC 60601-1-8 (red, yellow, cyan). Nothing is told by colour
alone: each has a symbol and a word beside it.
"""

from dataclasses import dataclass

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication

from pumpbench.gui.settings import DARK_THEME, LIGHT_THEME, Settings


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``.

    `low`, `medium` and `high` are fills behind `ink_on` them; `good` and `accent` can be read as text on
    `window` and on `panel`. `gap` fills where data is missing, `marker` draws events, `frame` what is typed
    into and ticked.
    """

    dark: bool
    window: str
    panel: str
    text: str
    muted: str
    accent: str
    good: str
    low: str
    medium: str
    high: str
    set_flow: str
    commanded: str
    measured: str
    pressure: str
    volume: str
    grid: str
    gap: str
    marker: str
    frame: str


LIGHT = Theme(
    dark=False,
    window="#f3f4f6",
    panel="#ffffff",
    text="#1a1e23",
    muted="#555f6a",
    accent="#0a5aa8",
    good="#00694b",
    low="#35c3dc",
    medium="#f5c518",
    high="#c4122b",
    set_flow="#004c87",
    commanded="#d55e00",
    measured="#009a72",
    pressure="#a4437c",
    volume="#6f6200",
    grid="#d3d8de",
    gap="#ece7dc",
    marker="#555f6a",
    frame="#727b85",
)
DARK = Theme(
    dark=True,
    window="#14171b",
    panel="#1e2228",
    text="#e9ebee",
    muted="#a1abb6",
    accent="#6cb6ff",
    good="#3fcf9f",
    low="#35c3dc",
    medium="#f5c518",
    high="#d12f3f",
    set_flow="#3c8fd8",
    commanded="#e69f00",
    measured="#5ff0c0",
    pressure="#e08bbd",
    volume="#f0e442",
    grid="#343b44",
    gap="#2f2a22",
    marker="#a1abb6",
    frame="#76808b",
)


_FIELDS = ("QLineEdit", "QComboBox", "QAbstractSpinBox", "QCheckBox", "QRadioButton")
_FRAME_DARKER = 140  # percent: how much darker than the window the Fusion style draws a frame


def ink_on(fill: str) -> str:
    """Return black or white, whichever reads better on `fill`."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, fill))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours after WCAG 2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palette(theme: Theme) -> QPalette:
    """Return the theme as Qt's palette."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.window,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.panel,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.panel,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: ink_on(theme.accent),
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Mid: theme.grid,
        QPalette.ColorRole.Dark: theme.grid,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    made.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(theme.grid))
    return made


def field_palette(theme: Theme) -> QPalette:
    """Return the palette of what is typed into, ticked and chosen from: with a frame that is seen.

    The style draws a frame in the colour of the window, darker: in a dark theme it would vanish.
    """
    made = palette(theme)
    made.setColor(QPalette.ColorRole.Window, QColor(theme.frame).lighter(_FRAME_DARKER))
    return made


def application_style(theme: Theme) -> str:
    """Return the style sheet.

    Widgets choose by a dynamic property ``look``: "panel" (a frame), "title", "muted", "figure" (a large
    value), "problem" (what is wrong with the field beside it), and on buttons "primary".
    """
    return f"""
QFrame[look="panel"] {{ background: {theme.panel}; border: 1px solid {theme.grid}; border-radius: 6px; }}
QLabel[look="title"] {{ font-weight: 600; font-size: 13pt; }}
QLabel[look="muted"] {{ color: {theme.muted}; }}
QLabel[look="figure"] {{ font-size: 15pt; font-weight: 600; }}
QLabel[look="long-figure"] {{ font-size: 12pt; font-weight: 600; }}
QLabel[look="problem"] {{ color: {"#ff8f98" if theme.dark else theme.high}; }}
QLineEdit[fault="true"] {{ border: 2px solid {"#ff8f98" if theme.dark else theme.high}; }}
QPushButton {{ padding: 5px 12px; border: 1px solid {theme.grid}; border-radius: 4px;
    background: {theme.panel}; color: {theme.text}; }}
QPushButton:hover {{ border-color: {theme.accent}; }}
QPushButton:pressed {{ background: {theme.grid}; }}
QPushButton:focus {{ border: 2px solid {theme.accent}; padding: 4px 11px; }}
QPushButton:disabled {{ color: {theme.muted}; background: {theme.window}; }}
QPushButton[look="primary"] {{ background: {theme.accent}; color: {ink_on(theme.accent)};
    border-color: {theme.accent}; font-weight: 600; }}
QPushButton[look="primary"]:focus {{ border-color: {theme.text}; }}
QPushButton[look="primary"]:disabled {{ background: {theme.grid}; color: {theme.muted};
    border-color: {theme.grid}; }}
QHeaderView::section {{ background: {theme.window}; color: {theme.muted}; padding: 4px 8px; border: 0;
    border-bottom: 1px solid {theme.grid}; }}
QTableView, QTreeView, QListView {{ background: {theme.panel}; border: 1px solid {theme.grid};
    gridline-color: {theme.grid}; }}
QTableView::item {{ padding: 0 8px; }}
QToolTip {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.grid}; }}
"""


class Appearance(QObject):
    """Dresses the application in the theme that the setting names, or in the system's."""

    changed = pyqtSignal(object)
    """The `Theme` that holds from now on."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        settings.changed.connect(self._choose)
        hints = QGuiApplication.styleHints()
        assert hints is not None
        self._hints = hints
        hints.colorSchemeChanged.connect(self._choose)
        self.theme = self._wanted()
        self._dress()

    def _wanted(self) -> Theme:
        setting = self._settings.theme
        if setting == LIGHT_THEME:
            return LIGHT
        if setting == DARK_THEME:
            return DARK
        return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _choose(self) -> None:
        wanted = self._wanted()
        if wanted is not self.theme:
            self.theme = wanted
            self._dress()
            self.changed.emit(wanted)

    def _dress(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setStyle("Fusion")  # the systems' own styles each take only some of a palette
        application.setPalette(palette(self.theme))
        for kind in _FIELDS:
            application.setPalette(field_palette(self.theme), kind)
        application.setStyleSheet(application_style(self.theme))
