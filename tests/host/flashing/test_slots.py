"""Which firmware starts, and how the old one comes back: `device/slots.py` over a folder."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.support.micropython import DEVICE

from pumpbench.flashing import pack


class RestartedError(Exception):
    """The board was restarted."""


@pytest.fixture
def slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module as freshly imported on a board whose files lie in a folder."""
    micropython = ModuleType("micropython")
    micropython.kbd_intr = lambda _: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "micropython", micropython)
    spec = importlib.util.spec_from_file_location("slots", DEVICE / "slots.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("POINTER", "POINTER_NEW", "HOLD", "CRASH"):
        setattr(module, name, str(tmp_path) + getattr(module, name))
    module.pack_of = lambda slot: f"{tmp_path}/fw_{slot}.pack"

    def reset() -> None:
        raise RestartedError

    machine = ModuleType("machine")
    machine.reset = reset  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "machine", machine)
    monkeypatch.setattr(module.os, "mount", lambda *_: None, raising=False)
    monkeypatch.setattr(module.os, "umount", lambda *_: None, raising=False)
    fake_sys = SimpleNamespace(path=[], modules={}, platform="rp2", print_exception=_print)
    monkeypatch.setattr(module, "sys", fake_sys)
    monkeypatch.setattr(module, "time", SimpleNamespace(ticks_ms=lambda: module.now_ms))
    module.now_ms = 1_000
    module.folder = tmp_path
    for slot in "ab":
        (tmp_path / f"fw_{slot}.pack").write_bytes(pack.make({"pumpfw/x.mpy": b"x"}).content())
    return module


def _print(error: BaseException, file: Any) -> None:
    file.write(f"{type(error).__name__}: {error}\n")


def pointer(slots: Any) -> str:
    return Path(slots.POINTER).read_text()


def test_without_a_pointer_the_loose_files_run(slots: Any) -> None:
    slots.mount()
    assert slots.running == ""
    assert slots.sys.path == []


def test_the_slot_that_the_pointer_names_runs(slots: Any) -> None:
    slots.write_pointer("b")
    slots.mount()
    assert slots.running == "b"
    assert slots.sys.path == ["/fw"]
    slots.unmount()
    assert slots.sys.path == []
    assert pointer(slots) == "b"


def test_a_firmware_on_trial_gets_its_starts_and_then_gives_way(slots: Any) -> None:
    slots.write_pointer("b a2")
    for left in ("b a1", "b a0"):
        slots.mount()
        assert slots.running == "b"
        assert pointer(slots) == left
    slots.mount()
    assert slots.running == "a"
    assert pointer(slots) == "a"


def test_a_hello_ends_the_trial(slots: Any) -> None:
    slots.write_pointer("b a2")
    slots.mount()
    slots.keep()
    assert pointer(slots) == "b"


def test_a_hello_to_a_kept_firmware_writes_nothing(slots: Any) -> None:
    slots.write_pointer("b")
    before = Path(slots.POINTER).stat().st_mtime_ns
    slots.keep()
    assert Path(slots.POINTER).stat().st_mtime_ns == before


@pytest.mark.parametrize("running", [False, True], ids=["at start", "in its loop"])
def test_a_firmware_on_trial_that_fails_gives_way_at_once(slots: Any, running: bool) -> None:
    slots.write_pointer("b a2")
    slots.mount()
    if running:
        slots.unmount()
    with pytest.raises(RestartedError):
        slots.failed(ValueError("bad"))
    assert pointer(slots) == "a"
    assert "ValueError: bad" in Path(slots.CRASH).read_text()


def test_a_missing_pack_on_trial_gives_way(slots: Any) -> None:
    (slots.folder / "fw_b.pack").unlink()
    slots.write_pointer("b a2")
    with pytest.raises(OSError, match="fw_b") as missing:
        slots.mount()
    with pytest.raises(RestartedError):
        slots.failed(missing.value)
    assert pointer(slots) == "a"


def test_the_only_firmware_that_does_not_start_is_left_at_the_prompt_with_its_error(slots: Any) -> None:
    slots.write_pointer("a")
    slots.mount()
    with pytest.raises(ValueError, match="bad"):
        slots.failed(ValueError("bad"))
    assert Path(slots.CRASH).exists()


def test_a_kept_firmware_that_breaks_off_soon_is_held_at_the_prompt(slots: Any) -> None:
    slots.write_pointer("a")
    slots.mount()
    slots.unmount()
    with pytest.raises(RestartedError):
        slots.failed(ValueError("bad"))
    assert slots.is_held()


def test_one_that_breaks_off_after_a_while_starts_anew(slots: Any) -> None:
    slots.write_pointer("a")
    slots.mount()
    slots.unmount()
    slots.now_ms = 100_000
    with pytest.raises(RestartedError):
        slots.failed(ValueError("bad"))
    assert not slots.is_held()
    assert pointer(slots) == "a"


def test_ctrl_c_leads_to_the_prompt_and_holds_once(slots: Any) -> None:
    slots.write_pointer("a")
    slots.mount()
    slots.unmount()
    with pytest.raises(RestartedError):
        slots.failed(KeyboardInterrupt())
    assert slots.is_held()
    assert not slots.is_held()
    assert not Path(slots.CRASH).exists()
