"""The firmware and the helpers of these tests are imported by the names that they have on a board."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
for folder in (ROOT / "device", ROOT / "host/pumpbench/virtual/cpython", Path(__file__).parent / "support"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
