"""Tells the services of connections that are closed."""

from gateway.broker.retry_queue import RetryQueue
from gateway.broker.service_apis import SearcherApi, SessionsApi
from searcher.exceptions import SearchNotStarted


class DisconnectNotifier:
    """Tells services what a closed connection has left, and repeats it until they have answered."""

    def __init__(self, sessions: SessionsApi, searcher: SearcherApi) -> None:
        self._sessions, self._searcher = sessions, searcher
        self._leaving = RetryQueue("closed connections", self._leave_sessions)
        self._stopping = RetryQueue("searches of closed connections", self._stop_searches)

    @property
    def idle(self) -> bool:
        """Whether the services have answered for all connections."""
        return self._leaving.idle and self._stopping.idle

    def leave_sessions(self, connection_id: str) -> None:
        """Disconnect a connection from all its sessions."""
        self._leaving.add(connection_id)

    def stop_search(self, login: str, connection_id: str) -> None:
        """Stop the search of a player, if it belongs to this connection."""
        self._stopping.add((login, connection_id))

    def _leave_sessions(self, connection_ids: list[str]) -> None:
        self._sessions.forget_connections(connection_ids)

    def _stop_searches(self, batch: list[tuple[str, str]]) -> None:
        while batch:
            try:
                self._searcher.stop(*batch[-1])
            except SearchNotStarted:
                pass  # it has ended in the meantime
            batch.pop()
