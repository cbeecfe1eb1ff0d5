"""Drives the ESP32's step generator over the fakes, in MicroPython: prints one line of JSON a case."""

import json
import sys
import time

import esp32
import machine

import bench
from pumpfw.hal.esp32_stepper import Stepper

WIRES = {
    "step": 18,
    "count": 35,
    "dir": 19,
    "en": 21,
    "reversed": 0,
    "step_ns": 1900,
    "dir_ns": 650,
    "stop_high": 1,
}
STOP = 33
TICK_US = 10_000
_random = 1


def random(below):
    global _random
    _random = (_random * 1103515245 + 12345) & 0x7FFFFFFF
    return (_random >> 8) % below


def new_stepper():
    bench.levels.clear()
    del bench.step_edges[:]
    bench.levels[STOP] = 0
    stepper = Stepper(WIRES, machine.Pin(STOP), TICK_US)
    stepper.cut()
    stepper.enable(True)
    return stepper


def turn(stepper, ticks, late_us=40):
    """Let so many ticks come, each up to `late_us` late."""
    due = time.ticks_us()
    for _ in range(ticks):
        due += TICK_US
        bench.pass_ns((due + random(late_us) - time.ticks_us()) * 1000)
        stepper.steps()
    bench.pass_ns(2 * TICK_US * 1000)
    return stepper.count()


def gaps():
    edges = bench.step_edges
    return [edges[i + 1] - edges[i] for i in range(len(edges) - 1)]


def steady(us):
    stepper = new_stepper()
    stepper.permit(1 << 29)
    stepper.set_interval(us, 0)
    stepper.steps()
    made = turn(stepper, 200)
    edges = len(bench.step_edges)
    span = bench.step_edges[-1] - bench.step_edges[0]
    return {
        "made": made,
        "edges": edges,
        "mean_ns": span / (edges - 1),
        "least": min(gaps()),
        "most": max(gaps()),
        "waited_ns": esp32.RMT.last.waited_ns,
    }


def permitted(count):
    stepper = new_stepper()
    stepper.permit(count)
    stepper.set_interval(100, 0)
    stepper.steps()
    bench.pass_ns(10_000_000_000)  # the processor hangs
    hung = len(bench.step_edges)
    made = turn(stepper, 50)
    return {"hung": hung, "made": made, "edges": len(bench.step_edges)}


def long_wait():
    stepper = new_stepper()
    stepper.permit(10)
    stepper.set_interval(600_000_000, 0)
    begun = bench.now_ns
    turn(stepper, 6000)
    stepper.set_interval(1_000_000, 0)
    changed = bench.now_ns
    turn(stepper, 100)
    return {"elapsed_s": (changed - begun) / 1e9, "after_s": (bench.step_edges[0] - changed) / 1e9}


def held():
    stepper = new_stepper()
    stepper.permit(10)
    stepper.set_interval(1_000_000, 0)
    turn(stepper, 40)
    stepper.set_interval(0, 0)
    turn(stepper, 500)
    resumed = bench.now_ns
    stepper.set_interval(1_000_000, 0)
    turn(stepper, 100)
    return {"before": 1, "after_s": (bench.step_edges[0] - resumed) / 1e9}


def random_changes(count):
    stepper = new_stepper()
    stepper.permit(1 << 29)
    for _ in range(count):
        us = (10 + random(1000)) << random(5)
        stepper.set_interval(0 if random(16) == 3 else us, random(65536) if us else 0)
        stepper.steps()
        bench.pass_ns((TICK_US + random(100)) * 1000)
    stepper.set_interval(0, 0)
    bench.pass_ns(100_000_000)
    return {"made": stepper.count(), "edges": len(bench.step_edges), "least": min(gaps())}


def stopped():
    stepper = new_stepper()
    stepper.permit(1000)
    stepper.set_interval(1000, 0)
    stepper.steps()
    turn(stepper, 10)
    before = stepper.count()
    bench.levels[STOP] = 1
    after = turn(stepper, 10)
    return {"before": before, "after": after, "edges": len(bench.step_edges)}


def cut():
    stepper = new_stepper()
    stepper.permit(1000)
    stepper.set_interval(100, 0)
    stepper.steps()
    bench.pass_ns(2_000_000)
    stepper.cut()
    at = bench.now_ns
    turn(stepper, 10)
    return {"edges": len(bench.step_edges), "late": sum(1 for edge in bench.step_edges if edge > at),
            "driver": bench.level(WIRES["en"])}  # fmt: skip


def turned_round():
    stepper = new_stepper()
    stepper.permit(1000)
    stepper.set_interval(100, 0)
    stepper.steps()
    bench.pass_ns(1_000_000)
    stepper.set_forward(False)
    at = bench.now_ns
    return {"level": bench.level(WIRES["dir"]), "quiet_ns": at - bench.step_edges[-1]}


CASES = {
    "steady": steady, "permitted": permitted, "long_wait": long_wait, "held": held, "stopped": stopped,
    "random_changes": random_changes, "cut": cut, "turned_round": turned_round,
}  # fmt: skip
print(json.dumps(CASES[sys.argv[1]](*[int(word) for word in sys.argv[2:]])))
