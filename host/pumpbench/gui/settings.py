"""What the window remembers, typed: one line an entry. It lies in an ini file that people can read and mend.

An entry that was spoilt by hand is its default again.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, Self, TypeVar, overload

import platformdirs
from PyQt6.QtCore import QObject, QSettings, pyqtSignal

SYSTEM_THEME, LIGHT_THEME, DARK_THEME = "system", "light", "dark"
THEMES = (SYSTEM_THEME, LIGHT_THEME, DARK_THEME)

T = TypeVar("T")


class Entry(Generic[T]):
    """An attribute of `Settings`. `read` takes the text in the file; when it raises `ValueError`, the default
    holds.
    """

    def __init__(
        self, key: str, default: T, read: Callable[[str], T], write: Callable[[T], str] = str
    ) -> None:
        self.key = key
        self._default = default
        self._read = read
        self._write = write

    @overload
    def __get__(self, settings: None, owner: type) -> Self: ...
    @overload
    def __get__(self, settings: "Settings", owner: type) -> T: ...
    def __get__(self, settings: "Settings | None", owner: type) -> Self | T:
        """Return what the file says, or the default."""
        if settings is None:
            return self
        text = settings.file.value(self.key)
        try:
            return self._default if not isinstance(text, str) else self._read(text)
        except ValueError:
            return self._default

    def __set__(self, settings: "Settings", value: T) -> None:
        """Write it into the file and tell who listens."""
        settings.file.setValue(self.key, self._write(value))
        settings.changed.emit(self.key)


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return what reads one of these words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def number(low: float, high: float) -> Callable[[str], float]:
    """Return what reads a number from `low` to `high`."""

    def read(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return what reads a whole number from `low` to `high`."""
    return lambda text: int(number(low, high)(text))


def flag(text: str) -> bool:
    """Read a yes or no."""
    return one_of("True", "False")(text) == "True"


class Settings(QObject):
    """The window's memory; `path` None is the user's own file on this machine."""

    changed = pyqtSignal(str)
    """The key of an entry that was written."""

    theme = Entry("window/theme", SYSTEM_THEME, one_of(*THEMES))
    geometry = Entry("window/geometry", b"", bytes.fromhex, bytes.hex)
    page = Entry("window/page", "", str)
    """The title of the page that was shown last."""
    welcomed = Entry("window/welcomed", False, flag)
    port = Entry("pump/port", "", str)
    """Where the pump was that was last connected; empty before the first."""
    speed = Entry("pump/speed", 1.0, number(0.001, 100_000.0))
    """Of a virtual board, in virtual seconds a wall second."""
    plant = Entry("pump/plant", "", str)
    """The plant file of a virtual board; empty for the default plant."""
    library = Entry("drugs/library", "", str)
    """The drug library's file; empty for none."""
    trials = Entry("trials/folder", "", str)
    """Where the folders of trials and calibrations are made; empty for the user's documents."""
    balance = Entry("trials/balance", "", str)
    """The port of the balance that was used last."""
    sound = Entry("alarms/sound", True, flag)
    silence_s = Entry("alarms/silence_s", 120, whole(10, 3600))
    """How long "Silence" lasts."""

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        place = path or platformdirs.user_config_path("pumpbench", appauthor=False) / "window.ini"
        self.file = QSettings(str(place), QSettings.Format.IniFormat)
