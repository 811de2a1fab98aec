"""Breaks the server on purpose while games are played on it, and checks what players were told.

`python -m tools.chaos` starts all of Arbiter (`cluster`) behind proxies (`proxy`), and pairs of
players (`load`, `game_pair`). It makes the faults of a seeded scenario (`faults`), and then
compares what the players recorded (`records`) with the server's history and the rules (`oracle`).
"""
