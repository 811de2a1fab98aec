"""Engines, which choose a move by what a seat was shown of a game, and by nothing else.

They import the contract of the games, and are pure but for the programs that `uci` runs, and the
book that `dobutsu_book` reads.
"""
