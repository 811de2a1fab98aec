"""What a gateway asks once its link to the broker is back: what was announced meanwhile is lost."""

from collections.abc import Iterable

from gateway.until_done import UntilDone


class CatchingUp:
    """Makes up for what connections were not told, for as long as it takes until it is known."""

    def __init__(self, services):
        self._services = services
        self._revocations = UntilDone("checks of logins", self._close_ended)

    @property
    def all_known(self) -> bool:
        """Whether all has been made up for."""
        return self._revocations.idle

    def begin(self, connections: Iterable) -> None:
        """Make up for what these connections may have missed."""
        self._revocations.add(*(each for each in connections if each.login))

    def _close_ended(self, batch: list) -> None:
        logins = {(each.login, each.family) for each in batch if not each.closed}
        if not logins:
            return
        ended = self._services.auth.ended([list(each) for each in sorted(logins)])
        for login, family in ended:
            for connection in batch:
                if connection.login == login:
                    connection.revoke(family)
