"""The page "Connect": which pumps there are, and the one that this window is connected to."""

from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from pumpbench.conduct.desk import Place
from pumpbench.conduct.job import VIRTUAL
from pumpbench.gui.board_link import CONNECTED, CONNECTING, FAILED, LOST, NONE
from pumpbench.gui.board_search import BoardSearch
from pumpbench.gui.lab import Lab
from pumpbench.gui.models.boards import BoardRow, likely_board, rows_of, virtual_row
from pumpbench.gui.pages.page import Page
from pumpbench.gui.widgets.board_table import BoardTable
from pumpbench.gui.widgets.flash_panel import FlashPanel
from pumpbench.gui.widgets.virtual_form import VirtualForm
from pumpbench.gui.widgets.welcome import Welcome


class ConnectPage(Page):
    """Looks for boards while it is shown."""

    title = "Connect"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.search = BoardSearch(self)
        self.table = BoardTable()
        self.form = VirtualForm(lab.settings)
        self.typed = QLineEdit()
        self.typed.setObjectName("typed-port")
        self.typed.setAccessibleName(self.tr("Another port"))
        self.typed.setPlaceholderText(self.tr("another port: /dev/ttyACM1, COM7, socket://127.0.0.1:4000"))
        self.button = QPushButton(self.tr("&Connect"))
        self.button.setObjectName("connect")
        self.button.setProperty("look", "primary")
        self.leave = QPushButton(self.tr("&Disconnect"))
        self.leave.setObjectName("disconnect")
        self.again = QPushButton(self.tr("Search a&gain"))
        self.again.setObjectName("search-again")
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setObjectName("connect-said")
        self.take = QPushButton(self.tr("&Take command"))
        self.take.setObjectName("take-command")
        self.flash = FlashPanel()
        self._why_looking = QLabel()
        self._why_looking.setObjectName("why-looking")
        self._looks_only = self._panel_for_looking_only()
        self._lay_out()
        self._connect()
        port = lab.settings.port or VIRTUAL
        if port != VIRTUAL:
            self.typed.setText(port)
        self.table.show_rows([virtual_row()], VIRTUAL)
        self._refresh()

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Pumps"))
        title.setProperty("look", "title")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.again)
        buttons = QHBoxLayout()
        buttons.addWidget(self.button)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(Welcome(self.lab.settings))
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.typed)
        column.addWidget(self.form)
        column.addLayout(buttons)
        column.addWidget(self.said)
        column.addWidget(self._looks_only)
        column.addWidget(self.flash)
        column.addStretch(1)

    def _panel_for_looking_only(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("look", "panel")
        panel.setObjectName("looks-only")
        self._why_looking.setWordWrap(True)
        row = QHBoxLayout(panel)
        row.addWidget(self._why_looking, 1)
        row.addWidget(self.take)
        panel.hide()
        return panel

    def _connect(self) -> None:
        lab = self.lab
        self.search.changed.connect(self._show_rows)
        self.again.clicked.connect(self.search.ask_again)
        self.table.chosen.connect(self._chosen)
        self.table.wanted.connect(self.connect_now)
        self.typed.textChanged.connect(self._refresh)
        self.typed.returnPressed.connect(self.connect_now)
        self.form.speed.returnPressed.connect(self.connect_now)
        self.button.clicked.connect(self.connect_now)
        self.leave.clicked.connect(lambda: lab.link.leave())
        self.take.clicked.connect(lab.link.take_command)
        self.flash.wanted.connect(self._flash)
        self.flash.flashed.connect(self._flashed)
        lab.link.phase_changed.connect(self._refresh)
        lab.contact.changed.connect(self._refresh)
        lab.closing.connect(self._close)

    # --- connecting ---

    @property
    def wanted_port(self) -> str:
        """The port that is typed, else that of the board that is chosen."""
        row = self.table.board
        return self.typed.text().strip() or (row.port if row else "")

    def connect_now(self) -> None:
        """Connect to the pump that is chosen, and remember it."""
        port, settings = self.wanted_port, self.lab.settings
        if not port or not self.button.isEnabled():
            return
        place = Place(port)
        if place.virtual:
            values = self.form.values()
            if values is None:
                return
            speed, plant = values
            settings.speed, settings.plant = speed, str(plant or "")
            place = Place(port, speed=speed, plant=plant)
        settings.port = port
        self.lab.link.open(place)

    def _flash(self) -> None:
        """The board that is connected, else the one that is chosen; its port must be free first."""
        link = self.lab.link
        port = link.place.port if link.place is not None and link.phase == CONNECTED else self.wanted_port
        link.leave(lambda: self.flash.begin(port))

    def _flashed(self, port: str) -> None:
        self.lab.said.emit(self.flash.said.text())  # the panel goes once the pump is connected
        self.lab.link.open(Place(port))

    # --- what is shown ---

    def _chosen(self, row: BoardRow) -> None:
        self.typed.clear()
        self._refresh()

    def _show_rows(self) -> None:
        link = self.lab.link
        snapshot = link.snapshot
        self.search.mine = link.place.port if link.place and link.phase in (CONNECTED, LOST) else ""
        info = snapshot.info if snapshot is not None else None
        row = self.table.board
        rows = rows_of(self.search.ports, self.search.answered, self.search.mine, info)
        remembered = self.lab.settings.port or VIRTUAL
        wanted = row.port if row is not None and not row.virtual else self.typed.text().strip() or remembered
        self.table.show_rows(rows, wanted)

    def _refresh(self) -> None:
        link, contact = self.lab.link, self.lab.contact.now
        snapshot = link.snapshot
        row = self.table.board
        virtual = self.wanted_port == VIRTUAL
        self.form.setVisible(virtual)
        self.button.setEnabled(link.phase not in (CONNECTING, CONNECTED, LOST) and not self.flash.busy)
        self.leave.setEnabled(link.phase in (CONNECTING, CONNECTED, LOST))
        self.said.setText(self._sentence())
        self.said.setProperty("look", "problem" if link.phase == FAILED else "")
        style = self.said.style()
        if style is not None:
            style.polish(self.said)
        looks_only = snapshot is not None and contact.current and snapshot.info.fits and not snapshot.commands
        self._show_looking(looks_only, snapshot is not None and snapshot.looks_on)
        self._offer_flash(row)
        self._show_rows()

    def _show_looking(self, looks_only: bool, own: bool) -> None:
        """Say who commands the pump instead: the window's own trial is not to lose it to the window."""
        self._why_looking.setText(
            self.tr("A trial or calibration of this window commands the pump until it ends. The page Trials "
                    "shows it, and ends it early; STOP ends it at once.")
            if own
            else self.tr("Another program commands this pump. This window looks, and may stop it. Taking "
                         "command takes it away from the other one.")
        )  # fmt: skip
        self.take.setVisible(not own)
        self._looks_only.setVisible(looks_only)

    def _sentence(self) -> str:
        link, contact = self.lab.link, self.lab.contact.now
        words = {
            NONE: self.tr("Not connected."),
            CONNECTING: self.tr("Now {0} …"),
            CONNECTED: self.tr("Connected: {0}."),
            LOST: self.tr("The link is lost ({0}). It is connected again as soon as the pump is back."),
            FAILED: self.tr("✗ {0}"),
        }
        sentence = words[link.phase].format(link.sentence)
        if link.phase == CONNECTED and contact.known and not contact.current:
            return self.tr("{0} It has not answered since {1}.").format(sentence, contact.as_of)
        return sentence

    def _offer_flash(self, row: BoardRow | None) -> None:
        snapshot = self.lab.link.snapshot
        if snapshot is not None and not snapshot.info.fits:
            self.flash.offer(
                self.tr("The firmware {0} of this board does not fit this program: it can be looked at and "
                        "stopped, not commanded.").format(snapshot.info.firmware), snapshot.info.board,
            )  # fmt: skip
        elif snapshot is None and row is not None and row.answers is False and not self.typed.text():
            self.flash.offer(
                self.tr("No pump answers at {0}: a board may get its firmware.").format(row.port),
                likely_board(row.usb),
            )
        elif not self.flash.busy:
            self.flash.hide()

    # --- its life ---

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802  Qt's name
        """Look for boards."""
        self.search.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802  Qt's name
        """Look no more."""
        self.search.stop()
        super().hideEvent(event)

    def _close(self) -> None:
        self.search.close()
        self.flash.close_worker()
