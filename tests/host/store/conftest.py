"""A store with one run begun."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.host.store.samples import begun

from pumpbench.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "laboratory.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path, who="tester") as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> int:
    return begun(store)
