"""Starting what was put on the board, and the handshake that proves it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from pumpbench.client import ClientError, Info, Mismatch, SelfTest, connect
from pumpbench.client.discover import identify
from pumpbench.flashing.places import Places

_LOOK_S = 0.2
_ASK_S = 1.5


@dataclass(frozen=True)
class Answered:
    """Who answered after a start: where, who, and how its self-test went (None from another version)."""

    url: str
    info: Info
    selftest: SelfTest | None


def wait_for_pump(places: Places, patience_s: float, tick: Callable[[], None]) -> Answered | None:
    """Return the pump that answers at one of `places`, None when nobody does within `patience_s`.

    One that fits and does not tell its self-test was held up, or went away again: it is asked once more.
    """
    until = time.monotonic() + patience_s
    while True:
        for url in places:
            info = identify(url, _ASK_S)
            if info is not None:
                answered = Answered(url, info, selftest_of(url, info))
                if answered.selftest is not None or not info.fits or time.monotonic() >= until:
                    return answered
        tick()
        if time.monotonic() >= until:
            return None
        time.sleep(_LOOK_S)


def selftest_of(url: str, info: Info) -> SelfTest | None:
    """Return the self-test's report, None from firmware that speaks another schema."""
    if not info.fits:
        return None
    try:
        with connect(url, role="observe", reconnect=False) as pump:
            return pump.selftest()
    except Mismatch:
        return None
    except ClientError:
        return None  # it went away again; whoever asked finds that out next
