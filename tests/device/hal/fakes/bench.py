"""A bench for an ESP32's fakes: one clock in nanoseconds, levels of pins, and the edges that were made."""

import builtins

now_ns = 0
levels = {}  # by pin, at now
converter_mv = 0
step_edges = []  # rising edges of STEP, ns, up to the end of what the RMT was given
wires = {}  # output pin: the input that a wire leads it to


def pass_ns(ns):
    global now_ns
    now_ns += ns


def level(pin):
    return levels.get(pin, 1)  # pulled up


builtins.bench_pass_us = lambda us: pass_ns(us * 1000)
