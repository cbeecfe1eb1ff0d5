"""``python -m tests.bench.window.waking``: how late this machine wakes a process that does nothing else.

Sleeps 10 ms at a time until its standard input ends, and prints how much too long each sleep was, in ms, in
JSON. It is what every latency of the machine has at least, while other work goes on.
"""

import json
import select
import sys
import time

_SLEEP_S = 0.01


def main() -> None:
    """Measure, and print."""
    late_ms = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        due = time.perf_counter() + _SLEEP_S
        time.sleep(_SLEEP_S)
        late_ms.append((time.perf_counter() - due) * 1e3)
    print(json.dumps(late_ms))


if __name__ == "__main__":
    main()
