"""Builds the ESP32's board over the fakes, in MicroPython, and prints what it says of itself."""

import json
import sys

import machine

import bench


class _Flash:
    """In place of the data flash, whose files would lie in this machine's own root."""

    def __init__(self, device, sectors):
        self.size = sectors * 4096


class _BlockFlash:
    BlockFlash = _Flash


sys.modules["pumpfw.hal.block_flash"] = _BlockFlash
import pumpfw.hal  # noqa: E402

pumpfw.hal.block_flash = _BlockFlash
from pumpfw.hal.esp32 import Board  # noqa: E402

bench.levels[33] = 0
board = Board()
said = {
    "name": board.name,
    "capabilities": board.capabilities,
    "unique_id": len(board.unique_id),
    "reset_cause": board.reset_cause,
    "driver_at_boot": bench.level(21),
    "pressure": [],
    "flash": board.flash.size,
    "stop": [board.stop_input()],
    "valve": [],
    "lamp": [],
}
for mv in (0, 660, 1571, 3300):
    bench.converter_mv = mv
    said["pressure"].append(board.pressure_raw())
bench.levels[33] = 1
said["stop"].append(board.stop_input())
for index in (2, 0):
    board.select_valve(index)
    said["valve"].append([bench.level(pin) for pin in (25, 26, 27, 14)])
board.indicate(3)
for _ in range(40):  # a second, in steps of 25 ms
    board.idle_until(board.ticks_us())
    said["lamp"].append(bench.level(13))
    bench.pass_ns(25_000_000)
frame = bytearray(9)
board.i2c_request(8, 9)
said["frame"] = [board.i2c_fetch_into(frame, 9), list(frame)]
board.i2c_request(9, 9)
said["nobody"] = board.i2c_fetch_into(frame, 9)
handler, trigger, pin = machine.Pin.handlers[32]
handler(pin)
said["home"] = [board.home_edges(), board.home_steps(), trigger]
sent = bytes(1000)
said["port"] = [board.port.write(sent, 0, 1000), board.port.write(sent, 0, 1000)]
bench.pass_ns(8_700_000)
said["port"].append(board.port.write(sent, 0, 1000))
board.watchdog_start(2000)
board.watchdog_feed()
sys.stderr.write(json.dumps(said))
