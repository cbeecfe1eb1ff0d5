"""What to do first, in three steps."""

from PyQt6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from pumpbench.gui.settings import Settings


class Welcome(QFrame):
    """Shown until somebody has had enough of it; Help brings it back."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.setProperty("look", "panel")
        self.setObjectName("welcome")
        title = QLabel(self.tr("Three steps to a running pump"))
        title.setProperty("look", "title")
        steps = QLabel(
            self.tr(
                "<ol style='margin:0 0 0 -18px'>"
                "<li><b>Connect</b> a pump below. No pump at hand? “virtual board” is one that is simulated."
                "</li><li><b>Fill and program</b>: tell the board what is in its reservoirs (page "
                "Reservoirs), then write and commit a program (page Program)."
                "</li><li><b>Start and watch</b> on the page Overview. STOP is at the top right, and on F12, "
                "always.</li>"
                "</ol>"
            )
        )
        steps.setWordWrap(True)
        warning = QLabel(self.tr("Bench and laboratory use only. Never on a patient."))
        warning.setStyleSheet("font-weight: 600;")
        done = QPushButton(self.tr("&Got it"))
        done.setObjectName("got-it")
        done.clicked.connect(self._dismiss)
        column = QVBoxLayout(self)
        column.addWidget(title)
        column.addWidget(steps)
        column.addWidget(warning)
        column.addWidget(done, 0)
        done.setMaximumWidth(140)
        settings.changed.connect(self._follow)
        self._follow()

    def _dismiss(self) -> None:
        self._settings.welcomed = True

    def _follow(self) -> None:
        self.setVisible(not self._settings.welcomed)
