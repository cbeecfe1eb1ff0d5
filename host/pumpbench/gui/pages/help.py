"""The page "Help": keys, what the signs mean, and what this program is."""

import platform
from importlib import metadata

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR
from PyQt6.QtWidgets import QTextBrowser, QVBoxLayout

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class HelpPage(Page):
    """One text, to be read and copied."""

    title = "Help"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.text = QTextBrowser()
        self.text.setObjectName("help-text")
        self.text.setAccessibleName(self.tr("Help"))
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.document().setDocumentMargin(16)  # type: ignore[union-attr]
        self.text.setHtml(self._warning() + self._keys() + self._signs() + self._about())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)

    def _warning(self) -> str:
        warning = self.tr("Bench and laboratory use only. Never on a patient.")
        return f"<h2>{self.tr('Help')}</h2><p><b>{warning}</b></p>"

    def _keys(self) -> str:
        rows = (
            ("F12, Pause, Ctrl+.", self.tr("Stop the pump at once: anywhere, in every state")),
            ("F9", self.tr("Acknowledge the first alarm")),
            ("F10", self.tr("Silence the alarms of now; a new one is heard")),
            ("Ctrl+1 … Ctrl+9", self.tr("The pages, from top to bottom")),
            ("Ctrl+L", self.tr("Quality of the link")),
            ("Tab, Shift+Tab", self.tr("From field to field")),
            ("Alt + " + self.tr("letter"), self.tr("The button with that letter underlined")),
            ("F1", self.tr("This page")),
        )
        return f"<h3>{self.tr('Keys')}</h3>" + _table(rows)

    def _signs(self) -> str:
        rows = (
            ("!!!", self.tr("High priority, red, flashes twice a second: act now")),
            ("!!", self.tr("Medium priority, yellow, flashes slowly: act soon")),
            ("!", self.tr("Low priority, cyan, steady: know of it")),
            (
                self.tr("dashed frame"),
                self.tr("How the pump was when it was last heard; how it is now is not known"),
            ),
            (self.tr("SIMULATED"), self.tr("There is a model instead of a pump: no figure is measured")),
        )
        more = self.tr(
            "An alarm stays until it is acknowledged, also when its cause is gone. Acknowledging does not "
            "start anything. The board keeps its alarms, events and volumes by itself, whether this window "
            "is open or not."
        )
        return f"<h3>{self.tr('Signs and colours')}</h3>{_table(rows)}<p>{more}</p>"

    def _about(self) -> str:
        parts = (
            ("pumpbench", metadata.version("pumpbench")),
            ("Python", platform.python_version()),
            ("Qt", QT_VERSION_STR),
            ("PyQt6", PYQT_VERSION_STR),
            ("pyqtgraph", metadata.version("pyqtgraph")),
            ("numpy", metadata.version("numpy")),
        )
        licences = self.tr(
            "pumpbench is under the MIT licence. The window uses PyQt6, which is under the GNU General "
            "Public License, version 3: who passes this program on together with PyQt6 passes it on under "
            "that licence. Qt is under the LGPL, version 3; pyqtgraph under the MIT licence; numpy under the "
            "BSD licence."
        )
        guide = self.tr("The whole guide is docs/gui.md in the project's folder.")
        return f"<h3>{self.tr('About')}</h3>{_table(parts)}<p>{licences}</p><p>{guide}</p>"


def _table(rows: tuple[tuple[str, str], ...]) -> str:
    cell = "<td style='padding-right:24px'>"
    lines = (f"<tr>{cell}<b>{left}</b></td><td>{right}</td></tr>" for left, right in rows)
    return f"<table cellspacing='0' cellpadding='3'>{''.join(lines)}</table>"
