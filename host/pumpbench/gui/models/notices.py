"""What the window itself has to say where alarms are shown, because nothing may cover it there."""

from PyQt6.QtCore import QCoreApplication

from pumpbench.conduct.snapshot import Snapshot
from pumpbench.gui.models.alarms import AlarmLine, notice
from pumpbench.gui.models.contact import Contact
from pumpbench.gui.models.state import MOVING
from pumplink.alarms import HIGH, LOW, MEDIUM


def notices(contact: Contact, snapshot: Snapshot | None, stop_failure: str) -> list[AlarmLine]:
    """The window's own lines; `stop_failure` is why the last stop was not answered, "" when it was."""
    translate = QCoreApplication.translate
    found = []
    if stop_failure:
        found.append(
            notice(
                translate("notice", "stop not confirmed"),
                HIGH,
                stop_failure,
                translate("notice", "the pump may still be running: use its stop input or its power"),
            )
        )
    if contact.known and not contact.current:
        found.append(_no_contact(contact, snapshot))
    if snapshot is not None and snapshot.problem is not None:
        found.append(
            notice(
                translate("notice", "not recorded"),
                MEDIUM,
                snapshot.problem,
                translate("notice", "the board keeps what is not recorded, for a while: make room for it"),
            )
        )
    return found


def _no_contact(contact: Contact, snapshot: Snapshot | None) -> AlarmLine:
    translate = QCoreApplication.translate
    moving = snapshot is not None and snapshot.status.state in MOVING
    may_be = translate("notice", "it may be running") if moving else translate("notice", "it stood then")
    cause = translate(
        "notice", "nothing was heard from the pump since {0}: its alarms are not known, {1}"
    ).format(contact.as_of, may_be)
    return notice(
        translate("notice", "no contact"),
        MEDIUM if moving else LOW,
        cause,
        translate("notice", "check cable and power; the window connects again by itself"),
    )
