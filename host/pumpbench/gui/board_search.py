"""Looks for boards, off the thread that draws: listing ports can take seconds, and so can asking at one."""

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from pumpbench.client import Info
from pumpbench.client.discover import PortInfo, identify, list_serial_ports
from pumpbench.gui.worker import Worker

_LIST_EVERY_MS = 4000


class BoardSearch(QObject):
    """Lists the ports again and again, and asks at each that is new who is there.

    A port is asked once, and again when `ask_again` is called: asking opens it, which other programs and
    other devices need not bear with every few seconds.
    """

    changed = pyqtSignal()
    """There is another list, or another answer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ports: list[PortInfo] = []
        self.answered: dict[str, Info | None] = {}
        self.mine = ""
        """The port that this window has open, which is not to be asked."""
        self._asked: set[str] = set()
        self._listing = False
        self._worker = Worker("search", self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._list)

    def start(self) -> None:
        """Look now and from now on."""
        self._list()
        self._timer.start(_LIST_EVERY_MS)

    def stop(self) -> None:
        """Look no more until started again."""
        self._timer.stop()

    def ask_again(self) -> None:
        """Forget who answered, and ask at every port."""
        self.answered.clear()
        self._asked.clear()
        self.changed.emit()
        self._list()

    def close(self) -> None:
        """End, when the question that is under way is answered."""
        self._timer.stop()
        self._worker.close()

    def _list(self) -> None:
        if not self._listing:
            self._listing = True
            self._worker.do(list_serial_ports, self._listed, self._not_listed)

    def _listed(self, ports: list[PortInfo]) -> None:
        self._listing = False
        there = {port.url for port in ports}
        self._asked &= there
        self.answered = {url: info for url, info in self.answered.items() if url in there}
        if ports != self.ports:
            self.ports = ports
            self.changed.emit()
        for port in ports:
            if port.kind and port.url not in self._asked and port.url != self.mine:
                self._asked.add(port.url)
                self._ask(port.url)

    def _not_listed(self, error: Exception) -> None:
        self._listing = False  # the list stays as it was, and is asked for again in a moment

    def _ask(self, url: str) -> None:
        def answered(info: Info | None) -> None:
            self.answered[url] = info
            self.changed.emit()

        self._worker.do(lambda: identify(url), answered, lambda error: answered(None))
