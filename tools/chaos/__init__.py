"""Anything may die: games under way while a seeded scenario kills, pauses and cuts off.

`python -m tools.chaos` starts all of Arbiter on ports of its own, has players play on real sockets,
breaks one thing after another beneath them, and then looks whether everything that was
acknowledged is there, once, and whether everybody saw the same.
"""
