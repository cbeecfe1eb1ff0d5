"""What hangs on the chip's pins: flow sensor, pressure sensor, motor, home mark, stop input, valve."""

import pytest
from tests.support.emulated import Prompt, needs_emulator

from pumpbench.emulated import wiring
from pumpbench.emulated.board import EmulatedBoard
from pumpbench.virtual.fakes.sf06 import PRODUCT, crc8

_BUS = "from machine import I2C, Pin, ADC\nimport time\nbus = I2C(0, sda=Pin(8), scl=Pin(9), freq=400_000)\n"


def test_the_flow_sensor_answers_with_words_and_their_checksums(prompt: Prompt) -> None:
    printed = prompt.run(
        _BUS
        + "bus.writeto(8, b'\\x36\\x7c'); bus.writeto(8, b'\\xe1\\x02'); print(bus.readfrom(8, 18).hex())\n"
        "bus.writeto(8, b'\\x36\\x08'); time.sleep_ms(60); print(bus.readfrom(8, 9).hex())\n"
        "bus.writeto(8, b'\\x3f\\xf9')\n"
    ).split()
    identity, reading = (bytes.fromhex(line) for line in printed)
    assert identity[0:2] + identity[3:5] == PRODUCT.to_bytes(4, "big")
    for words in (identity, reading):
        for at in range(0, len(words), 3):
            assert words[at + 2] == crc8(words[at], words[at + 1])
    temperature = int.from_bytes(reading[3:5], "big", signed=True) / 200
    assert temperature == pytest.approx(20.0, abs=0.01)


def test_the_sensor_is_not_ready_before_12_ms_and_says_so_as_a_chip_does(prompt: Prompt) -> None:
    printed = prompt.run(
        _BUS + "def reads():\n"
        "    try: bus.readfrom(8, 9)\n"
        "    except OSError as error: return error.errno\n"
        "    return 0\n"
        "bus.writeto(8, b'\\x36\\x08'); print(reads()); time.sleep_ms(13); print(reads())\n"
        "bus.writeto(8, b'\\x3f\\xf9'); print(reads())\n"
    )
    assert printed.split() == ["5", "0", "5"]


def test_nobody_at_an_address_is_an_input_output_error(prompt: Prompt) -> None:
    printed = prompt.run(
        _BUS + "for action in (lambda: bus.writeto(9, b'\\x00'), lambda: bus.readfrom(9, 3)):\n"
        "    try: action()\n"
        "    except OSError as error: print(error.errno)\n"
    )
    assert printed.split() == ["5", "5"]


def test_a_byte_on_the_bus_takes_nine_bits(prompt: Prompt) -> None:
    printed = prompt.run(
        _BUS + "bus.writeto(8, b'\\x36\\x08'); time.sleep_ms(20)\n"
        "def timed(n):\n"
        "    a = time.ticks_us(); bus.readfrom(8, n); return time.ticks_diff(time.ticks_us(), a)\n"
        "timed(3); print(timed(9) - timed(3)); bus.writeto(8, b'\\x3f\\xf9')\n"
    )
    assert 6 * 9 * 2.5 <= int(printed) < 6 * 9 * 2.5 + 60


def test_the_pressure_s_voltage_and_the_chip_s_temperature_are_measured(prompt: Prompt) -> None:
    raw, warm = prompt.run("from machine import ADC\nprint(ADC(26).read_u16(), ADC(4).read_u16())").split()
    assert int(raw) == pytest.approx(65_535 * 50 / 250, abs=150)  # no pressure: 50 kPa above the scale's zero
    volts = int(warm) * 3.3 / 65_535
    assert 27 - (volts - 0.706) / 0.001721 == pytest.approx(20.0, abs=0.6)


@needs_emulator
def test_steps_turn_the_model_s_motor_and_only_while_the_driver_is_on() -> None:
    wires = wiring.read()
    assert wires.motor == {"step": 2, "dir": 3, "enable": 4, "forwardLevel": 1, "enabledLevel": 0}
    turn = "def turn(n):\n    for _ in range(n): step.on(); step.off()\n"
    with EmulatedBoard(seed=2) as board, Prompt(board) as prompt:
        prompt.run(
            "from machine import Pin\nstep = Pin(2, Pin.OUT)\ndirection = Pin(3, Pin.OUT, value=1)\n" + turn
        )
        prompt.run("turn(100)")
        assert (board.peek("edges")["steps"], board.peek("edges")["position"]) == (100, 0)
        prompt.run("enable = Pin(4, Pin.OUT, value=0)\nturn(3200)")
        assert board.peek("edges")["position"] == 3200
        truth = board.control.truth()
        assert truth["steps"] == 3200
        assert truth["head_nl"] == pytest.approx(50_000, rel=0.02)  # a revolution's stroke volume
        prompt.run("direction.off()\nturn(10)\nenable.on()\nturn(5)")
        assert (board.peek("edges")["steps"], board.peek("edges")["position"]) == (3315, 3190)
        board.control.power_cut()
        board.advance(1)
        assert board.peek("edges")["enable"][-1][1] is False


@needs_emulator
def test_home_mark_stop_input_and_valve_are_wired() -> None:
    wires = wiring.read()
    plant = {"reservoir": {"contents_ml": [10, 20]}, "home": {"angle_deg": 45.0, "jitter_deg": 0.0}}
    with EmulatedBoard(plant=plant) as board, Prompt(board) as prompt:
        prompt.run(
            "from machine import Pin\nstep = Pin(2, Pin.OUT)\n"
            "Pin(3, Pin.OUT, value=1); Pin(4, Pin.OUT, value=0)\n"
            f"home = Pin({wires.home}, Pin.IN, Pin.PULL_UP); stop = Pin({wires.stop}, Pin.IN, Pin.PULL_UP)\n"
            "import time\n"
        )
        seen = prompt.run(
            "levels = []\n"
            "for i in range(3200):\n"
            "    step.on(); step.off(); time.sleep_us(200); levels.append(home.value())\n"
            "print(levels.count(0), levels.index(0))\n",
            most_ms=20_000,
        ).split()
        assert int(seen[0]) == pytest.approx(3200 / 60, abs=8)
        assert int(seen[1]) == pytest.approx(3200 / 8, abs=8)

        assert prompt.run("print(stop.value())").strip() == str(1 - wires.stop_active)
        board.control.stop_input(True)
        assert prompt.run("print(stop.value())").strip() == str(wires.stop_active)

        prompt.run(f"Pin({wires.valve[1]}, Pin.OUT, value=1)\nfor _ in range(3200): step.on(); step.off()\n")
        left = board.control.truth()["reservoir_nl"]
        assert left == pytest.approx(30e6 - 2 * 50_000, abs=3_000)
        assert [wires.valve[1], 1] in [change[1:] for change in board.peek("marks")["changes"]]
