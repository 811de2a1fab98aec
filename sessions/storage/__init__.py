"""What the session service stores, and all its access to the database.

`SessionStore.transaction` begins a transaction; a module for each kind of data has what is done in
one. Only this package knows the tables.
"""

from sessions.storage.transaction import SessionStore, Transaction

__all__ = ["SessionStore", "Transaction"]
