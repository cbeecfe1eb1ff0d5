"""``python -m tests.bench.window.wire PORT``: stands between a host and the board at that TCP port, and notes
when each stop frame and each answer to one passes, in a process of its own that has nothing else to do.

Prints its own port first and, when the host has gone, the times (the system's monotonic clock, ns) in JSON.
"""

import json
import select
import socket
import sys
import time

from pumpbench.client.frames import FrameSplitter
from pumplink.numbers import ANSWER_BIT, STOP


def main(board_port: int) -> None:
    """Pass everything on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        host, _ = server.accept()
    board = socket.create_connection(("127.0.0.1", board_port))
    for end in (host, board):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ways = {host: (board, FrameSplitter(), STOP), board: (host, FrameSplitter(), STOP | ANSWER_BIT)}
    passed: dict[int, list[int]] = {STOP: [], STOP | ANSWER_BIT: []}
    while True:
        for end in select.select(list(ways), [], [])[0]:
            data = end.recv(65536)
            now = time.monotonic_ns()
            if not data:
                print(json.dumps({"stops": passed[STOP], "answers": passed[STOP | ANSWER_BIT]}), flush=True)
                return
            other, splitter, wanted = ways[end]
            other.sendall(data)
            passed[wanted] += [now for frame in splitter.feed(data) if frame.kind == wanted]


if __name__ == "__main__":
    main(int(sys.argv[1]))
