"""The connections that are gone, of which the services have to learn."""

from gateway.broker.retry_queue import RetryQueue
from searcher.exceptions import SearchNotStarted


class DisconnectNotifier:
    """Tells the services of connections that are gone, for as long as it takes until they know."""

    def __init__(self, services):
        self._services = services
        self._telling = RetryQueue("departures", self._tell_of)

    @property
    def all_told(self) -> bool:
        """Whether the services know of all."""
        return self._telling.idle

    def add(self, connection) -> None:
        """Have it told that this connection is gone."""
        if connection.followers or connection.searching:
            self._telling.add(connection)

    def _tell_of(self, batch: list) -> None:
        # Sessions first: a search that nobody renews ends by itself, a player's leaving does not.
        following = [connection.id for connection in batch if connection.followers]
        if following:
            self._services.sessions.forget_connections(following)
        for connection in batch:
            if connection.searching:
                try:
                    self._services.searcher.stop(connection.login, connection.id)
                except SearchNotStarted:
                    pass  # it has ended in the meantime
                connection.searching = None
