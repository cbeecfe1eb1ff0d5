"""The key of a stack of plots: a button a curve, with its line, its name and its value; toggles the curve."""

from PyQt6.QtCore import QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from pumpbench.gui.models.curves import Curve, Panel
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.stacked_plots import pen_of

_LINE = QSize(26, 12)


class CurveKeys(QWidget):
    """The keys of one panel. `toggled` says that a curve was shown or hidden."""

    toggled = pyqtSignal()

    def __init__(self, panel: Panel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        title = QLabel(panel.name)
        title.setProperty("look", "muted")
        row.addWidget(title)
        self.panel = panel
        self.buttons: dict[str, QToolButton] = {}
        for curve in panel.curves:
            button = QToolButton()
            button.setObjectName(f"key-{curve.key}")
            button.setCheckable(True)
            button.setChecked(True)
            button.setAutoRaise(True)
            button.setIconSize(_LINE)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setToolTip(self.tr("Show or hide {name}").format(name=curve.name))
            button.toggled.connect(self.toggled)
            row.addWidget(button)
            self.buttons[curve.key] = button
        row.addStretch(1)
        self.set_values({})

    def shown(self) -> set[str]:
        """The keys of the curves that are to be drawn."""
        return {key for key, button in self.buttons.items() if button.isChecked()}

    def set_values(self, values: dict[str, str]) -> None:
        """Show values in words, by the curves' keys."""
        for curve in self.panel.curves:
            text = f"{curve.name}  {values[curve.key]}" if curve.key in values else curve.name
            button = self.buttons[curve.key]
            if button.text() != text:
                button.setText(text)
                button.setAccessibleName(f"{self.panel.name}: {text}")

    def dress(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for curve in self.panel.curves:
            self.buttons[curve.key].setIcon(_line(curve, theme))


def _line(curve: Curve, theme: Theme) -> QIcon:
    picture = QPixmap(_LINE * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    pen = pen_of(curve, theme)
    pen.setWidthF(2.0)
    if curve.dash:
        pen.setDashPattern([3.0, 2.0])
    painter = QPainter(picture)
    painter.setPen(pen)
    middle = _LINE.height() / 2
    painter.drawLine(QPointF(1, middle), QPointF(_LINE.width() - 1, middle))
    painter.end()
    return QIcon(picture)
