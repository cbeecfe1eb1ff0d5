"""How time passes between two looks at the pump: by the wall, or by grants to a virtual board."""

import time
from typing import Protocol

from pumpbench.client import Client
from pumpbench.client.client import LEASE_S
from pumpbench.conduct.job import Job
from pumpbench.virtual.board import VirtualBoard

LOOK_EVERY_S = 0.2
SHORTEST_GRANT_S = 1
LONGEST_GRANT_S = 600
GRANTS_A_RUN = 200
GRANTS_A_LEASE = 3
LONGEST_LEASE_S = 86_400


def grant_s(total_s: float) -> int:
    """How long a board at full speed runs between two looks at it: by the program's length alone, so that
    two runs with the same seed are the same to the byte.
    """
    return max(SHORTEST_GRANT_S, min(LONGEST_GRANT_S, int(total_s / GRANTS_A_RUN)))


def lease_s(job: Job, total_s: float) -> int:
    """How long an attended program goes on without a word; the board's time may outrun the wall's."""
    if job.by_grants:
        return max(LEASE_S, GRANTS_A_LEASE * grant_s(total_s))
    return lease_at_s(float(job.speed) if job.virtual else 1.0)


def lease_at_s(speed: float) -> int:
    """How long that is on a board whose time passes `speed` times as fast as the wall's."""
    return min(LONGEST_LEASE_S, max(LEASE_S, round(LEASE_S * speed)))


class Pace(Protocol):
    """One step of waiting."""

    def step(self, short: bool = False) -> None:
        """Let some time pass; `short`: no more than a record takes."""


class ByTheWall:
    """The board's time passes by itself."""

    def step(self, short: bool = False) -> None:
        """Wait a moment."""
        time.sleep(LOOK_EVERY_S)


class ByGrants:
    """A virtual board at full speed moves only when it is told to."""

    def __init__(self, board: VirtualBoard, client: Client, total_s: float) -> None:
        self._board = board
        self._client = client
        self._grant_us = grant_s(total_s) * 1_000_000

    def step(self, short: bool = False) -> None:
        """Grant a piece of time, which an event may end early, and take in all that came of it."""
        self._board.advance(SHORTEST_GRANT_S * 1_000_000 if short else self._grant_us, until="event")
        self._client.barrier()
