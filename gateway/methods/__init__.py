"""The handlers of the methods, a module for each service; importing this enters them all.

The gateway imports it, and so does whoever needs the whole table of methods.
"""

from gateway.methods import accounts, auth, private_rooms, rooms, searcher, server, sessions

__all__ = ["accounts", "auth", "private_rooms", "rooms", "searcher", "server", "sessions"]
