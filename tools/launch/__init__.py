"""What `make run` and `make test` stand on: a private broker, and a supervisor over all processes.

It starts services as an operator would, by their commands, and imports none of them.
"""


class Trouble(Exception):
    """What keeps Arbiter from starting, as one sentence with the remedy in it."""
