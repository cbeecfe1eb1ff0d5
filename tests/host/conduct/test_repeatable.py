"""The same seed gives the same bytes, on each interpreter and however loaded the machine is."""

import multiprocessing
from collections.abc import Iterator

import pytest
from tests.host.conduct.conftest import Conduct, constant, program

RUN = program(constant("8 mL/h", "60 s"), 'kind = "bolus"\nvolume = "50 uL"\nrate = "30 mL/h"')


def _spin() -> None:
    while True:
        pass


@pytest.fixture
def load() -> Iterator[None]:
    """Keep every core busy."""
    busy = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(multiprocessing.cpu_count())]
    for process in busy:
        process.start()
    yield
    for process in busy:
        process.kill()
        process.join()


@pytest.mark.parametrize("interpreter", ["micropython", "cpython"])
def test_one_seed_gives_the_same_bytes_also_on_a_busy_machine(
    interpreter: str, conduct: Conduct, request: pytest.FixtureRequest
) -> None:
    first = conduct(RUN, interpreter=interpreter)
    assert first.summary.interpreter == interpreter
    request.getfixturevalue("load")
    second = conduct(RUN, interpreter=interpreter)
    assert first.records.tobytes() == second.records.tobytes()
    assert first.truth_bytes == second.truth_bytes
    assert first.names() == second.names()


def test_another_seed_gives_other_bytes(conduct: Conduct) -> None:
    assert conduct(RUN, seed=1).records.tobytes() != conduct(RUN, seed=2).records.tobytes()
