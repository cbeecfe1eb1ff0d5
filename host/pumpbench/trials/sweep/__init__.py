"""Sweeps: one protocol tried on many virtual pumps, many times over, to see how its figures scatter."""
