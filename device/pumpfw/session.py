"""Sessions: who commands, and the memory that lets a command be carried out at most once.

A host says hello with a number of its own choosing (nonce) and gets a token for its requests. One session
commands, the others observe. A commander that was silent for ten seconds, or whose port closed, gives way to
another.
"""

from pumplink.numbers import REMEMBERED_REQUESTS, RETIRED_NONCES, SILENCE_S
from pumplink.states import COMMAND, OBSERVE, TAKE_OVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    Answer = tuple[int, bytes]

_OBSERVERS = 8
_TOKENS = 256  # sessions of one boot that have tokens of their own

NEW = 0
REPEATED = 1
STALE = 2


class Window:
    """The last 16 commands of a session, by request id, with their answers."""

    def __init__(self) -> None:
        self._entries: "list[tuple[int, int, Answer]]" = []  # id, fingerprint, answer
        self._floor = 0  # the highest id that was forgotten

    def look_up(self, request: int, fingerprint: int) -> "tuple[int, Answer | None]":
        """``(NEW, None)``, ``(REPEATED, answer)``, or ``(STALE, None)``: too old, or the id of another."""
        for known, its_fingerprint, answer in self._entries:
            if known == request:
                return (REPEATED, answer) if its_fingerprint == fingerprint else (STALE, None)
        return (STALE if request <= self._floor else NEW), None

    def remember(self, request: int, fingerprint: int, answer: "Answer") -> None:
        """Keep the answer; the lowest id is forgotten when there are too many."""
        self._entries.append((request, fingerprint, answer))
        if len(self._entries) > REMEMBERED_REQUESTS:
            lowest = 0
            for i in range(1, len(self._entries)):
                if self._entries[i][0] < self._entries[lowest][0]:
                    lowest = i
            self._floor = self._entries.pop(lowest)[0]


class Session:
    """One host: ``fits`` when its protocol and schema are ours."""

    def __init__(self, nonce: int, token: int) -> None:
        self.nonce = nonce
        self.token = token
        self.fits = False
        self.window = Window()


class Sessions:
    """``count`` is how many were opened since boot."""

    def __init__(self, boot_count: int) -> None:
        self.count = 0
        self._boot_count = boot_count
        self._commander: "Session | None" = None
        self._observers: "list[Session]" = []
        self._retired: "list[int]" = []  # nonces that never get a session again
        self._last_token = 0
        self._heard_s = 0  # when the commander was last heard, s since boot
        self._is_open = False

    def hello(self, nonce: int, role: int, fits: bool, now_s: int) -> "tuple[int, int]":
        """Open the session of that nonce or find it: ``(token, role given)``; token 0 when it is retired."""
        if nonce in self._retired:
            return 0, OBSERVE
        session = self._find(nonce) or self._open(nonce)
        session.fits = fits
        if role == OBSERVE or not fits:
            self._demote(session)
        elif session is self._commander:
            self.heard(now_s)
        elif role == TAKE_OVER or self._is_vacant(now_s):
            self._promote(session)
            self.heard(now_s)
        return session.token, COMMAND if session is self._commander else OBSERVE

    def commander(self, token: int) -> "Session | None":
        """The commanding session, when that is its token."""
        return self._commander if self._commander and self._commander.token == token else None

    def fits(self, token: int) -> bool:
        """False when that token's session speaks another protocol or schema."""
        for session in self._observers:
            if session.token == token:
                return session.fits
        return True

    def heard(self, now_s: int) -> None:
        """Note that the commander is there."""
        self._heard_s = now_s
        self._is_open = True

    def bye(self) -> None:
        """End the commanding session for good."""
        if self._commander:
            self._retire(self._commander)
            self._commander = None

    def port_closed(self) -> None:
        """Let the next one command. The old one goes on if it comes back first, to repeat what was lost."""
        self._is_open = False

    def _is_vacant(self, now_s: int) -> bool:
        return self._commander is None or not self._is_open or now_s - self._heard_s >= SILENCE_S

    def _find(self, nonce: int) -> "Session | None":
        if self._commander and self._commander.nonce == nonce:
            return self._commander
        for session in self._observers:
            if session.nonce == nonce:
                return session
        return None

    def _open(self, nonce: int) -> Session:
        self.count += 1
        session = Session(nonce, self._free_token())
        self._observers.append(session)
        if len(self._observers) > _OBSERVERS:
            self._retire(self._observers.pop(0))
        return session

    def _free_token(self) -> int:
        while True:
            self._last_token = self._last_token % (_TOKENS - 1) + 1
            token = (self._boot_count * _TOKENS + self._last_token) & 0xFFFFFFFF
            if not self.commander(token) and token not in [session.token for session in self._observers]:
                return token

    def _promote(self, session: Session) -> None:
        self.bye()
        self._observers.remove(session)
        self._commander = session

    def _demote(self, session: Session) -> None:
        if session is self._commander:
            self._commander = None
            self._observers.append(session)

    def _retire(self, session: Session) -> None:
        self._retired.append(session.nonce)
        if len(self._retired) > RETIRED_NONCES:
            self._retired.pop(0)
