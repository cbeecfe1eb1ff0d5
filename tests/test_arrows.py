"""Which part may import which (docs/architecture.md draws it)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pumplink.board_files import BOARD_FILES

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / "shared" / "pumplink"
DEVICE = ROOT / "device"
HOST = ROOT / "host" / "pumpbench"
VIRTUAL = HOST / "virtual"
ON_BOTH_INTERPRETERS = (SHARED, DEVICE, VIRTUAL / "plant", VIRTUAL / "fakes")
# What MicroPython on a chip has; everything else must be ours.
ON_THE_BOARD = {
    "array", "binascii", "builtins", "errno", "esp32", "gc", "hashlib", "io", "json", "machine", "math",
    "micropython", "os", "rp2", "select", "struct", "sys", "time", "usb", "uctypes",
}  # fmt: skip
# What the virtual board needs of the other interpreter, and what only the type checker reads.
CPYTHON_ALONE = {"process_cpython.py", "faces.py"}


def imports(file: Path) -> Iterator[tuple[str, int]]:
    """Each module that `file` imports at run time, with its line; relative imports are made absolute."""
    package = file.relative_to(file.parents[len(file.parents) - 1])
    parts = list(package.with_suffix("").parts)
    tree = ast.parse(file.read_text())
    for_the_checker = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in for_the_checker:
            continue
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = parts[: len(parts) - node.level]
                yield (
                    ".".join([*base[base.index(_root_of(file)) :], *filter(None, [node.module])]),
                    node.lineno,
                )
            else:
                yield node.module or "", node.lineno


def _root_of(file: Path) -> str:
    for root in ("pumplink", "pumpfw", "pumpbench"):
        if root in file.parts:
            return root
    return file.parts[-2]


def files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"{folder} holds no Python files"
    return found


def offenders(folder: Path, forbidden: tuple[str, ...], allowed_in: tuple[Path, ...] = ()) -> list[str]:
    """Places in `folder` that import one of `forbidden` outside `allowed_in`."""
    return [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in files(folder)
        if not any(file == place or place in file.parents for place in allowed_in)
        for module, line in imports(file)
        if any(module == name or module.startswith(name + ".") for name in forbidden)
    ]


def test_pumplink_imports_nothing_of_ours() -> None:
    assert not offenders(SHARED, ("pumpfw", "pumpbench"))


def test_firmware_imports_pumplink_alone() -> None:
    assert not offenders(DEVICE, ("pumpbench",))


def test_desktop_side_never_imports_the_firmware() -> None:
    assert not offenders(HOST, ("pumpfw",))


def test_only_the_client_knows_a_serial_port() -> None:
    assert not offenders(HOST, ("serial",), (HOST / "client", HOST / "balances"))


def test_only_the_store_knows_sql() -> None:
    assert not offenders(HOST, ("sqlite3",), (HOST / "store",))


def test_only_the_gui_knows_qt() -> None:
    assert not offenders(HOST, ("PyQt6", "pyqtgraph"), (HOST / "gui",))


def test_what_pages_show_is_worked_out_without_widgets() -> None:
    assert not offenders(HOST / "gui" / "models", ("PyQt6.QtWidgets", "pyqtgraph", "pumpbench.gui.widgets"))


def test_the_lower_parts_know_neither_command_line_nor_window() -> None:
    lower = [
        HOST / name
        for name in ("client", "store", "files", "virtual", "conduct", "trials")
        if (HOST / name).exists()
    ]
    assert lower
    for folder in lower:
        assert not offenders(folder, ("pumpbench.cli", "pumpbench.gui", "typer"))


def test_the_analysis_of_trials_is_pure_functions_over_arrays() -> None:
    allowed = {"math", "statistics", "dataclasses", "collections", "typing", "numpy"}
    strangers = [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in sorted((HOST / "trials").glob("*.py"))
        for module, line in imports(file)
        if module.split(".")[0] not in allowed and not module.startswith("pumpbench.trials")
    ]
    assert not strangers


def test_the_control_loop_knows_no_pins_and_no_port() -> None:
    assert not offenders(DEVICE / "pumpfw", ("machine", "rp2", "esp32"), (DEVICE / "pumpfw" / "hal",))


@pytest.mark.parametrize("folder", ON_BOTH_INTERPRETERS, ids=lambda folder: folder.name)
def test_what_runs_in_micropython_imports_only_what_micropython_has(folder: Path) -> None:
    ours = {"pumplink", "pumpfw", "slots", "plant", "fakes", "pumpbench"} | {
        path.stem for path in (VIRTUAL / "fakes").glob("*.py")
    }
    strangers = [
        f"{file.relative_to(ROOT)}:{line} imports {module}"
        for file in files(folder)
        if (folder != SHARED or file.name in BOARD_FILES) and file.name not in CPYTHON_ALONE
        for module, line in imports(file)
        if module.split(".")[0] not in ON_THE_BOARD | ours
    ]
    assert not strangers
