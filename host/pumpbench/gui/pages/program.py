"""The page "Program": write it in a table and on a plot, try it out dry, stage, commit and start it."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from pumpbench.conduct.dry_run import Expected
from pumpbench.conduct.expected_curve import Curves
from pumpbench.gui.draft_keeper import DraftKeeper
from pumpbench.gui.dry_run import DryRun
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.commitment import cannot_stage
from pumpbench.gui.models.document import Document
from pumpbench.gui.models.program_draft import NEW_SEGMENT, RESERVOIRS, SEGMENTS
from pumpbench.gui.pages.page import Page
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.commit_panel import CommitPanel
from pumpbench.gui.widgets.dry_run_bar import DryRunBar
from pumpbench.gui.widgets.program_files import ProgramFiles
from pumpbench.gui.widgets.program_head import ProgramHead
from pumpbench.gui.widgets.program_plot import ProgramPlot
from pumpbench.gui.widgets.program_state import ProgramState
from pumpbench.gui.widgets.rows_panel import RowsPanel
from pumplink.numbers import MAX_RESERVOIRS, MAX_SEGMENTS

_SIDE_PX = 270
_TABLE_PX, _PLOT_PX = 300, 260  # at first: their shares of what there is
_LEAST_PX = 340


class ProgramPage(Page):
    """The editor, and in its place the panel that commits what was written."""

    title = "Program"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        first = {"program": {"name": self.tr("new program")}, SEGMENTS: [dict(NEW_SEGMENT)]}
        self.document = Document(first, self.tr("New program"))
        self.files = ProgramFiles(lab, self.document)
        self.segments = RowsPanel(
            self.document, SEGMENTS, self.tr("Segments of the program"), MAX_SEGMENTS, lab.theme
        )
        self.reservoirs = RowsPanel(
            self.document, RESERVOIRS, self.tr("Reservoirs of the program"), MAX_RESERVOIRS, lab.theme
        )
        self.plot = ProgramPlot(self.document, lab.theme)
        self.head = ProgramHead(self.document)
        self.state = ProgramState(lab, self.document)
        self.dry_run = DryRunBar(DryRun(self))
        self.commit = CommitPanel(lab)
        self.try_out = QPushButton(self.tr("&Dry run"))
        self.try_out.setToolTip(
            self.tr("Run the whole program on a virtual board, as fast as this machine can")
        )
        self.go_on = QPushButton(self.tr("Sta&ge on the board →"))
        self.go_on.setProperty("look", "primary")
        self.why = QLabel()
        self.why.setProperty("look", "muted")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._editor())
        self._stack.addWidget(self.commit)
        column = QVBoxLayout(self)
        column.addWidget(self._stack)
        self._keeper = DraftKeeper(lab, self.document, self)
        self._tried = self.document.draft.tables
        self._connect(lab)
        self._follow()

    @property
    def editing(self) -> bool:
        """Whether the editor is shown, not the panel that commits."""
        return self._stack.currentIndex() == 0

    def _editor(self) -> QWidget:
        tabs = QTabWidget()
        tabs.addTab(self.segments, self.tr("Segments"))
        tabs.addTab(self.reservoirs, self.tr("Reservoirs of the program"))
        middle = QSplitter(Qt.Orientation.Vertical)
        middle.addWidget(tabs)
        middle.addWidget(self.plot)
        middle.setSizes([_TABLE_PX, _PLOT_PX])
        middle.setMinimumHeight(_LEAST_PX)
        # What a plot would like to have is more than a small window has.
        middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        middle.setChildrenCollapsible(False)
        row, buttons = QHBoxLayout(), QHBoxLayout()
        row.addWidget(self._side())
        row.addWidget(middle, 1)
        buttons.addWidget(self.dry_run, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.why)
        buttons.addWidget(self.try_out)
        buttons.addWidget(self.go_on)
        editor = QWidget()
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.files)
        column.addLayout(row, 1)
        column.addLayout(buttons)
        return editor

    def _side(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.head)
        column.addWidget(self.state)
        column.addStretch(1)
        side = QScrollArea()
        side.setWidget(inner)
        side.setWidgetResizable(True)
        side.setFrameShape(QFrame.Shape.NoFrame)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setFixedWidth(_SIDE_PX)
        side.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        return side

    def _connect(self, lab: Lab) -> None:
        self.document.changed.connect(self._follow)
        self.document.opened.connect(lambda: self.segments.choose(0, 0))
        self.segments.row_chosen.connect(self.plot.choose)
        self.try_out.clicked.connect(self._try_out)
        self.go_on.clicked.connect(self._go_on)
        self.commit.left.connect(lambda: self._stack.setCurrentIndex(0))
        self.commit.started.connect(lambda run: self._stack.setCurrentIndex(0))
        self.dry_run.dry_run.formed.connect(self._show_forming)
        self.dry_run.dry_run.ended.connect(self._show_expected)
        self.dry_run.dry_run.failed.connect(lambda sentence: self._follow())
        lab.theme_changed.connect(self._dress)
        lab.link.snapshot_changed.connect(self._follow_board)
        lab.contact.changed.connect(self._follow_board)
        lab.closing.connect(self.dry_run.dry_run.close)

    def _try_out(self) -> None:
        self._tried = self.document.draft.tables
        self.plot.show_expected(None)
        snapshot = self.lab.link.snapshot
        self.dry_run.start(self._tried, snapshot.reservoirs if snapshot is not None else ())
        self._follow()

    def _show_forming(self, curves: Curves) -> None:
        if self.document.draft.tables == self._tried:
            self.plot.show_expected(curves, forming=True)

    def _show_expected(self, expected: Expected | None) -> None:
        self.plot.show_expected(expected.curves if expected is not None else None)
        self._follow()  # which takes it away again when the draft is another one by now

    def _go_on(self) -> None:
        program = self.document.draft.program
        assert program is not None
        self._stack.setCurrentIndex(1)
        self.commit.open(program, self.document.draft.text)

    def _follow(self) -> None:
        draft = self.document.draft
        if draft.tables != self._tried:
            self.plot.show_expected(None)
            self.dry_run.forget()
        self.try_out.setEnabled(draft.program is not None and not self.dry_run.dry_run.running)
        self._follow_board()

    def _follow_board(self) -> None:
        why = cannot_stage(self.lab.contact.snapshot, self.lab.contact.now.current)
        self.why.setText(why)
        self.go_on.setEnabled(not why and self.document.draft.program is not None)

    def _dress(self, theme: Theme) -> None:
        self.plot.set_theme(theme)
        self.segments.model.set_theme(theme)
        self.reservoirs.model.set_theme(theme)
