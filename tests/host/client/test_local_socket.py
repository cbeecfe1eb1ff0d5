"""The local socket through which another shell reaches a pump."""

import sys
from pathlib import Path
from typing import Any, cast

import pytest

from pumpbench.client.local_socket import LocalSocket


@pytest.mark.skipif(sys.platform == "win32", reason="no Unix sockets")
def test_a_runtime_folder_with_a_long_name_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    nothing = cast(Any, lambda: None)
    LocalSocket("socket://127.0.0.1:4", nothing, nothing).close()
