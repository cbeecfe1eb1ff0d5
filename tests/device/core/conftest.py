"""The firmware and the helpers of these tests are imported by the names that they have on a board."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
for folder in (ROOT / "device", ROOT / "host/pumpbench/virtual/cpython", Path(__file__).parent / "support"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture
def rig():
    """A pump with all its sensors and a full reservoir."""
    from core_rig import Rig  # its folder is on the path only now

    rig = Rig()
    rig.fill()
    return rig
