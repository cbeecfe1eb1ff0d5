"""What every test may count on: our packages can be imported, and nobody's own files are touched."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT / "host", ROOT / "shared"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

# How long an example takes says how busy the machine is, and no more.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Every process with plots would look through the machine's fonts anew: the folders below are a test's own.
os.environ["MPLCONFIGDIR"] = str(ROOT / "build" / "matplotlib")

# A shell that starts the tests in the background has them, and all that they start, ignore these signals.
for name in ("SIGHUP", "SIGINT"):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


@pytest.fixture(autouse=True)
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep databases, sockets and settings of a test inside its own folder."""
    for variable, name in (
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "run"),
    ):
        folder = tmp_path / ".xdg" / name
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        monkeypatch.setenv(variable, str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "host"), str(ROOT / "shared")]))
