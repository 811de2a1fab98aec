"""Databases and Redis: engines, units of work, migrations, and errors for what is out of reach.

Any service may import it.
"""
