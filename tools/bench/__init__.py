"""Measurements of the whole path of a move, as ratios to stock Nameko on the same machine.

`__main__` prints the table and `soak` watches memory. Both start a server of their own (`server`)
and put load on it from a process of its own (`load`), which plays by `play` over `client`.
"""
