"""The main window: the pages, and above them what must never be covered."""

from collections.abc import Callable

from PyQt6.QtCore import QCoreApplication, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QMainWindow, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from pumpbench.gui.alarm_watch import AlarmWatch
from pumpbench.gui.keys import StopKeys
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.closing import closing_stops
from pumpbench.gui.pages.connect import ConnectPage
from pumpbench.gui.pages.help import HelpPage
from pumpbench.gui.pages.late import import_soon, late
from pumpbench.gui.pages.overview import OverviewPage
from pumpbench.gui.pages.page import Page
from pumpbench.gui.pages.settings import SettingsPage
from pumpbench.gui.theme import Theme
from pumpbench.gui.widgets.alarm_banner import AlarmBanner
from pumpbench.gui.widgets.close_question import CloseQuestion
from pumpbench.gui.widgets.header import Header
from pumpbench.gui.widgets.link_panel import LinkButton, LinkPanel
from pumpbench.gui.widgets.navigation import Navigation

PAGES: tuple[Callable[[Lab], Page], ...] = (
    ConnectPage,
    OverviewPage,
    late("Reservoirs", "reservoirs", "ReservoirsPage"),
    late("Program", "program", "ProgramPage"),
    late("Plots", "plots", "PlotsPage"),
    late("Trials", "trials", "TrialsPage"),
    late("Runs", "runs", "RunsPage"),
    SettingsPage,
    HelpPage,
)
LEAST_WIDTH, LEAST_HEIGHT = 960, 600


class MainWindow(QMainWindow):
    """The window of one laboratory. There are no menus and no dialogs: they would lie over Stop."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._sure = False
        self.setWindowTitle(self.tr("pumpbench"))
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.alarms = AlarmWatch(lab)
        self.header = Header(lab)
        self.banner = AlarmBanner(lab, self.alarms)
        self.navigation = Navigation(lab.theme)
        self.pages = [page(lab) for page in PAGES]
        self._stack = QStackedWidget()
        for page in self.pages:
            self._stack.addWidget(_scrolled(page))
            title = QCoreApplication.translate("page", page.title)
            self.navigation.add_page(title, page.title.lower())
        self.question = CloseQuestion()
        self.link_panel = LinkPanel(lab)
        self.link_button = LinkButton(lab)
        self._lay_out()
        self._connect()
        self._come_back()
        QTimer.singleShot(0, lambda: import_soon(self.pages))  # behind the first picture

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addWidget(self.link_panel)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.navigation)
        below.addLayout(right, 1)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.banner)
        column.addWidget(self.question)
        column.addLayout(below, 1)
        self.setCentralWidget(middle)
        bar = self.statusBar()
        assert bar is not None
        bar.addPermanentWidget(self.link_button)

    def _connect(self) -> None:
        lab = self._lab
        self.navigation.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.navigation.currentRowChanged.connect(self._remember_page)
        self.link_button.toggled.connect(self.link_panel.setVisible)
        lab.said.connect(self._say)
        lab.page_wanted.connect(self.show_page)
        lab.theme_changed.connect(self._set_theme)
        self.question.sure.connect(self.close_now)
        self.question.staying.connect(self._stay)
        stop_keys = StopKeys(self)
        stop_keys.pressed.connect(lab.link.stop)
        lab.closing.connect(stop_keys.let_go)
        for number in range(1, len(PAGES) + 1):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.activated.connect(lambda row=number - 1: self.navigation.setCurrentRow(row))
        for key, act in (
            ("F1", lambda: self.show_page(HelpPage.title)),
            ("F9", self.banner.acknowledge_top),
            ("F10", self.alarms.silence),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def show_page(self, title: str) -> None:
        """Bring the page of this (untranslated) title to the front."""
        for row, page in enumerate(self.pages):
            if page.title == title:
                self.navigation.setCurrentRow(row)

    def _remember_page(self, row: int) -> None:
        self._lab.settings.page = self.pages[row].title

    def _say(self, sentence: str) -> None:
        bar = self.statusBar()
        assert bar is not None
        bar.showMessage(sentence)

    def _set_theme(self, theme: Theme) -> None:
        self.header.set_theme(theme)
        self.banner.set_theme(theme)
        self.navigation.set_theme(theme)
        self.link_button.refresh()

    # --- where it was ---

    def _come_back(self) -> None:
        """As it was when it was closed, on a screen that is there now."""
        self.resize(1280, 720)
        if self._lab.settings.geometry:
            self.restoreGeometry(self._lab.settings.geometry)  # Qt puts it onto a screen that there is
        screens = QGuiApplication.screens()
        if not any(screen.availableGeometry().intersects(self.frameGeometry()) for screen in screens):
            self.move(screens[0].availableGeometry().topLeft())
        page = self._lab.settings.page
        self.navigation.setCurrentRow(0)  # which is remembered, too
        self.show_page(page)
        self.navigation.setFocus()

    def close_now(self) -> None:
        """Close without a question."""
        self._sure = True
        self.close()

    def _stay(self) -> None:
        self._sure = False

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802  Qt's name
        """Ask when that stops a run; else leave the pump before the window is gone."""
        link, contact = self._lab.link, self._lab.contact
        virtual = link.place is not None and link.place.virtual
        stops = closing_stops(contact.snapshot, contact.now.current, virtual, link.stop_first is not None)
        if stops and not self._sure and event is not None:
            self._sure = True
            self.question.ask(stops)
            event.ignore()
            return
        self._lab.settings.geometry = self.saveGeometry().data()
        self.hide()  # leaving takes a moment that nobody should have to look at
        self._lab.close()
        super().closeEvent(event)


def _scrolled(page: Page) -> QWidget:
    """A page that is larger than the window is scrolled: nothing of it is out of reach."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area
