"""The page "Runs": what was recorded, to be found, compared, exported, gone on with and closed."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QItemSelectionModel, Qt, QTimer
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from pumpbench.conduct.desk import Place
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.expected import sentence_of
from pumpbench.gui.lab import Lab
from pumpbench.gui.models import runs
from pumpbench.gui.models.comparison import MOST_RUNS, ComparedRun, loaded
from pumpbench.gui.models.runs import Details, RunRow
from pumpbench.gui.models.table import TextTable
from pumpbench.gui.pages.page import Page
from pumpbench.gui.run_work import ExportGivenUp, Exports, port_of
from pumpbench.gui.widgets.audit_view import AuditView
from pumpbench.gui.widgets.problem_label import ProblemLabel
from pumpbench.gui.widgets.reason_panel import ReasonPanel
from pumpbench.gui.widgets.run_details import RunDetails
from pumpbench.gui.widgets.run_filter import RunFilterRow
from pumpbench.gui.widgets.run_plots import RunPlots
from pumpbench.gui.widgets.save_panel import SavePanel
from pumpbench.gui.widgets.text_table import selected_rows, text_table
from pumpbench.gui.worker import Worker

REFRESH_MS, GROW_MS = 5000, 1000
_PLOT, _AUDIT = 3, 4
_SUFFIXES = {"csv": ".csv", "parquet": ".parquet", "mcap": ".mcap"}


class RunsPage(Page):
    """Reads the database on threads of its own; a damaged one is told in a sentence above the list."""

    title = "Runs"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.rows: list[RunRow] = []
        self._shown_run: int | None = None
        self._plotted: tuple[int, ...] = ()
        self._wanted_plot: tuple[int, ...] = ()
        self._growing = False
        self._awaited: RunRow | None = None
        self._form = "csv"
        self._asked: RunRow | None = None  # which run is to be exported
        self._to_close: RunRow | None = None
        self._changing = False
        self._exports = Exports(lab.store, self)
        self._plot_reading = Worker("run-plots", self)
        self.filter = RunFilterRow()
        self.table = TextTable(runs.HEADINGS, numbers=(0, 4, 5))
        self.list = text_table(self.table, self.tr("Runs, the newest first"), 1)
        self.list.setObjectName("runs")
        self.nothing = QLabel()
        self.nothing.setProperty("look", "muted")
        self.problem = ProblemLabel()
        self.tabs = QTabWidget()
        self.details = RunDetails(self.tabs)
        self.plots = RunPlots(lab.theme)
        self.audit = AuditView()
        self.tabs.addTab(self.plots, self.tr("&Plot and compare"))
        self.tabs.addTab(self.audit, self.tr("&Audit trail"))
        self.saving = SavePanel()
        self.closing = ReasonPanel(self.tr("&Close the run"))
        self._make_actions()
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._grow_timer = QTimer(self)
        self._grow_timer.setInterval(GROW_MS)
        self._grow_timer.timeout.connect(self._grow)
        self._choose()

    def _make_actions(self) -> None:
        self.export = QPushButton(self.tr("E&xport"))
        self.export.setObjectName("runs-export")
        menu = QMenu(self.export)
        for form, name in (("csv", "&CSV…"), ("parquet", "&Parquet…"), ("mcap", "&MCAP…")):
            action = menu.addAction(name)
            assert action is not None
            action.triggered.connect(lambda _, form=form: self.ask_export(form))
        self.export.setMenu(menu)
        self.go_on = QPushButton(self.tr("Go &on recording"))
        self.go_on.setObjectName("runs-go-on")
        self.go_on.setToolTip(self.tr("Connect to the run's pump and record it from where it broke off"))
        self.close_run = QPushButton(self.tr("C&lose run…"))
        self.close_run.setObjectName("runs-close")
        self.close_run.setToolTip(self.tr("End an interrupted run that nobody will go on with"))

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        actions.addWidget(self.nothing, 1)
        for button in (self.go_on, self.close_run, self.export):
            actions.addWidget(button)
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(6)
        for widget in (self.filter, self.problem, self.list):
            above.addWidget(widget)
        above.setStretchFactor(self.list, 1)
        above.addLayout(actions)
        above.addWidget(self.closing)
        above.addWidget(self.saving)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(upper)
        split.addWidget(self.tabs)
        split.setSizes([240, 420])
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 6)
        column.addWidget(split)

    def _connect(self) -> None:
        self.filter.changed.connect(self.refresh)
        selection = self.list.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(lambda *_: self._choose())
        self.tabs.currentChanged.connect(lambda _: self._show_tab())
        self.audit.again.clicked.connect(self.verify)
        self.close_run.clicked.connect(self._ask_reason)
        self.closing.given.connect(self._close)
        self.go_on.clicked.connect(self.resume)
        self.saving.wanted.connect(self._export)
        self.saving.given_up.connect(self._exports.give_up)
        self._exports.progressed.connect(self.saving.progress)
        self.lab.theme_changed.connect(self.plots.dress)
        self.lab.link.snapshot_changed.connect(self._look)
        self.lab.closing.connect(self._end)

    def _end(self) -> None:
        self._wanted_plot = ()
        self._exports.close()
        self._plot_reading.close()

    # --- the list ---

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Keep the list fresh from now on."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.refresh()
        self._timer.start()
        self._grow_timer.start()

    def hideEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Keep it no longer."""
        self._timer.stop()
        self._grow_timer.stop()
        super().hideEvent(event)  # type: ignore[arg-type]

    def refresh(self) -> None:
        """Read the list anew."""
        wanted = self.filter.wanted()
        self.lab.reading.do(lambda: runs.find(self.lab.store, wanted), self._show, self._failed)

    def _failed(self, error: Exception) -> None:
        self.problem.tell(sentence_of(error))

    def _show(self, rows: list[RunRow]) -> None:
        self.problem.tell("")
        if rows:
            told = self.tr("1 run") if len(rows) == 1 else self.tr("{0} runs").format(len(rows))
        elif self.filter.wanted() == runs.RunFilter():
            told = self.tr("No runs yet: start a program, and it is recorded here.")
        else:
            told = self.tr("No run fits.")
        self.nothing.setText(told)
        if rows == self.rows:
            return
        chosen = {row.id for row in self.chosen()}
        self._changing = True
        self.rows = rows
        self.table.show([row.cells() for row in rows])
        self.select(chosen & {row.id for row in rows} or {row.id for row in rows[:1]})

    def chosen(self) -> list[RunRow]:
        """The runs that are selected, from above."""
        return [self.rows[row] for row in selected_rows(self.list)]

    def select(self, run_ids: set[int]) -> None:
        """Select these runs."""
        selection = self.list.selectionModel()
        assert selection is not None
        flags = QItemSelectionModel.SelectionFlag
        self._changing = True
        selection.clearSelection()
        for place, row in reversed(list(enumerate(self.rows))):
            if row.id in run_ids:
                selection.setCurrentIndex(self.table.index(place, 0), flags.Select | flags.Rows)
        self._changing = False
        self._choose()

    def _choose(self) -> None:
        """Follow the selection."""
        if self._changing:
            return
        chosen = self.chosen()
        one = chosen[0] if len(chosen) == 1 else None
        open_run = one is not None and one.status == "interrupted"
        self.export.setEnabled(one is not None)
        self.go_on.setEnabled(open_run and one is not None and not one.watch)
        self.close_run.setEnabled(open_run)
        self._show_tab()

    # --- one run, or several ---

    def _show_tab(self) -> None:
        chosen = self.chosen()
        if self.tabs.currentIndex() == _PLOT:
            self._plot(chosen)
        elif self.tabs.currentIndex() == _AUDIT:
            self.verify()
        self._show_details(chosen)

    def _show_details(self, chosen: Sequence[RunRow]) -> None:
        if len(chosen) != 1:
            self._shown_run = None
            several = self.tr("Several runs are chosen: see “Plot and compare”.")
            self.details.clear(several if chosen else self.tr("No run is chosen."))
            return
        run_id = chosen[0].id
        self._shown_run = run_id
        self.lab.reading.do(
            lambda: runs.details(self.lab.store, run_id),
            self._show_run,
            lambda error: self._no_details(error),
        )

    def _no_details(self, error: Exception) -> None:
        self.details.clear(sentence_of(error))

    def _show_run(self, details: Details) -> None:
        if details.row.id == self._shown_run:
            self.details.show(details)

    def _plot(self, chosen: Sequence[RunRow]) -> None:
        wanted = tuple(row.id for row in chosen)
        if wanted == self._wanted_plot:
            return
        self._wanted_plot = wanted
        if not chosen:
            self.plots.tell(self.tr("Choose a run, or several with Ctrl to compare them."))
            return
        if len(chosen) > MOST_RUNS:
            self.plots.tell(self.tr("At most {count} runs can be compared.").format(count=MOST_RUNS))
            return
        self.plots.tell(self.tr("Reading…"))
        self._plot_reading.do(
            lambda: loaded(self.lab.store, chosen, lambda: wanted != self._wanted_plot),
            lambda found: self._show_plot(wanted, found),
            lambda error: self.plots.tell(sentence_of(error)),
        )

    def _show_plot(self, wanted: tuple[int, ...], found: list[ComparedRun] | None) -> None:
        if found is not None and wanted == self._wanted_plot:
            self.plots.show_runs(found)

    def _grow(self) -> None:
        """Let the plot follow runs that are being recorded, each up to its last record."""
        now = {row.id: row for row in self.rows}
        growing = [run for run in self.plots.runs if run.row.status == "recording"]
        if not growing or self._growing or self.tabs.currentIndex() != _PLOT:
            return
        self._growing = True

        def read() -> None:
            for run in growing:
                run.read_more(self.lab.store)
                run.row = now.get(run.row.id, run.row)

        def done() -> None:
            self._growing = False
            self.plots.show_more()

        def failed(error: Exception) -> None:
            self._growing = False
            self._failed(error)

        self._plot_reading.do(read, lambda _: done(), failed)

    def verify(self) -> None:
        """Check the audit trail anew."""
        self.lab.reading.do(
            lambda: runs.audit_trail(self.lab.store),
            self.audit.show_trail,
            lambda error: self.audit.verdict.setText(f"⚠ {sentence_of(error)}"),
        )

    # --- what is done to a run ---

    def ask_export(self, form: str) -> None:
        """Ask where the chosen run is to be written to."""
        (row,) = self.chosen()
        self._form, self._asked = form, row
        simulated = "-SIMULATED" if row.simulated else ""
        name = f"run-{row.id}-{row.name.replace(' ', '-').replace('/', '-')}{simulated}"
        self.saving.ask(
            self.tr("Run {run} as {form}").format(run=row.id, form=form.upper()), name, _SUFFIXES[form]
        )

    def _export(self, path: Path) -> None:
        assert self._asked is not None
        self.saving.progress(0, 0)
        self._exports.start(self._asked.id, self._form, path, self._exported, self._not_exported)

    def _exported(self, files: list[Path]) -> None:
        self.saving.finish()
        self.lab.said.emit(self.tr("Saved: {files}").format(files=", ".join(map(str, files))))

    def _not_exported(self, error: Exception) -> None:
        if isinstance(error, ExportGivenUp):
            self.lab.said.emit(sentence_of(error))
        else:
            self.saving.tell(sentence_of(error))

    def _ask_reason(self) -> None:
        (row,) = self.chosen()
        self._to_close = row
        self.closing.ask(self.tr("&Why is run {run} closed?").format(run=row.id))

    def _close(self, reason: str) -> None:
        row = self._to_close
        assert row is not None
        self.lab.reading.do(
            lambda: self.lab.store.close_run(row.id, reason), lambda _: self.refresh(), self._failed
        )

    def resume(self) -> None:
        """Connect to the chosen run's pump, which goes on recording it if the pump still holds it."""
        (row,) = self.chosen()
        if row.virtual:
            self.problem.tell(
                self.tr(
                    "Run {run} was on a virtual board, which ended with its program: close the run."
                ).format(run=row.id)
            )
            return
        likely = [port for port in (self._port_now(row), self.lab.settings.port) if port]
        self.lab.said.emit(self.tr("Looking for the pump of run {run}…").format(run=row.id))
        self._plot_reading.do(
            lambda: port_of(row.unique_id, likely), lambda port: self._connect_to(row, port), self._failed
        )

    def _port_now(self, row: RunRow) -> str:
        """Where the link has this run's board now; "" when it has another one or none."""
        snapshot, place = self.lab.link.snapshot, self.lab.link.place
        return place.port if snapshot and place and snapshot.info.unique_id == row.unique_id else ""

    def _connect_to(self, row: RunRow, port: str | None) -> None:
        if port is None:
            self.problem.tell(
                self.tr(
                    "The pump of run {run} ({board}) is at no port: connect it, or close the run."
                ).format(run=row.id, board=row.board)
            )
            return
        self._awaited = row
        self.lab.link.open(Place(port))

    def _look(self, snapshot: Snapshot) -> None:
        """Tell how going on with a run went."""
        awaited, self._awaited = self._awaited, None
        if awaited is None or snapshot.run is None:
            return
        if snapshot.run.id == awaited.id:
            self.lab.said.emit(
                self.tr("Run {run} is recorded again from where it broke off.").format(run=awaited.id)
            )
        else:
            self.problem.tell(
                self.tr("The pump no longer holds run {run}: close it with a reason.").format(run=awaited.id)
            )
        self.refresh()
