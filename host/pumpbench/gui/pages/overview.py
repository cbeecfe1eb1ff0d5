"""The page "Overview": what the pump does, how much is left and until when."""

import itertools
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from pumpbench.gui.lab import Lab
from pumpbench.gui.models.overview import overview_of
from pumpbench.gui.models.pace import Pace
from pumpbench.gui.newest import NewestRecord
from pumpbench.gui.pages.page import Page
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.overview_panels import (
    CablePanel,
    FlowPanel,
    LinePanel,
    ProgramPanel,
    ReservoirsPanel,
    TimePanel,
    VolumePanel,
)
from pumpbench.gui.widgets.run_controls import RunControls

if TYPE_CHECKING:
    from pumpbench.gui.widgets.flow_history import FlowHistory

_ROOM_FOR_HISTORY_PX = 780
_HISTORY_ROW, _HISTORY_SHARE = 3, 2  # behind the line that tells its age, flow and reservoirs


class OverviewPage(Page):
    """Empty as long as no pump is known; grey, with the time, when this is how it was. Where the window is
    high enough, the flow of the last minutes is drawn.
    """

    title = "Overview"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._newest = NewestRecord()
        self._pace = Pace()
        self.flow, self.volume, self.time = FlowPanel(), VolumePanel(), TimePanel()
        self.line, self.reservoirs = LinePanel(lab.theme), ReservoirsPanel(lab.theme)
        self.cable, self.program, self.controls = CablePanel(), ProgramPanel(), RunControls(lab)
        self.panels = (
            self.flow, self.volume, self.time, self.line, self.reservoirs, self.cable, self.program,
        )  # fmt: skip
        self.history: FlowHistory | None = None
        self.as_of = QLabel()
        self.as_of.setObjectName("as-of")
        self.as_of.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(self._everything())
        lab.link.add_listener(self._newest, self._newest.forget)
        lab.link.phase_changed.connect(self._follow_phase)
        lab.link.snapshot_changed.connect(self._pace.see)
        lab.link.snapshot_changed.connect(self._refresh)
        lab.contact.changed.connect(self._refresh)
        lab.theme_changed.connect(self._set_theme)
        self._refresh()

    def _nothing(self) -> QWidget:
        widget = QWidget()
        title = QLabel(self.tr("No pump is connected"))
        title.setProperty("look", "title")
        words = QLabel(self.tr("Connect one, or a virtual board, and this page shows what it does."))
        button = self._go_connect = QPushButton(self.tr("&Connect a pump"))
        button.setObjectName("go-connect")
        button.setProperty("look", "primary")
        button.clicked.connect(lambda: self.lab.page_wanted.emit("Connect"))
        column = QVBoxLayout(widget)
        column.addStretch(1)
        for one in (title, words, button):
            column.addWidget(one, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return widget

    def _everything(self) -> QWidget:
        widget = QWidget()
        column = self._column = QVBoxLayout(widget)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(10)
        column.addWidget(self.as_of)
        column.addLayout(_row((self.flow, 5), (self.volume, 3), (self.time, 4)))
        column.addLayout(_row((self.reservoirs, 4), (self.line, 4), (self.cable, 3)))
        column.addLayout(_row((self.program, 1), (self.controls, 1)), 1)
        return widget

    def _show_history(self) -> None:
        """Show the last minutes where there is room for them."""
        room = self.height() >= _ROOM_FOR_HISTORY_PX
        if self.history is None:
            if not room:
                return
            from pumpbench.gui.widgets.flow_history import FlowHistory  # it draws: no start waits for that

            self.history = FlowHistory(self.lab)
            self._column.insertWidget(_HISTORY_ROW, self.history, _HISTORY_SHARE)
            for before, behind in itertools.pairwise((self._go_connect, *self.history.key.buttons.values())):
                QWidget.setTabOrder(before, behind)
        self.history.setVisible(room)

    def _set_theme(self, theme: Theme) -> None:
        if self.history is not None:
            self.history.dress(theme)
        self.line.dial.set_theme(theme)
        self.reservoirs.set_theme(theme)

    def _follow_phase(self, phase: str) -> None:
        if self.lab.link.snapshot is None:  # another pump, or none
            place = self.lab.link.place
            self._pace.begin(place.speed if place is not None else 1.0)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802  Qt's name
        """Show what is known now from the first moment on."""
        super().showEvent(event)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802  Qt's name
        """Use the room that there is."""
        super().resizeEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        contact, snapshot = self.lab.contact.now, self.lab.contact.snapshot
        self._stack.setCurrentIndex(0 if snapshot is None else 1)
        self.controls.refresh()
        if snapshot is None or not self.isVisible():
            return
        self._show_history()
        self.as_of.setVisible(not contact.current)
        self.as_of.setText(
            self.tr("This is how it was at {0}. How it is now is not known.").format(contact.as_of)
        )
        overview = overview_of(snapshot, self._newest.record, self._pace.speed)
        for panel in self.panels:
            panel.show_overview(overview, contact.current)


def _row(*panels: tuple[QWidget, int]) -> QHBoxLayout:
    """Panels beside each other, each with its share of the width."""
    row = QHBoxLayout()
    row.setSpacing(10)
    for panel, share in panels:
        row.addWidget(panel, share)
    return row
