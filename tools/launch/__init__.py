"""Runs Arbiter on one machine: a private broker and databases, a supervisor over all processes.

It starts services as an operator does, by their commands, and imports none of them. `make run`,
the other tools and the tests use it.
"""
