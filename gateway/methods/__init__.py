"""The handlers of the methods, by what they are about; importing this enters them all.

The gateway imports it, and so does whoever needs the whole table of methods.
"""

from gateway.methods import (
    accounts,
    auth,
    contacts,
    private_rooms,
    rooms,
    searcher,
    server,
    sessions,
)

__all__ = [
    "accounts", "auth", "contacts", "private_rooms", "rooms", "searcher", "server", "sessions",
]
