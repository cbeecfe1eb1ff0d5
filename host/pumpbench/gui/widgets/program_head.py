"""What holds for the whole program: its name, its mode, how often it is gone through."""

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_draft import HEAD
from pumpbench.gui.widgets.draft_fields import DraftChoice, DraftLine
from pumpbench.units import FREQUENCY, RATE
from pumplink.names import LINK_LOST_NAMES, MODE_NAMES
from pumplink.states import ATTENDED


class ProgramHead(QWidget):
    """The fields of ``[program]``."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._link_lost = DraftChoice(
            document, (HEAD, "on_link_lost"), self.tr("When the &link is lost"), LINK_LOST_NAMES, "stop"
        )
        fields = (
            DraftLine(document, (HEAD, "name"), self.tr("Nam&e of the run")),
            DraftChoice(document, (HEAD, "mode"), self.tr("&Mode"), MODE_NAMES, "autonomous"),
            self._link_lost,
            DraftLine(document, (HEAD, "keep_open_rate"), self.tr("&Keep-open rate"), self.tr("none"), RATE),
            DraftLine(document, (HEAD, "repeat"), self.tr("Re&peat"), self.tr("once")),
            DraftLine(
                document, (HEAD, "telemetry_rate"), self.tr("&Telemetry rate"), self.tr("10 Hz"), FREQUENCY
            ),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for field in fields:
            column.addWidget(field)
        column.addStretch(1)
        document.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        mode = self._document.draft.cell(HEAD, "mode")
        attended = mode == MODE_NAMES[ATTENDED]
        self._link_lost.setEnabled(attended)
        self._link_lost.setToolTip("" if attended else self.tr("An autonomous program goes on by itself."))
