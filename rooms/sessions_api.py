"""What the rooms service asks the session service."""

from typing import Protocol

from rooms import schemas
from rooms.events import Options


class SessionsApi(Protocol):
    """What the session service is asked for, by RPC."""

    def complete_options(
        self, game: str, options: Options, seats: int | None
    ) -> schemas.GameTerms: ...

    def create(
        self, key: str, game: str, options: Options, players: list[str], private: bool
    ) -> str: ...

    def full_players(self, logins: list[str]) -> dict[str, int]: ...
