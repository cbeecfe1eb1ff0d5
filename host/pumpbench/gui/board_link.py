"""The pump as the window sees it: where it stands with the link, what is known, and how to command it.

The port and the database are never touched on the thread that draws. Three threads serve a link: one looks
(`Desk.look`, twice a second), one carries out commands in their order, one does nothing but wait for Stop.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from pumpbench.client import ClientError, Event, Gap, Records, State, Stopped, frozen
from pumpbench.conduct.desk import OBSERVE, Desk, Place
from pumpbench.conduct.desk_recording import Listener
from pumpbench.conduct.snapshot import Snapshot
from pumpbench.expected import sentence_of
from pumpbench.gui.worker import Worker
from pumpbench.store import Store

LOOK_EVERY_S = 0.5
_OPENING_S = 0.02
_GIVE_WAY_S = 0.001  # of the thread that draws to the one that stops, which needs Python's lock

NONE = "none"  # no pump is chosen
CONNECTING = "connecting"
CONNECTED = "connected"
LOST = "lost"  # it comes back by itself
FAILED = "failed"  # it did not come about, or is over

T = TypeVar("T")


class BoardLink(QObject):
    """One pump at a time. Signals come on the thread that draws; listeners are called on the client's."""

    phase_changed = pyqtSignal(str, str)
    """One of the phases above, and a sentence."""
    snapshot_changed = pyqtSignal(object)
    """A `Snapshot`, about twice a second."""
    event_came = pyqtSignal(object)
    """A `client.Event`, once and in order."""
    stop_sent = pyqtSignal()
    """Stop was wished for, and is on its way."""
    stopped = pyqtSignal(object)
    """A `client.Stopped`: the pump answered to Stop."""
    stop_failed = pyqtSignal(str)
    """The sentence to show when it did not."""
    nothing_to_stop = pyqtSignal()
    """No pump was chosen, or the virtual board is gone."""
    ended_instead = pyqtSignal(str)
    """There was no pump to stop, but something else that Stop ended; what, in a sentence."""
    _state_came = pyqtSignal(object)
    _board_ended = pyqtSignal(object)

    def __init__(self, store: Store, who: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = NONE
        self.sentence = ""
        """What there is to say about the phase."""
        self.place: Place | None = None
        """Where the pump is, or was before it was left."""
        self.snapshot: Snapshot | None = None
        """The newest one; None before the first."""
        self.lent: Place | None = None
        """The pump that something else of this program commands now: it is opened to be looked at only."""
        self.stop_first: Callable[[], Stopped | str] | None = None
        """Called first of all when Stop is wished for, on its thread, by who moves a pump apart from this
        link: stops that pump, or says in a sentence what was ended instead. May raise ``ClientError``."""
        self._store = store
        self._who = who
        self._desk: Desk | None = None
        self._unclaimed: Desk | None = None  # opened, but not yet told to the thread that draws
        self._opening = 0  # the number of the newest wish to open or leave: an older one's outcome is void
        self._listeners: list[Listener] = []
        self._begins: list[Callable[[], None]] = []
        self._commands = Worker("commands", self)
        self._look_now = threading.Event()
        self._closing = False
        self._stops: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._state_came.connect(self._follow_state)
        self._board_ended.connect(self._leave_ended)
        self.snapshot_changed.connect(self._keep_snapshot)
        self._threads = [
            threading.Thread(target=self._look_on, name="pumpbench-look", daemon=True),
            threading.Thread(target=self._wait_for_stop, name="pumpbench-stop", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def add_listener(self, listener: Listener, begin: Callable[[], None] | None = None) -> None:
        """Tell `listener` of every record, event and gap, on the client's callback thread.

        `begin` is called, on a thread of the link's, when a pump is about to be connected and nothing more
        comes of the one before.
        """
        self._listeners.append(listener)
        if begin is not None:
            self._begins.append(begin)

    # --- connecting ---

    def open(self, place: Place, role: str = "command") -> None:
        """Leave the pump that is connected and connect to the one at `place`."""
        self.leave()
        self.place = place
        if self.lent is not None and place.port == self.lent.port:
            role = OBSERVE
        opening = self._opening
        self._become(CONNECTING, "connecting to " + ("a virtual board" if place.virtual else place.port))
        self._commands.do(
            lambda: self._open(place, role, opening),
            lambda desk: self._opened(desk, opening),
            lambda error: self._failed(error, opening),
        )

    def leave(self, then: Callable[[], None] = lambda: None) -> None:
        """Let the pump go: an attended run stops, an autonomous one goes on.

        `then` is called when its port is free, also for somebody else of this program.
        """
        self._opening += 1
        opening = self._opening
        desk, self._desk = self._desk, None
        self.snapshot = None
        self._become(NONE, "no pump is connected")

        def not_well(error: Exception) -> None:
            self._failed(error, opening, NONE)
            then()

        def let_go() -> None:
            if desk is not None:
                desk.close()

        self._commands.do(let_go, lambda _: then(), not_well)

    def close(self) -> None:
        """Leave, and end the threads; waits for them. A second time it does nothing."""
        if self._closing:
            return
        self.leave()
        self._closing = True
        self._look_now.set()
        self._stops.put(False)
        self._commands.close()
        if self._unclaimed is not None:  # it was opened, and its outcome comes too late
            self._unclaimed.close()
        for thread in self._threads:
            thread.join()

    def _open(self, place: Place, role: str, opening: int) -> Desk | None:
        if opening != self._opening:
            return None
        for begin in self._begins:
            begin()
        desk = Desk.open(place, self._store, self, who=self._who, role=role)
        if opening != self._opening:  # left, or the window was closed, while it was being opened
            desk.close()
            return None
        self._unclaimed = desk
        return desk

    def _opened(self, desk: Desk | None, opening: int) -> None:
        if desk is None:
            return
        self._unclaimed = None
        if opening != self._opening:
            self._commands.do(desk.close, lambda _: None, lambda error: self._failed(error, opening))
            return
        self._desk = desk
        self._become(CONNECTED, f"{desk.client.info.board} at {desk.client.port}")
        self.look_soon()

    def _failed(self, error: Exception, opening: int, phase: str = FAILED) -> None:
        if opening == self._opening:
            self._become(phase, sentence_of(error))

    def _become(self, phase: str, sentence: str) -> None:
        self.phase, self.sentence = phase, sentence
        self.phase_changed.emit(phase, sentence)

    def _follow_state(self, state: State) -> None:
        if self._desk is None:
            return
        if state == "lost":
            self._become(LOST, state.detail)
        elif state == "connected" and self.phase == LOST:
            self._become(CONNECTED, state.detail)
            self.look_soon()

    def _leave_ended(self, desk: Desk) -> None:
        """A virtual board that was started here does not come back."""
        if desk is not self._desk:
            return
        self.leave()
        self._become(FAILED, "the virtual board has ended by itself; Connect starts another one")

    # --- looking ---

    def look_soon(self) -> None:
        """Look at the pump now rather than at the next turn."""
        self._look_now.set()

    def _look_on(self) -> None:
        while not self._closing:
            self._look_now.wait(LOOK_EVERY_S)
            self._look_now.clear()
            desk = self._desk
            if desk is not None and desk.board is not None and desk.board.ended:
                self._board_ended.emit(desk)
                continue
            if desk is None or self.phase == LOST:
                continue
            try:
                snapshot = desk.look()
            except ClientError:
                continue  # the link's own state says so, and a later look shows how it is then
            if desk is self._desk:
                self.snapshot_changed.emit(snapshot)

    def _keep_snapshot(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    # --- commanding ---

    def command(
        self, work: Callable[[Desk], T], done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Carry out `work` on the pump behind the commands before it; the outcome comes back here."""
        desk = self._desk
        if desk is None:
            failed(ClientError("no pump is connected"))
            return

        def carry_out() -> T:
            try:
                return work(desk)
            finally:
                self.look_soon()

        self._commands.do(carry_out, done, failed)

    def take_command(self) -> None:
        """Take the pump from whoever commands it now.

        A virtual board that was started here is one with its desk, and is kept; to any other pump it is
        connected anew, so that a run which was left there is gone on with.
        """
        place = self.place
        if place is None:
            return
        if place.virtual:
            self.command(lambda desk: desk.take_command(), lambda _: None, self._not_taken)
        else:
            self.open(place, "take-over")

    def _not_taken(self, error: Exception) -> None:
        self._become(self.phase, f"{self.sentence}; {sentence_of(error)}")

    def stop(self) -> None:
        """Stop the pump at once, ahead of everything; `stopped` or `stop_failed` tells how it went.

        A pump that is not connected but was chosen is stopped all the same, where its port can be reached.
        """
        self._stops.put(True)
        time.sleep(_GIVE_WAY_S)
        self.stop_sent.emit()

    def _wait_for_stop(self) -> None:
        while self._stops.get():
            while self._opens_itself():
                time.sleep(_OPENING_S)  # the port is being opened, and can't be reached past that
            try:
                told = self._stop()
            except ClientError as error:
                self.stop_failed.emit(sentence_of(error))
            else:
                self._tell_stopped(told)
            self.look_soon()

    def _opens_itself(self) -> bool:
        opening = self._desk is None and self.phase == CONNECTING
        return opening and self.stop_first is None and not self._closing

    def _stop(self) -> Stopped | str | None:
        told = None if self.stop_first is None else self.stop_first()
        if isinstance(told, Stopped):
            return told
        desk, place = self._desk, self.place
        if desk is not None:
            return desk.stop()
        if place is not None and not place.virtual:
            return frozen.stop(place.port)
        return told

    def _tell_stopped(self, told: Stopped | str | None) -> None:
        if told is None:
            self.nothing_to_stop.emit()
        elif isinstance(told, str):
            self.ended_instead.emit(told)
        else:
            self.stopped.emit(told)

    # --- the desk's listener, on the client's callback thread ---

    def on_records(self, records: Records) -> None:
        """Hand telemetry on to who listens."""
        for listener in self._listeners:
            listener.on_records(records)

    def on_event(self, event: Event) -> None:
        """Hand an event on."""
        for listener in self._listeners:
            listener.on_event(event)
        self.event_came.emit(event)
        self.look_soon()

    def on_gap(self, gap: Gap) -> None:
        """Hand a gap on."""
        for listener in self._listeners:
            listener.on_gap(gap)

    def on_state(self, state: State) -> None:
        """Hand a change of the link on."""
        for listener in self._listeners:
            listener.on_state(state)
        self._state_came.emit(state)
