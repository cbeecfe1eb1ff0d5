"""The firmware's own files: which of them a chip carries, and where they are."""

from dataclasses import dataclass
from pathlib import Path

from pumplink.board_files import BOARD_FILES

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parents[1]
_INSTALLED = _PACKAGE / "_files"
_LAYERS = ("rp2", "esp32", "unix")  # a file of pumpfw/hal that begins so is for these boards alone
_FOR_THE_CHECKER = ("pumpfw/faces.py",)
BOOT, MAIN, SLOTS = "boot.py", "main.py", "slots.py"  # beside the firmware, outside both slots


@dataclass(frozen=True)
class Sources:
    """Source text by path on the board: ``firmware`` (``pumpfw/...``, ``pumplink/...``), and the files that
    start it.
    """

    firmware: dict[str, str]
    boot: str
    main: str
    slots: str


def read(layer: str) -> Sources:
    """Return the sources for boards of a hardware layer, ``rp2`` or ``esp32``."""
    device, shared = _folder("device"), _folder("shared")
    found = {
        path.relative_to(device).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((device / "pumpfw").rglob("*.py"))
    }
    firmware = {path: text for path, text in found.items() if _is_for(path, layer)}
    for name in BOARD_FILES:
        firmware[f"pumplink/{name}"] = (shared / "pumplink" / name).read_text(encoding="utf-8")
    return Sources(
        firmware,
        (device / BOOT).read_text(encoding="utf-8"),
        (device / MAIN).read_text(encoding="utf-8"),
        (device / SLOTS).read_text(encoding="utf-8"),
    )


def _is_for(path: str, layer: str) -> bool:
    if path in _FOR_THE_CHECKER:
        return False
    folder, _, name = path.rpartition("/")
    if folder != "pumpfw/hal":
        return True
    return not any(name.startswith(other) for other in _LAYERS if other != layer)


def _folder(name: str) -> Path:
    checkout = _CHECKOUT / name
    return checkout if checkout.is_dir() else _INSTALLED / name
