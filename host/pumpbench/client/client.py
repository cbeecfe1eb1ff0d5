"""A pump, connected: the link and the typed requests in one object."""

import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pumpbench.client import payloads
from pumpbench.client.answers import Event, Info, LinkHealth, Stopped, word
from pumpbench.client.clock import ClockMap
from pumpbench.client.commands import Commands
from pumpbench.client.discover import other_ports_of
from pumpbench.client.errors import AnswerTimeout, ClientError, OutOfRange
from pumpbench.client.handover import Callbacks, State
from pumpbench.client.link import Link
from pumpbench.client.local_socket import LocalSocket
from pumpbench.client.records import SUMMARY_DTYPE, Records
from pumpbench.client.telemetry import Gap
from pumplink.names import ROLE_NAMES

if TYPE_CHECKING:
    from pumpbench.virtual.board import VirtualBoard

REQUEST_S = 5.0
STOP_S = 5.0
LEASE_S = 30
_MOVING = ("running", "paused", "keep-open", "bolus")
_POLL_S = 0.1


class Client(Commands):
    """Made by `connect`. Its methods may be called from any thread, callbacks included."""

    def __init__(self, link: Link, timeout_s: float, board: "VirtualBoard | None") -> None:
        self._link = link
        self._timeout_s = timeout_s
        self._board = board
        self._attended = False
        self._local_socket = LocalSocket(link.url, self.stop, self.status)
        link.connection.on_other_port = self._follow_port

    # --- who is there ---

    @property
    def info(self) -> Info:
        """What the board said of itself at the last handshake."""
        assert self._link.info is not None
        return self._link.info

    @property
    def port(self) -> str:
        """The port's URL; after a reconnect it may be another one."""
        return self._link.url

    @property
    def role(self) -> str:
        """ "command" or "observe"."""
        return word(ROLE_NAMES, self._link.role)

    @property
    def virtual_board(self) -> "VirtualBoard | None":
        """The board that `connect("virtual")` started, else None."""
        return self._board

    @property
    def clock(self) -> ClockMap:
        """Board time to wall time."""
        return self._link.connection.heartbeat.clock

    def link_health(self) -> LinkHealth:
        """Link-error counters of both sides: they climb before a cable dies."""
        answer = self.request("link_health")
        del answer["request"]
        connection = self._link.connection
        splitter = connection.decoder.splitter
        return LinkHealth(
            **answer,
            host_frames=splitter.frames,
            host_bad_frames=splitter.bad_frames + connection.decoder.odd_batches,
            host_lost_frames=splitter.lost_frames,
            host_repeats=self._link.repeats,
            reconnects=connection.reconnects,
            round_trip_s=connection.heartbeat.round_trip_s,
        )

    # --- requests ---

    def request(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """Send the request `name` of the message table and return its answer's fields."""
        if name not in payloads.NUMBERS:
            raise OutOfRange(f"there is no request called {name!r}")
        ask = self._link.ask(payloads.NUMBERS[name], fields, self._timeout_s)
        answer: dict[str, Any] = ask.future.result()
        return answer

    def stop(self, timeout_s: float = STOP_S) -> Stopped:
        """Stop the pump at once: in every state, in every role, on any firmware, ahead of everything else."""
        stopped = self._link.stop(timeout_s)
        self._attended = False
        return stopped

    def start(self, digest: bytes, *, resume: bool = False, lease_s: int = LEASE_S) -> None:
        """Start the committed program; `resume` goes on after a pause or a reset.

        An attended program runs as long as this client renews its lease of `lease_s`, which it does by
        itself. The lease lapses by the board's clock: a virtual board N times as fast needs one N times as
        long.
        """
        attended = self.program()[1].mode == "attended"
        self.request("start", digest=digest, resume=int(resume), lease_s=lease_s if attended else 0)
        self._attended = attended
        self._link.upkeep.hold_lease(lease_s if attended else 0)

    def take_over(self) -> None:
        """Take the command from whoever has it; they may look on. Raises `AnswerTimeout`."""
        self._link.take_over(self._timeout_s)

    @property
    def attended(self) -> bool:
        """Whether this client holds the lease of a run that it started, which leaving it stops."""
        return self._attended

    def summaries(self, first: int = 0) -> Records:
        """The one-minute summaries from number `first` on that the board keeps, as `SUMMARY_DTYPE`."""
        return self._link.summaries(first, 0xFFFF, 4 * self._timeout_s).astype(SUMMARY_DTYPE)

    def barrier(self) -> int:
        """Return the board's time in us once everything that it made before has gone through the callbacks.

        In manual mode it also renews the lease and acknowledges events. Raises `CallbackFailed` when a
        callback has raised.
        """
        return self._link.barrier(self._timeout_s)

    @property
    def missing_records(self) -> int:
        """How many telemetry records did not come and may still be had of the board."""
        return self._link.upkeep.missing

    def wait_for(self, *wanted: str, timeout_s: float) -> str:
        """Wait until the pump is in one of the states, by name, and return it; raises `AnswerTimeout`."""
        until = time.monotonic() + timeout_s
        while (state := self.status().state) not in wanted:
            if time.monotonic() >= until:
                raise AnswerTimeout(f"the pump is {state}, not {' or '.join(wanted)}, after {timeout_s:g} s")
            time.sleep(_POLL_S)
        return state

    def _follow_port(self) -> None:
        """The board was found on another port: be reached under that one."""
        self._local_socket.close()
        self._local_socket = LocalSocket(self._link.url, self.stop, self.status)

    # --- the end ---

    def close(self) -> None:
        """Stop an attended run, end the session, give the port back. Raises `CallbackFailed`."""
        try:
            if self._attended:
                self._attended = False
                if self._may_be_moving():
                    self.stop()
        finally:
            self._local_socket.close()
            self._link.close()
            if self._board is not None:
                self._board.__exit__(None, None, None)
        self._link.check()

    def _may_be_moving(self) -> bool:
        try:
            return self.status().state in _MOVING
        except ClientError:
            return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            with contextlib.suppress(ClientError):  # the first error is the one to tell
                self.close()


def connect(
    port: str,
    *,
    role: str = "command",
    on_records: Callable[[Records], object] | None = None,
    on_event: Callable[[Event], object] | None = None,
    on_gap: Callable[[Gap], object] | None = None,
    on_state: Callable[[State], object] | None = None,
    have: tuple[int, int] | None = None,
    have_event: int = -1,
    manual: bool = False,
    reconnect: bool = True,
    connect_timeout_s: float = 5.0,
    timeout_s: float = REQUEST_S,
    **virtual: Any,
) -> Client:
    """Connect to the pump at a pyserial URL, or with ``"virtual"`` to one that is started for it.

    `on_records` gets arrays of `RECORD_DTYPE`, each record exactly once, back-filled ones late; `have` is the
    (boot, counter) of the last one already kept and `have_event` the number up to which all events are kept,
    from where to fetch. `on_event` gets each event once and in order; when it has returned, the event is
    acknowledged and the board may forget it, so it should have stored it. Without it nothing is acknowledged.
    Callbacks run on one thread of their own, in the order of the wire; a slow one holds the stream back,
    nothing is dropped.

    `manual` sends nothing of its own accord between calls of `barrier`: for a virtual board at full speed.
    Other keywords go to `VirtualBoard`.

    Firmware of another schema can be looked at and stopped; everything else raises `Mismatch`. Raises
    `NoDevice`.
    """
    if role not in ROLE_NAMES:
        raise OutOfRange(f"role is {role!r}, allowed is one of {', '.join(ROLE_NAMES)}")
    board = None
    if port == "virtual":
        from pumpbench.virtual.board import VirtualBoard  # needed here alone

        board = VirtualBoard(**virtual)
        board.__enter__()
        port = board.port
    elif virtual:
        raise OutOfRange(f"{', '.join(virtual)}: only a virtual board takes this")
    try:
        link = Link(
            port,
            ROLE_NAMES.index(role),
            Callbacks(on_records, on_event, on_gap, on_state),
            have=have,
            have_event=have_event,
            manual=manual,
            reconnect=reconnect,
            other_ports=other_ports_of,
        )
        link.start(connect_timeout_s)
        return Client(link, timeout_s, board)
    except BaseException:
        if board is not None:
            board.__exit__(None, None, None)
        raise
