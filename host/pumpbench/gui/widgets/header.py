"""The top of the window: which pump, what it does, Stop, and what became of the last one."""

import time

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from pumpbench.client import Stopped
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.gui.lab import Lab
from pumpbench.gui.models import stop_outcome
from pumpbench.gui.models.actions import cannot_command
from pumpbench.gui.models.contact import Contact
from pumpbench.gui.models.state import MOVING, face_of
from pumpbench.gui.theme import Theme, ink_on
from pumpbench.gui.widgets.state_badge import StateBadge
from pumpbench.gui.widgets.stop_button import StopButton
from pumpbench.units import RATE

_OUTCOME_STAYS_MS = 60_000


class Header(QFrame):
    """Nothing is ever laid over it."""

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self._bad = False
        self.setObjectName("header")
        self.badge = StateBadge(lab.theme)
        self.name, self.simulated, self.notes, self.outcome = QLabel(), QLabel(), QLabel(), QLabel()
        self.stop = StopButton(lab.theme)
        self.name.setProperty("look", "title")
        self.name.setObjectName("pump-name")
        self.simulated.setText(self.tr("SIMULATED"))
        self.simulated.setObjectName("simulated")
        self.simulated.setToolTip(self.tr("There is a model instead of a pump: no figure is measured"))
        self.simulated.hide()
        self.notes.setProperty("look", "muted")
        self.notes.setObjectName("notes")
        self.outcome.setObjectName("stop-outcome")
        self.outcome.setWordWrap(True)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(lambda: self._tell(stop_outcome.StopOutcome("")))
        self._lay_out()
        self.set_theme(lab.theme)
        lab.contact.changed.connect(self._show)
        lab.link.snapshot_changed.connect(self._show)
        lab.link.stop_sent.connect(self._sent)
        lab.link.stopped.connect(self._answered)
        lab.link.stop_failed.connect(self._not_answered)
        lab.link.nothing_to_stop.connect(lambda: self._tell(stop_outcome.nothing()))
        lab.link.ended_instead.connect(self._ended_instead)
        self.stop.wished.connect(lab.link.stop)
        self._show()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self.name)
        first.addWidget(self.simulated)
        first.addStretch(1)
        who = QVBoxLayout()
        who.setSpacing(2)
        who.addLayout(first)
        who.addWidget(self.notes)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(14)
        row.addWidget(self.badge)
        row.addLayout(who, 3)
        row.addWidget(self.outcome, 2)
        row.addWidget(self.stop)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.badge.set_theme(theme)
        self.stop.set_theme(theme)
        self.setStyleSheet(
            f"#header {{ background: {theme.panel}; border: 0; border-bottom: 1px solid {theme.grid}; }}"
            f"#simulated {{ background: {theme.medium}; color: {ink_on(theme.medium)}; font-weight: 700;"
            " padding: 1px 8px; border-radius: 3px; }"
        )
        self._colour_outcome()

    def _show(self) -> None:
        contact, snapshot = self._lab.contact.now, self._lab.contact.snapshot
        if snapshot is None:
            self.badge.show_none(
                self.tr("Connecting …") if contact.phase == "connecting" else self.tr("No pump")
            )
            self.name.setText(self.tr("pumpbench"))
            self.notes.setText(contact.sentence)
            self.simulated.hide()
            return
        info = snapshot.info
        self.name.setText(info.board)
        self.simulated.setVisible(info.simulated)
        self._show_state(contact, snapshot)
        self.notes.setText(self._notes(snapshot))
        if self._bad and contact.current and snapshot.status.state not in MOVING:
            self._tell(stop_outcome.StopOutcome(self.tr("The pump stands")))

    def _show_state(self, contact: Contact, snapshot: Snapshot) -> None:
        face = face_of(snapshot.status.state)
        if contact.current:
            moving = snapshot.status.state in MOVING
            note = RATE.format(snapshot.status.rate_nl_h) if moving else ""
        else:
            note = self.tr("as of {0}, not known now").format(contact.as_of)
        self.badge.show_state(face, note, contact.current)

    def _notes(self, snapshot: Snapshot) -> str:
        parts = [self.tr("id {0}").format(snapshot.info.unique_id[:12])]
        if snapshot.run is not None and not snapshot.run.watch:
            parts.append(self.tr("run {0}: {1}").format(snapshot.run.id, snapshot.run.name))
        why = cannot_command(snapshot)
        if why:
            parts.append(why)
        return " · ".join(parts)

    # --- what became of the last stop ---

    def _sent(self) -> None:
        self._tell(stop_outcome.sent())

    def _answered(self, stopped: Stopped) -> None:
        self._tell(stop_outcome.answered(stopped, time.strftime("%H:%M:%S")))
        if not self._bad:
            self._fade.start(_OUTCOME_STAYS_MS)

    def _not_answered(self, sentence: str) -> None:
        self._tell(stop_outcome.not_answered())

    def _ended_instead(self, sentence: str) -> None:
        self._tell(stop_outcome.StopOutcome(sentence))
        self._fade.start(_OUTCOME_STAYS_MS)

    def _tell(self, outcome: stop_outcome.StopOutcome) -> None:
        self._fade.stop()
        self._bad = outcome.bad
        self.outcome.setText(outcome.words)
        self._colour_outcome()

    def _colour_outcome(self) -> None:
        theme = self._lab.theme
        style = f"background: {theme.high}; color: {ink_on(theme.high)}; padding: 4px; font-weight: 600;"
        self.outcome.setStyleSheet(style if self._bad else "")
