"""The page "Settings"; every change holds at once and is remembered."""

from PyQt6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page
from pumpbench.gui.settings import DARK_THEME, LIGHT_THEME, SYSTEM_THEME

LEAST_SILENCE_S, MOST_SILENCE_S = 10, 3600


class SettingsPage(Page):
    """A page and no dialog: it lies over nothing."""

    title = "Settings"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        settings = lab.settings
        self.theme = QComboBox()
        self.theme.setObjectName("theme")
        for words, value in (
            (self.tr("as the system"), SYSTEM_THEME),
            (self.tr("light"), LIGHT_THEME),
            (self.tr("dark"), DARK_THEME),
        ):
            self.theme.addItem(words, value)
        self.theme.setCurrentIndex(self.theme.findData(settings.theme))
        self.sound = QCheckBox(self.tr("Let alarms be &heard"))
        self.sound.setObjectName("sound")
        self.sound.setChecked(settings.sound)
        self.silence = QSpinBox()
        self.silence.setObjectName("silence-time")
        self.silence.setRange(LEAST_SILENCE_S, MOST_SILENCE_S)
        self.silence.setSuffix(self.tr(" s"))
        self.silence.setValue(settings.silence_s)
        welcome = QPushButton(self.tr("Show the &first steps again"))
        title = QLabel(self.tr("Settings"))
        title.setProperty("look", "title")
        place = QLabel(self.tr("Database: {0}\nThese settings: {1}").format(
            lab.store.path, settings.file.fileName()))  # fmt: skip
        place.setProperty("look", "muted")
        place.setWordWrap(True)
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.addRow(self.tr("&Colours"), self.theme)
        form.addRow("", self.sound)
        form.addRow(self.tr('"&Silence" lasts'), self.silence)
        form.addRow("", welcome)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(title)
        column.addLayout(form)
        column.addWidget(place)
        column.addStretch(1)
        for field in (self.theme, self.silence, welcome):
            field.setMaximumWidth(280)
            field.setMinimumHeight(26)
        self.theme.currentIndexChanged.connect(self._set_theme)
        self.sound.toggled.connect(self._set_sound)
        self.silence.valueChanged.connect(self._set_silence)
        welcome.clicked.connect(self._show_welcome)

    def _set_theme(self) -> None:
        self.lab.settings.theme = self.theme.currentData()

    def _set_sound(self, on: bool) -> None:
        self.lab.settings.sound = on

    def _set_silence(self, seconds: int) -> None:
        self.lab.settings.silence_s = seconds

    def _show_welcome(self) -> None:
        self.lab.settings.welcomed = False
        self.lab.page_wanted.emit("Connect")
