"""The physical model of a pump on a bench: reservoir, head, line, sensors, outlet and balance.

Runs on MicroPython (as ``plant``) and on CPython (as ``pumpbench.virtual.plant``), with the same
numbers on both. Equations, units and defaults are in ``docs/plant.md``; start reading at ``plant.py``.
"""
