"""What holds on every board: the same tests on a virtual one and on an emulated one."""

import time
from collections.abc import Callable

import pytest
from tests.support.emulated_pump import EmulatedPump
from tests.support.virtual_pump import ML, VirtualPump, constant

from pumpbench.client import NoDevice, Refusal, connect

RATE_NL_H = 60 * ML
NL_S = RATE_NL_H / 3600
_COMES_BACK_S = 60.0
_LOOK_S = 0.1


def eventually(is_it: Callable[[], bool], pump: VirtualPump) -> None:
    """Wait for what a board does by itself, in its own time."""
    for _ in range(50):
        if is_it():
            return
        pump.run(0.1)
    raise AssertionError("it did not come to be")


def connect_again(pump: VirtualPump) -> None:
    """Close the client, and open another one as soon as the board can be reached."""
    pump.client.close()
    by_itself = isinstance(pump, EmulatedPump)
    until = time.monotonic() + _COMES_BACK_S
    while True:
        try:
            pump.client = connect(
                pump.board.port,
                manual=not by_itself,
                connect_timeout_s=_COMES_BACK_S,
                timeout_s=_COMES_BACK_S,
            )
            return
        except NoDevice:  # a board that restarts is away for a moment
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK_S)


def test_it_says_that_it_is_simulated_and_stands_at_first(either_pump: VirtualPump) -> None:
    assert either_pump.client.info.simulated
    assert either_pump.client.info.reset_cause == "power-on"
    assert either_pump.client.status().state == "stopped"
    assert either_pump.truth["steps"] == 0


def test_what_it_counts_is_what_the_motor_turned(either_pump: VirtualPump) -> None:
    either_pump.start(constant(RATE_NL_H, volume_nl=200_000))
    either_pump.run(2.0)
    stopped = either_pump.client.stop()
    truth = either_pump.truth
    assert stopped.state == "stopped"
    assert truth["head_nl"] == pytest.approx(stopped.delivered_nl, rel=0.05)
    assert truth["head_nl"] > NL_S


def test_a_pump_that_is_told_to_stop_stops(either_pump: VirtualPump) -> None:
    either_pump.start(constant(RATE_NL_H, volume_nl=200_000))
    either_pump.run(0.5)
    either_pump.client.stop()
    steps = either_pump.truth["steps"]
    assert steps > 0
    either_pump.run(0.5)
    assert either_pump.truth["steps"] == steps


def test_the_stop_button_stops_it(either_pump: VirtualPump) -> None:
    either_pump.start(constant(RATE_NL_H, volume_nl=200_000))
    either_pump.run(0.5)
    either_pump.board.control.stop_input(True)
    either_pump.run(0.1)
    steps = either_pump.truth["steps"]
    either_pump.run(0.5)
    assert either_pump.truth["steps"] == steps
    assert either_pump.client.status().state != "running"


def test_a_volume_ends_by_itself(either_pump: VirtualPump) -> None:
    either_pump.start(constant(RATE_NL_H, volume_nl=30_000))
    eventually(lambda: either_pump.client.status().state == "finished", either_pump)
    assert either_pump.client.status().delivered_nl == pytest.approx(30_000, abs=200)


def test_more_than_the_hard_limit_is_refused_and_nothing_moves(either_pump: VirtualPump) -> None:
    with pytest.raises(Refusal):
        either_pump.start(constant(200 * ML, volume_nl=30_000))
    either_pump.run(0.2)
    assert either_pump.truth["steps"] == 0


def test_after_a_power_cut_in_mid_run_it_stands_and_says_so(either_pump: VirtualPump) -> None:
    before = either_pump.client.info.boot_count
    either_pump.start(constant(RATE_NL_H, volume_nl=200_000))
    either_pump.run(1.0)
    either_pump.board.control.power_cut()
    connect_again(either_pump)
    assert either_pump.client.info.boot_count == before + 1
    steps = either_pump.truth["steps"]
    either_pump.run(0.5)
    assert either_pump.truth["steps"] == steps
    assert either_pump.client.status().state == "interrupted"
