"""Answers questions about accounts and ratings, and changes nothing."""

from accounts import schemas, storage
from accounts.profiles import require
from accounts.ratings import most_played
from accounts.schemas import AccountPage, AccountView, Games, Leaderboard, Logins, RatingHistory
from arbiter_games.speeds import CLASSICAL
from extensions.dependencies import Clock, Database, Dependencies
from extensions.pagination import Name, Number, decode_cursor


class AccountQueries:
    """Shows accounts, and lists them, ratings and what ratings were."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    @classmethod
    def of(cls, service: Dependencies) -> "AccountQueries":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.clock)

    def get(self, login: str, games: Games) -> AccountView:
        """Return one account, by its login in whatever case, with its ratings at the games.

        Raises AccountNotFound.
        """
        with self._db.get_session() as session:
            return schemas.account_view(require(session, login), games, self._clock())

    def get_many(self, logins: Logins, games: Games) -> dict[str, AccountView]:
        """Return the accounts that there are of these logins, by login."""
        now = self._clock()
        with self._db.get_session() as session:
            accounts = storage.find_many(session, logins)
            return {each.login: schemas.account_view(each, games, now) for each in accounts}

    def kinds(self, logins: Logins) -> dict[str, str]:
        """Return the kinds of those of these logins that are guests or bots, by login."""
        with self._db.get_session() as session:
            return storage.find_kinds(session, logins)

    def page(self, games: Games, limit: int, after: str | None) -> AccountPage:
        """Return all accounts by their logins, a page at a time; raises UnknownCursor."""
        position = decode_cursor(schemas.ACCOUNTS_LIST, after, tuple[Name])
        with self._db.get_session() as session:
            accounts = storage.list_accounts(session, position, limit + 1)
            return schemas.account_page(accounts, limit, games, self._clock())

    def leaderboard(self, game: str, speed: str, limit: int, after: str | None) -> Leaderboard:
        """Return the rated players of a game and speed, the best first, by pages.

        Raises UnknownCursor.
        """
        position = decode_cursor(schemas.leaderboard_list(game, speed), after, tuple[float, Name])
        with self._db.get_session() as session:
            rows = storage.leaderboard(session, game, speed, position, limit + 1)
        return schemas.leaderboard(rows, limit, game, speed, self._clock())

    def rating_history(
        self, viewer: str, login: str, game: str, speed: str | None, limit: int, after: str | None
    ) -> RatingHistory:
        """Return what a player's rating was after each rated game, the newest first, by pages.

        Without a speed, it is the one that the player has played most. Raises AccountNotFound or
        UnknownCursor.
        """
        with self._db.get_session() as session:
            account = require(session, login)
            if speed is None:
                most = most_played(each for each in account.ratings if each.game == game)
                speed = most.speed if most else CLASSICAL
            name = schemas.history_list(account.login, game, speed)
            position = decode_cursor(name, after, tuple[Number])
            changes = storage.rating_history(
                session, account.login, game, speed, position, limit + 1
            )
        return schemas.rating_history(changes, limit, viewer, name, speed)
