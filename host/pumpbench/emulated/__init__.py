"""The emulated board: the real rp2 port of MicroPython on an emulated RP2040, over the physical model.

It is used like a virtual board (`pumpbench.emulated.board.EmulatedBoard`); docs/emulator.md says what of the
chip is emulated, and how exactly.
"""
