"""The process that serves a virtual board: it starts the board's own process and gives it ports.

=============  ================================================================
link           TCP, and a pseudo-terminal on POSIX
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
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from pumpbench.virtual import frames, interpreter
from pumpbench.virtual.connections import Connection, port_of, serve_tcp
from pumpbench.virtual.control import Control
from pumpbench.virtual.errors import BadOption, BoardDied
from pumpbench.virtual.fakes import mux
from pumpbench.virtual.link import Link
from pumpbench.virtual.options import BoardOptions, process_config
from pumpbench.virtual.pseudo_terminal import PseudoTerminal
from pumpbench.virtual.truth_file import TruthFile

_GOODBYE_S = 2.0
_READ_SIZE = 65_536
_POSIX = os.name == "posix"
_TERMINAL_CLOSED = (signal.SIGHUP,) if _POSIX else ()


def serve(options: BoardOptions) -> None:
    """Serve a virtual board until SIGINT or SIGTERM; the first line on standard output is its description
    in JSON.

    Raises:
        NoInterpreter, BadOption: it cannot begin like that.
        BoardDied: the board's process ended by itself.
        BrokenPipeError: whoever was to read the description has gone.
    """
    asyncio.run(_Server(options).run())


class _Server:
    def __init__(self, options: BoardOptions) -> None:
        self._options = options
        self._interpreter = interpreter.find(options.interpreter, options.heapsize)
        self._stop = asyncio.Event()
        self._control = Control(self._send)
        self._link = Link(self._send, self._plugged)
        self._balances: list[Connection] = []
        self._terminal: PseudoTerminal | None = None
        self._truth: TruthFile | None = None
        self._pipe: asyncio.StreamWriter | None = None
        self._untold: Exception | None = None

    async def run(self) -> None:
        """Serve until told to stop."""
        self._listen_to_signals()
        with tempfile.TemporaryDirectory(prefix="pumpbench-virtual-") as name:
            folder = Path(name)
            if _POSIX:
                self._terminal = PseudoTerminal(
                    folder / "link", self._link.opened, self._link.received, self._link.closed
                )
            if self._options.truth is not None:
                self._truth = TruthFile(self._options.truth)
            config = process_config(self._options, self._options.flash or folder / "flash.bin")
            try:
                async with self._board(folder, config) as board:
                    await self._serve(board, config)
            finally:
                if self._terminal is not None:
                    self._terminal.set_plugged(False)
                if self._truth is not None:
                    self._truth.close()

    async def _serve(self, board: Process, config: dict[str, Any]) -> None:
        assert board.stdout is not None
        reading = asyncio.create_task(self._read(board.stdout))
        others = [asyncio.create_task(self._link.give_credit()), asyncio.create_task(self._introduce(config))]
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([reading, stopping, others[0]], return_when=asyncio.FIRST_COMPLETED)
            if not self._stop.is_set():
                await reading
                code = await board.wait()
                raise BoardDied(
                    f"the virtual board's process ({self._interpreter.name}) ended with code {code}"
                )
            # The board ends when its input does; what it still has to say is truth.
            self._close_pipe()
            await asyncio.wait([reading], timeout=_GOODBYE_S)
            if self._untold is not None:
                raise self._untold
        finally:
            for task in (reading, stopping, *others):
                task.cancel()
            await asyncio.gather(reading, stopping, *others, return_exceptions=True)

    async def _introduce(self, config: dict[str, Any]) -> None:
        """Open the ports once the board has its supply, and print where they are."""
        await self._control.ready.wait()
        link = await serve_tcp(self._link.opened, self._link.received, self._link.closed)
        balance = await serve_tcp(self._balance_opened, self._balance_received, self._balances.remove)
        control = await self._control.serve()
        description = {
            "port": f"socket://127.0.0.1:{port_of(link)}",
            "pty": str(self._terminal.path) if self._terminal else None,
            "balance_port": f"socket://127.0.0.1:{port_of(balance)}",
            "control_port": f"socket://127.0.0.1:{port_of(control)}",
            "interpreter": self._interpreter.name,
            "speed": self._options.speed,
            "seed": config["seed"],
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
    async def _board(self, folder: Path, config: dict[str, Any]) -> AsyncIterator[Process]:
        config_path = folder / "board.json"
        config_path.write_text(json.dumps(config), encoding="utf-8")
        main = self._options.firmware_main
        path = interpreter.module_path(main.parent)
        environment = {**os.environ, "PYTHONPATH": path, "MICROPYPATH": path + os.pathsep + ".frozen"}
        board = await asyncio.create_subprocess_exec(
            *self._interpreter.command, str(interpreter.child_main()), str(config_path), str(main),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env=environment, cwd=folder, start_new_session=_POSIX,
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
            self._link.pass_on()

    def _take(self, channel: int, payload: bytes) -> None:
        if channel == mux.LINK:
            self._link.from_board(payload)
        elif channel == mux.CREDIT:
            self._link.credited(payload)
        elif channel == mux.PLUG:
            self._link.plugged(payload)
        elif channel == mux.BALANCE:
            for balance in self._balances:
                balance.write(payload)
        elif channel == mux.CONTROL:
            self._link.pass_on()  # all that was made before the answer goes out before it
            if self._truth is not None:
                self._truth.flush()
            self._control.answered(payload)
        elif self._truth is not None and channel == mux.TRUTH:
            self._truth.add(payload)
        elif self._truth is not None and channel == mux.FAULT:
            self._truth.add_fault(payload)

    # --- what belongs to no other part ---

    def _plugged(self, plugged: bool) -> None:
        if self._terminal is not None:
            self._terminal.set_plugged(plugged)

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


async def _end(board: Process) -> None:
    """Wait for a process whose input has ended; kill it when it does not end by itself.

    It is not killed at once, because `Process.kill` may take its exit code from under the loop's own watcher.
    """
    try:
        await asyncio.wait_for(board.wait(), _GOODBYE_S)
    except TimeoutError:
        board.kill()
        await board.wait()
