"""The row of buttons above the plots."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from pumpbench.gui.models.viewport import WINDOWS_S
from pumpbench.units import DURATION

EVERYTHING = 0.0


class PlotTools(QWidget):
    """Each button has a key of its own, too, which its tool tip names."""

    width_chosen = pyqtSignal(float)
    """Follow with so many seconds in view; EVERYTHING for all."""
    panned = pyqtSignal(int)
    """-1 to earlier times, 1 to later ones."""
    zoomed = pyqtSignal(int)
    """1 closer, -1 further away."""
    export_wanted = pyqtSignal(str)
    """The suffix of the file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.follow = QPushButton()
        self.follow.setObjectName("plot-follow")
        self.follow.setMinimumWidth(104)
        self.follow.setToolTip(self.tr("Stand still or follow the newest record (Space)"))
        self.window_s = QComboBox()
        self.window_s.setObjectName("plot-width")
        self.window_s.setAccessibleName(self.tr("How much time is in view"))
        for seconds in WINDOWS_S:
            self.window_s.addItem(self.tr("last {time}").format(time=DURATION.format(int(seconds))), seconds)
        self.window_s.addItem(self.tr("everything"), EVERYTHING)
        self.window_s.setCurrentIndex(1)
        self.window_s.activated.connect(lambda index: self.width_chosen.emit(self.window_s.itemData(index)))
        label = QLabel(self.tr("&View"))
        label.setBuddy(self.window_s)
        self.export = QPushButton(self.tr("E&xport"))
        self.export.setObjectName("plot-export")
        menu = QMenu(self.export)
        for text, suffix in (
            (self.tr("Picture (&PNG)…"), ".png"),
            (self.tr("Picture (&SVG)…"), ".svg"),
            (self.tr("Values (&CSV)…"), ".csv"),
        ):
            action = menu.addAction(text)
            assert action is not None
            action.triggered.connect(lambda _, suffix=suffix: self.export_wanted.emit(suffix))
        self.export.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.follow)
        row.addWidget(label)
        row.addWidget(self.window_s)
        row.addSpacing(12)
        for text, name, tip, signal, way in (
            ("◀", self.tr("Earlier"), self.tr("Earlier (Left)"), self.panned, -1),
            ("▶", self.tr("Later"), self.tr("Later (Right)"), self.panned, 1),
            ("+", self.tr("Closer"), self.tr("Closer (+)"), self.zoomed, 1),
            ("−", self.tr("Further away"), self.tr("Further away (−)"), self.zoomed, -1),
        ):
            button = QPushButton(text)
            button.setAccessibleName(name)
            button.setToolTip(tip)
            button.setMaximumWidth(44)
            button.clicked.connect(lambda _, signal=signal, way=way: signal.emit(way))
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.export)
        self.show_following(True)

    def choose(self, width_s: float) -> None:
        """Name a choice."""
        self.window_s.setCurrentIndex(self.window_s.findData(width_s))

    def show_width(self, width_s: float) -> None:
        """Name the time in view when it is none of the choices."""
        self.window_s.setPlaceholderText(DURATION.format(max(1, round(width_s))))
        self.window_s.setCurrentIndex(-1)

    def show_following(self, following: bool) -> None:
        """Name what the first button does now."""
        self.follow.setText(self.tr("‖ &Pause") if following else self.tr("▶ &Follow"))
