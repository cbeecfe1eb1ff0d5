"""The protocol between board and host. It runs unchanged on MicroPython and CPython."""
