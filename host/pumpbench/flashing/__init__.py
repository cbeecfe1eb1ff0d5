"""Flashing: from a bare board to a running pump, and a look at what a board says.

``flash`` holds the way from one to the other; every other file is one step of it.
"""
