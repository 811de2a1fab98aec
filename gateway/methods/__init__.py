"""The handlers of the methods, a module for each family; importing this fills the table."""

from gateway.methods import accounts, auth, private_rooms, rooms, searcher, server, sessions

__all__ = ["accounts", "auth", "private_rooms", "rooms", "searcher", "server", "sessions"]
