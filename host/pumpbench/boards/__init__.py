"""Boards with hardware: what fits a chip, how it is wired, what the firmware is told of it."""
