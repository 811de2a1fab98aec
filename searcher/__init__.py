"""The searcher service: players who wait for an opponent, and who meets whom.

It has the session service begin the games of those who meet. Ratings it is told, never asks for.
"""
