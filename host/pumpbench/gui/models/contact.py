"""How good the contact with the pump is: whether what is shown is how it is now, or how it was."""

import time
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from pumpbench.client import LinkHealth
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.gui.board_link import CONNECTED

STALE_AFTER_S = 3.0
"""A look comes twice a second. What was seen longer ago by the wall's clock is the past: the cable was
pulled, or the machine slept."""


@dataclass(frozen=True)
class Contact:
    """`known` is whether anything was ever seen of the pump, `current` whether it holds now, `as_of` when it
    was seen, as a clock shows it.
    """

    phase: str
    sentence: str
    known: bool
    current: bool
    as_of: str


def contact_of(phase: str, sentence: str, snapshot: Snapshot | None, now_s: float) -> Contact:
    """Judge the contact at `now_s`, in s since 1970."""
    if snapshot is None:
        return Contact(phase, sentence, False, False, "")
    # A clock that was set back is no reason to trust what it says was seen in the future.
    current = phase == CONNECTED and abs(now_s - snapshot.seen_at_s) <= STALE_AFTER_S
    return Contact(phase, sentence, True, current, clock_text(snapshot.seen_at_s, now_s))


def clock_text(at_s: float, now_s: float) -> str:
    """The time of day, with the date when that is another day than now's."""
    at, now = time.localtime(at_s), time.localtime(now_s)
    same_day = (at.tm_year, at.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M:%S" if same_day else "%a %Y-%m-%d %H:%M:%S", at)


def date_text(at_s: float) -> str:
    """The day and the time of day to the minute: ``Tue 1 Dec 08:12``, with the year when it is another."""
    at = time.localtime(at_s)
    year = "" if at.tm_year == time.localtime().tm_year else f" {at.tm_year}"
    return (
        f"{time.strftime('%a', at)} {at.tm_mday} {time.strftime('%b', at)}{year} {time.strftime('%H:%M', at)}"
    )


def quality(health: LinkHealth) -> list[tuple[str, str, str]]:
    """The figures of the link: what, how much, and what it means when it climbs."""
    translate = QCoreApplication.translate
    trip = translate("link", "not measured yet")
    if health.round_trip_s is not None:
        trip = f"{health.round_trip_s * 1000:.1f} ms"
    cable = translate("link", "climbs before a cable dies")
    return [
        (translate("link", "Round trip"), trip, translate("link", "from a question to its answer")),
        (translate("link", "Bad frames here"), _count(health.host_bad_frames), cable),
        (translate("link", "Bad frames at the board"), _count(health.bad_frames), cable),
        (
            translate("link", "Frames lost here"),
            _count(health.host_lost_frames),
            translate("link", "what was missed is asked for again"),
        ),
        (
            translate("link", "Resends"),
            _count(health.host_repeats),
            translate("link", "questions asked again; none is carried out twice"),
        ),
        (
            translate("link", "Records dropped by the board"),
            _count(health.dropped_records),
            translate("link", "live records that the port did not take; fetched later"),
        ),
        (
            translate("link", "Late ticks"),
            _count(health.late_ticks),
            translate("link", "the control loop ran late"),
        ),
        (
            translate("link", "Reconnects"),
            _count(health.reconnects),
            translate("link", "since this window connected"),
        ),
    ]


def troubled(health: LinkHealth) -> bool:
    """Whether the link shows trouble that a person should know of."""
    return bool(health.host_bad_frames or health.bad_frames or health.reconnects)


def _count(number: int) -> str:
    return f"{number:,}"
