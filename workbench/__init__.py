"""Tools for authors of games: begin one, check it, play it beside its code, and simulate it.

None of them needs a server, a broker or a database. Nothing imports this package.
"""
