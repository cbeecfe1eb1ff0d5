"""A page that is made when it is first shown, so that the window does not wait for it at its start."""

import importlib
import threading
from collections.abc import Callable, Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout

from pumpbench.gui.lab import Lab
from pumpbench.gui.pages.page import Page


class LatePage(Page):
    """Stands for the page `name` of `module` and holds it once it is there."""

    came = pyqtSignal()
    """The page was made."""

    def __init__(self, lab: Lab, title: str, module: str, name: str) -> None:
        super().__init__(lab)
        self.title = title
        self.module = module
        self._name = name
        self.inside: Page | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Make the page when it is first shown."""
        self.made()
        super().showEvent(event)  # type: ignore[arg-type]

    def kind(self) -> type[Page]:
        """The page's class."""
        found: type[Page] = getattr(importlib.import_module(self.module), self._name)
        return found

    def made(self) -> Page:
        """The page itself, made now when it is not there yet."""
        if self.inside is None:
            self.inside = self.kind()(self.lab)
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self.inside)
            self.setFocusProxy(self.inside)
            self.came.emit()
        return self.inside


def late(title: str, module: str, name: str) -> Callable[[Lab], LatePage]:
    """What makes a `LatePage`."""
    return lambda lab: LatePage(lab, title, f"pumpbench.gui.pages.{module}", name)


def import_soon(pages: Sequence[Page]) -> threading.Thread:
    """Read the late pages' modules on a thread, so that a first look at them need not wait for the disk."""

    def read() -> None:
        for page in pages:
            if isinstance(page, LatePage):
                importlib.import_module(page.module)

    thread = threading.Thread(target=read, name="pumpbench-imports", daemon=True)
    thread.start()
    return thread
