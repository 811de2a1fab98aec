"""The accounts service: players' profiles, and the ratings that results of games move."""

from typing import Any

from nameko.rpc import rpc
from sqlalchemy.exc import IntegrityError

from accounts import events, guest_deletions, ratings, schemas, session_results, storage
from accounts.exceptions import AccountNotFound, CannotBecomeBot, OwnAccount
from accounts.models import Base, OutboxRow
from accounts.profiles import Profiles, require
from accounts.relations import Relations
from accounts.schemas import (
    AccountPage,
    AccountView,
    Changes,
    Games,
    Leaderboard,
    Logins,
    Opponent,
    RatingHistory,
)
from extensions import service_base
from extensions.amqp.durable_consumer import consume
from extensions.clock_provider import Clock
from extensions.errors import StorageAway
from extensions.fault_points import Point, after
from extensions.outbox.provider import OutboxProvider
from extensions.pagination import Name, Number, UnknownCursor, decode_cursor
from extensions.storage.database import Database
from extensions.timers import timer

# A result is delivered again for no longer than that: after the outage that kept it back.
COUNTED_SESSIONS_KEPT_SECONDS = 7 * 86_400.0
# The database is away or busy, or another instance was faster: the same may succeed later.
TRANSIENT_ERRORS = (StorageAway, IntegrityError)


class AccountsService(service_base.Service):
    """Profiles and ratings of players."""

    name = "accounts"

    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base)
    clock = Clock()

    @rpc
    def create(self, login: str, guest: bool = False) -> None:
        """Create the account of a new player, unless there is one; a guest's becomes a player's."""
        self._profiles.create(login, guest)

    @rpc(expected_exceptions=(AccountNotFound,))
    def get(self, login: str, games: Games = ()) -> AccountView:
        """Return one account, by its login in whatever case, with its ratings at the games."""
        with self.db.get_session() as session:
            return schemas.account_view(require(session, login), games, self.clock())

    @rpc(expected_exceptions=(AccountNotFound, OwnAccount))
    def opponent(self, player: str, login: str) -> Opponent:
        """Return another player whom one wants to play, by a login in whatever case."""
        return self._relations.opponent(player, login)

    @rpc
    def get_many(self, logins: Logins, games: Games = ()) -> dict[str, AccountView]:
        """Return the accounts that there are of these logins, by login."""
        now = self.clock()
        with self.db.get_session() as session:
            accounts = storage.find_many(session, logins)
            return {each.login: schemas.account_view(each, games, now) for each in accounts}

    @rpc(expected_exceptions=(UnknownCursor,))
    def list(self, games: Games = (), limit: int = 50, after: str | None = None) -> AccountPage:
        """Return all accounts by their logins, a page at a time."""
        position = decode_cursor(schemas.ACCOUNTS_LIST, after, tuple[Name])
        with self.db.get_session() as session:
            accounts = storage.list_accounts(session, position, limit + 1)
            return schemas.account_page(accounts, limit, games, self.clock())

    @rpc(expected_exceptions=(AccountNotFound,))
    def update(self, login: str, changes: Changes, games: Games = ()) -> AccountView:
        """Change the display name or the bio or both."""
        return self._profiles.update(login, changes, games)

    @rpc(expected_exceptions=(AccountNotFound, CannotBecomeBot))
    def become_bot(self, login: str, games: Games = ()) -> AccountView:
        """Mark the account as a bot's for good."""
        return self._profiles.become_bot(login, games)

    @rpc
    def delete(self, login: str) -> None:
        """Delete the profile and the ratings, if there are any."""
        self._profiles.delete(login)

    @rpc(expected_exceptions=(UnknownCursor,))
    def leaderboard(self, game: str, limit: int = 50, after: str | None = None) -> Leaderboard:
        """Return the players of a rated game, the best first, a page at a time."""
        position = decode_cursor(schemas.leaderboard_list(game), after, tuple[float, Name])
        with self.db.get_session() as session:
            rows = storage.leaderboard(session, game, position, limit + 1)
        return schemas.leaderboard(rows, limit, game, self.clock())

    @rpc(expected_exceptions=(AccountNotFound, UnknownCursor))
    def rating_history(
        self, viewer: str, login: str, game: str, limit: int = 50, after: str | None = None
    ) -> RatingHistory:
        """Return what a player's rating was after each rated game, the newest first, by pages."""
        with self.db.get_session() as session:
            login = require(session, login).login
            position = decode_cursor(schemas.history_list(login, game), after, tuple[Number])
            changes = storage.rating_history(session, login, game, position, limit + 1)
        return schemas.rating_history(changes, limit, viewer, login, game)

    @consume(session_results.QUEUE, transient_errors=TRANSIENT_ERRORS)
    @after(Point.RESULT_COUNTED)
    def count_result(self, message: Any) -> None:
        """Move the ratings of the players of a rated session that has ended, once."""
        result = session_results.parse(message)
        if result.counts:
            with self.db.get_session() as session:
                ratings.count(session, result, self.clock())

    @consume(guest_deletions.QUEUE, transient_errors=TRANSIENT_ERRORS)
    def delete_guest(self, message: Any) -> None:
        """Delete the account of a guest who has stayed away."""
        self._profiles.delete(guest_deletions.deleted_login(message))

    @timer(interval=60)
    def forget_counted(self) -> None:
        """Forget sessions whose results can't be delivered again."""
        with self.db.get_session() as session:
            storage.forget_counted(session, self.clock() - COUNTED_SESSIONS_KEPT_SECONDS)

    @property
    def _profiles(self) -> Profiles:
        return Profiles(self.db, self.outbox, self.clock)

    @property
    def _relations(self) -> Relations:
        return Relations(self.db)
