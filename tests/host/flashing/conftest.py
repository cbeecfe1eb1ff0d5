"""Firmware that is not as it lies in the checkout."""

import dataclasses
from typing import Any

import pytest

from pumpbench.flashing import sources


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Appends lines to firmware files before they are compiled."""
    read = sources.read

    def change(**lines: str) -> None:
        def changed_read(layer: str) -> sources.Sources:
            found = read(layer)
            texts = dict(found.firmware)
            for name, line in lines.items():
                texts[f"pumpfw/{name}.py"] += f"\n{line}\n"
            return dataclasses.replace(found, firmware=texts)

        monkeypatch.setattr(sources, "read", changed_read)

    return change
