"""The board's prompt, through mpremote: find it, ask it, put files on it."""

import contextlib
import io
import json
import struct
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from pumpbench.client.errors import NoDevice, PortUnusable
from pumpbench.client.port import open_port
from pumpbench.flashing.errors import FlashFull, NoBoard, TransferFailed

_CHUNK = 2048  # bytes a command: what a board surely has room to compile
_ANSWER_S = 20.0  # without a byte from the board; hashing and erasing take it seconds at most
_ENTER_S = 2.0
_AGAIN_S = 0.3
# What mpremote lets through when a board goes away in the middle of an answer.
_BROKEN = (TransportError, OSError, struct.error, IndexError, TypeError)


class Prompt:
    """A board's raw prompt, from `enter` to the end of a ``with`` block; `transport` is mpremote's.

    Every method raises `TransferFailed` when the board does not answer any more.
    """

    def __init__(self, transport: SerialTransport, url: str) -> None:
        self.transport = transport
        self.url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the port back."""
        try:
            self.transport.serial.close()
        except OSError:
            return  # it is gone already

    def run(self, code: str, patience_s: float = _ANSWER_S) -> str:
        """Run code on the board and return what it printed. An exception there becomes a `TransferFailed`."""
        try:
            out, problem = self.transport.exec_raw(code, timeout=patience_s)
        except _BROKEN as error:
            raise self._lost(error) from None
        if problem:
            raise _as_error(problem.decode(errors="replace"), self.url)
        return str(out.decode(errors="replace"))

    def ask(self, code: str) -> Any:
        """Run code that prints one JSON value and return that."""
        text = self.run(code)
        try:
            return json.loads(text)
        except ValueError:
            raise TransferFailed(
                f"{self.url}: the board answered {text[:60]!r}, which makes no sense"
            ) from None

    def send(self, data: bytes, sent: Callable[[int], None]) -> None:
        """Hand `data` to the board's function ``put``, in pieces; `sent` is told the size of each."""
        for at in range(0, len(data), _CHUNK):
            piece = data[at : at + _CHUNK]
            self.run(f"put('{b64encode(piece).decode()}')")
            sent(len(piece))

    def restart(self) -> None:
        """Restart the board; what it starts with then is for its ``main.py`` to say."""
        try:
            self.transport.exec_raw_no_follow("import machine\nmachine.reset()")
            self.transport.serial.flush()
            time.sleep(0.1)
        except _BROKEN:
            pass  # it was quicker than its answer
        self.close()

    def _lost(self, error: BaseException) -> TransferFailed:
        why = " ".join(str(error).split()) or type(error).__name__
        return TransferFailed(f"{self.url}: the board does not answer any more ({why}); flash it again")


def enter(places: Iterable[str], patience_s: float) -> Prompt | None:
    """Return the prompt of the board at one of `places`, None when there is none within `patience_s`.

    Ctrl-C is sent: a program that the board runs may end by it. Raises `NoDevice` when none of the places is
    there in the end, or at once when one cannot be had by waiting.
    """
    until = time.monotonic() + patience_s
    while True:
        problem: NoDevice | None = None
        for url in places:
            try:
                open_port(url).close()  # tells apart what mpremote calls "failed to access"
            except PortUnusable:
                raise
            except NoDevice as error:  # a board that restarts is away for a moment
                problem = problem or error
                continue
            found = _try(url)
            if found is not None:
                return found
        if time.monotonic() >= until:
            if problem is not None:
                raise problem
            return None
        time.sleep(_AGAIN_S)


def _try(url: str) -> Prompt | None:
    try:
        transport = SerialTransport(url, timeout=_ANSWER_S)
    except _BROKEN:
        return None
    prompt = Prompt(transport, url)
    try:
        transport.serial.write(b"\r\x02")  # out of a raw prompt that somebody left
        _quietly(transport.enter_raw_repl, soft_reset=False, timeout_overall=_ENTER_S)
        if prompt.run("print(1)").strip() == "1":
            return prompt
    except (*_BROKEN, TransferFailed):
        pass
    prompt.close()
    return None


def _quietly(function: Callable[..., None], **arguments: Any) -> None:
    """Call a function of mpremote that prints what it could not read."""
    with contextlib.redirect_stdout(io.StringIO()):
        function(**arguments)


def _as_error(problem: str, url: str) -> TransferFailed | FlashFull | NoBoard:
    last = problem.strip().splitlines()[-1] if problem.strip() else "an error without a word"
    if "ENOSPC" in problem or "OSError: 28" in problem:
        return FlashFull(f"{url}: the board's flash is full")
    return TransferFailed(f"{url}: the board said {last}; flash it again")
