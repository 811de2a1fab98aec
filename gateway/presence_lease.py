"""Tells the accounts service who is connected to this gateway."""

from itertools import islice

from gateway.broker.service_apis import AccountsApi
from gateway.connected_players import ConnectedPlayers

MAX_LOGINS_TOLD = 1000  # in one call


class PresenceLease:
    """The lease of this gateway at the accounts service, and who counts as online by it.

    The service is told who has come and who has gone since it was told last. A player of whom a
    call has told that was not answered may count, and may not.
    """

    def __init__(
        self, accounts: AccountsApi, players: ConnectedPlayers, gateway_id: str
    ) -> None:
        self._accounts, self._players, self._gateway_id = accounts, players, gateway_id
        self._counted: set[str] = set()
        self._may_count: set[str] = set()
        self._renewal = 0

    def renew(self) -> None:
        """Renew the lease, and tell who has come and who has gone."""
        while True:
            connected = self._players.logins()
            arrived = list(islice(connected - self._counted, MAX_LOGINS_TOLD))
            left = list(islice(self._may_count - connected, MAX_LOGINS_TOLD))
            if connected or left:
                self._tell(arrived, left)
            if max(len(arrived), len(left)) < MAX_LOGINS_TOLD:
                return

    def _tell(self, arrived: list[str], left: list[str]) -> None:
        self._may_count.update(arrived)
        self._renewal += 1
        is_known = self._accounts.renew_presence(self._gateway_id, self._renewal, arrived, left)
        self._may_count.difference_update(left)
        # Where the lease had run out, only who has just been told of counts.
        self._counted = self._counted.difference(left) if is_known else set()
        self._counted.update(arrived)
