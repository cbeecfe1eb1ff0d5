"""The process that serves a virtual or emulated board: it starts the board's own process and gives it ports.

=============  ================================================================
link           TCP, and a pseudo-terminal on POSIX
REPL           the same, where the board has a prompt
balance        TCP
control        TCP, JSON lines
truth          CSV files
=============  ================================================================
"""

import asyncio
import contextlib
import json
import os
import signal
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pumpbench.virtual import frames, interpreter
from pumpbench.virtual.connections import Connection, tcp_service
from pumpbench.virtual.control import Control
from pumpbench.virtual.control_requests import PEEKS
from pumpbench.virtual.errors import BadOption, BoardDied
from pumpbench.virtual.fakes import mux
from pumpbench.virtual.link import Link
from pumpbench.virtual.options import BoardOptions, process_config
from pumpbench.virtual.pseudo_terminal import PseudoTerminal
from pumpbench.virtual.truth_file import TruthFile

_GOODBYE_S = 2.0
_READ_SIZE = 65_536
_BALANCE_KEEPS = 65_536  # bytes for a client that does not read; the rest is lost to it, as on a serial line
_POSIX = os.name == "posix"
_TERMINAL_CLOSED = (signal.SIGHUP,) if _POSIX else ()


@dataclass(frozen=True)
class Child:
    """The process that is a board: it speaks the frames of ``fakes/mux.py`` on its standard input and output.

    Attributes:
        called: how error messages speak of it.
        command, environment: what to start.
    """

    called: str
    command: list[str]
    environment: dict[str, str]


@dataclass(frozen=True)
class Served:
    """What the server must know of a board.

    Attributes:
        child: returns what to start, given a folder for its files that lasts as long as it does.
        truth: CSV file for what really happened, None for none.
        description: what is told of the board in JSON beside its ports.
        has_repl: it has a serial port with a prompt beside the link.
        peeks: what the control port can be asked to show.
    """

    child: Callable[[Path], Child]
    truth: Path | None
    description: dict[str, Any]
    has_repl: bool = False
    peeks: tuple[str, ...] = PEEKS


def serve(options: BoardOptions) -> None:
    """Serve a virtual board until SIGINT or SIGTERM; the first line on standard output is its description
    in JSON.

    Raises:
        NoInterpreter, BadOption: it cannot begin like that.
        BoardDied: the board's process ended by itself.
        BrokenPipeError: whoever was to read the description has gone.
    """
    found = interpreter.find(options.interpreter, options.heapsize)

    def child(folder: Path) -> Child:
        config = process_config(options, options.flash or folder / "flash.bin")
        config_path = folder / "board.json"
        config_path.write_text(json.dumps(config), encoding="utf-8")
        main = options.firmware_main
        path = interpreter.module_path(main.parent)
        return Child(
            f"the virtual board's process ({found.name})",
            [*found.command, str(interpreter.child_main()), str(config_path), str(main)],
            {"PYTHONPATH": path, "MICROPYPATH": path + os.pathsep + ".frozen"},
        )

    seed = process_config(options, Path())["seed"]
    serve_board(
        Served(child, options.truth, {"interpreter": found.name, "speed": options.speed, "seed": seed})
    )


def serve_board(served: Served) -> None:
    """Serve a board of any kind; as `serve`."""
    asyncio.run(_Server(served).run())


class _Server:
    def __init__(self, served: Served) -> None:
        self._served = served
        self._stop = asyncio.Event()
        self._control = Control(self._send, served.peeks)
        self._ports = [_SerialPort("link", self._send, mux.LINK_PORT)]
        if served.has_repl:
            self._ports.append(_SerialPort("repl", self._send, mux.REPL_PORT))
        self._balances: list[Connection] = []
        self._balance = tcp_service(self._balance_opened, self._balance_received, self._balances.remove)
        self._truth: TruthFile | None = None
        self._pipe: asyncio.StreamWriter | None = None
        self._untold: Exception | None = None

    async def run(self) -> None:
        """Serve until told to stop."""
        self._listen_to_signals()
        with tempfile.TemporaryDirectory(prefix="pumpbench-board-") as name:
            folder = Path(name)
            if _POSIX:
                for port in self._ports:
                    port.open_terminal(folder)
            if self._served.truth is not None:
                self._truth = TruthFile(self._served.truth)
            child = self._served.child(folder)
            try:
                async with self._board(folder, child) as board:
                    await self._serve(board, child)
            finally:
                for port in self._ports:
                    port.plugged(False)
                if self._truth is not None:
                    self._truth.close()

    async def _serve(self, board: Process, child: Child) -> None:
        assert board.stdout is not None
        reading = asyncio.create_task(self._read(board.stdout))
        giving = [asyncio.create_task(port.link.give_credit()) for port in self._ports]
        others = [*giving, asyncio.create_task(self._introduce())]
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([reading, stopping, *giving], return_when=asyncio.FIRST_COMPLETED)
            if not self._stop.is_set():
                await reading
                code = await board.wait()
                raise BoardDied(f"{child.called} ended with code {code}")
            # The board ends when its input does; what it still has to say is truth.
            self._close_pipe()
            await asyncio.wait([reading], timeout=_GOODBYE_S)
            if self._untold is not None:
                raise self._untold
        finally:
            for task in (reading, stopping, *others):
                task.cancel()
            await asyncio.gather(reading, stopping, *others, return_exceptions=True)
            for port in self._ports:
                await port.close()
            await self._control.close()
            await self._balance.close()

    async def _introduce(self) -> None:
        """Open the ports once the board has its supply, and print where they are."""
        await self._control.ready.wait()
        description: dict[str, Any] = {}
        for port in self._ports:
            description |= await port.serve()
        description |= {
            "balance_port": f"socket://127.0.0.1:{await self._balance.open()}",
            "control_port": f"socket://127.0.0.1:{await self._control.serve()}",
            **self._served.description,
            "simulated": True,
        }
        try:
            print(json.dumps(description), flush=True)
        except BrokenPipeError as error:
            self._untold = error
        except OSError as error:
            self._untold = BadOption(f"standard output cannot be written: {error.strerror}")
        if self._untold is not None:  # a board whose ports nobody was told of is of no use
            self._stop.set()

    # --- the board's process ---

    @contextlib.asynccontextmanager
    async def _board(self, folder: Path, child: Child) -> AsyncIterator[Process]:
        board = await asyncio.create_subprocess_exec(
            *child.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **child.environment}, cwd=folder, start_new_session=_POSIX,
        )  # fmt: skip
        self._pipe = board.stdin
        try:
            yield board
        finally:
            self._close_pipe()
            await _end(board)

    def _send(self, frame: bytes) -> None:
        if self._pipe is not None and not self._pipe.is_closing():
            self._pipe.write(frame)

    def _close_pipe(self) -> None:
        if self._pipe is not None:
            self._pipe.close()

    async def _read(self, pipe: asyncio.StreamReader) -> None:
        splitter = frames.Splitter()
        while data := await pipe.read(_READ_SIZE):
            for channel, payload in splitter.feed(data):
                self._take(channel, payload)
            for port in self._ports:
                port.link.pass_on()

    def _take(self, channel: int, payload: bytes) -> None:
        if any(port.link.take(channel, payload) for port in self._ports):
            return
        if channel == mux.BALANCE:
            for balance in self._balances:
                if balance.unsent < _BALANCE_KEEPS:
                    balance.write(payload)
        elif channel == mux.CONTROL:
            for port in self._ports:
                port.link.pass_on()  # all that was made before the answer goes out before it
            if self._truth is not None:
                self._truth.flush()
            self._control.answered(payload)
        elif self._truth is not None and channel == mux.TRUTH:
            self._truth.add(payload)
        elif self._truth is not None and channel == mux.FAULT:
            self._truth.add_fault(payload)

    # --- what belongs to no other part ---

    def _balance_opened(self, connection: Connection) -> bool:
        self._balances.append(connection)
        return True

    async def _balance_received(self, data: bytes) -> None:
        self._send(frames.pack(mux.BALANCE, data))

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, *_TERMINAL_CLOSED):
            if number in _TERMINAL_CLOSED and signal.getsignal(number) == signal.SIG_IGN:
                continue  # nohup
            try:
                asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
            except NotImplementedError:  # Windows has no such handlers in its loop
                signal.signal(number, lambda *_: self._stop.set())


class _SerialPort:
    """A serial port of the board: TCP, and a pseudo-terminal called as it is."""

    def __init__(self, name: str, send: Callable[[bytes], None], channels: tuple[int, int, int]) -> None:
        self._name = name
        self._terminal: PseudoTerminal | None = None
        self.link = Link(send, self.plugged, channels)
        self._service = tcp_service(self.link.opened, self.link.received, self.link.closed)

    def open_terminal(self, folder: Path) -> None:
        """Have a pseudo-terminal in `folder` for as long as the port is plugged in."""
        link = self.link
        self._terminal = PseudoTerminal(folder / self._name, link.opened, link.received, link.closed)

    def plugged(self, plugged: bool) -> None:
        """The cable was put in or pulled."""
        if self._terminal is not None:
            self._terminal.set_plugged(plugged)

    async def serve(self) -> dict[str, str | None]:
        """Listen; return the port's URL and its device's path by the names that a description gives them."""
        prefix = "" if self._name == "link" else f"{self._name}_"
        return {
            f"{prefix}port": f"socket://127.0.0.1:{await self._service.open()}",
            f"{prefix}pty": str(self._terminal.path) if self._terminal else None,
        }

    async def close(self) -> None:
        """Listen no more."""
        await self._service.close()


async def _end(board: Process) -> None:
    """Wait for a process whose input has ended; kill it when it does not end by itself.

    It is not killed at once, because `Process.kill` may take its exit code from under the loop's own watcher.
    """
    try:
        await asyncio.wait_for(board.wait(), _GOODBYE_S)
    except TimeoutError:
        board.kill()
        await board.wait()
