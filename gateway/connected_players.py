"""The players who are connected to this gateway."""

from collections import defaultdict
from collections.abc import Iterable

from gateway.connection.connection import Connection


class ConnectedPlayers:
    """Knows which connections belong to which player."""

    def __init__(self) -> None:
        self._connections: defaultdict[str, set[Connection]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, login: str, connection: Connection) -> None:
        """Note that a connection belongs to a player."""
        self._connections[login].add(connection)

    def discard(self, connection: Connection) -> None:
        """Note that a connection has ended."""
        login = connection.login
        if login is None or login not in self._connections:
            return
        self._connections[login].discard(connection)
        if not self._connections[login]:
            del self._connections[login]

    def logins(self) -> set[str]:
        """Return all who have a connection."""
        return set(self._connections)

    def among(self, logins: Iterable[str]) -> list[str]:
        """Return those of these players who have a connection."""
        return [login for login in logins if login in self._connections]
