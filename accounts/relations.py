"""What players are to each other."""

from sqlalchemy.orm import Session

from accounts.exceptions import OwnAccount
from accounts.profiles import require
from accounts.schemas import Opponent
from extensions.storage.database import Database


class Relations:
    """Finds other players, for what one player does to another."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def opponent(self, player: str, login: str) -> Opponent:
        """Return a player whom another one wants to play; raises AccountNotFound and OwnAccount."""
        with self._db.get_session() as session:
            return {"login": require_other(session, player, login)}


def require_other(session: Session, player: str, login: str) -> str:
    """Return another player's login as it is registered; raises AccountNotFound and OwnAccount."""
    found = require(session, login).login
    if found == player:
        raise OwnAccount.of(f"{found} is one's own account: name another player", login=found)
    return found
