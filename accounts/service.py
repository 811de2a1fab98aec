"""The accounts service: players' profiles, and the ratings that results of games move."""

from nameko.rpc import rpc
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts import events, ratings, results, schemas
from accounts.exceptions import AccountNotFound
from accounts.models import Account, Base, OutboxRow
from extensions import service_base
from extensions.amqp.durable_consumer import consume
from extensions.clock import Clock
from extensions.errors import StorageAway
from extensions.fault_points import Point, after
from extensions.outbox.relay import OutboxProvider
from extensions.pagination import UnknownCursor, decode_cursor, paginate
from extensions.storage.database import Database
from extensions.timers import timer

LIST = "accounts"
LEADERBOARD = "leaderboard of "
HISTORY = "rating history of "
# The database is away or busy, or another instance was faster: the same may succeed later.
TRANSIENT_ERRORS = (StorageAway, IntegrityError)


class AccountsService(service_base.Service):
    """Profiles and ratings of players."""

    name = "accounts"

    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base)
    clock = Clock()

    @rpc
    def create(self, login):
        """Make the account of a new player; where there is one already, that is all right."""
        now = self.clock()
        notices = []
        try:
            with self.db.get_session() as session:
                if self._find(session, login) is None:
                    session.add(Account(login=login, display_name=login, created_at=now))
                    notices.append(schemas.notice(events.CREATED, login, now))
                self.outbox.record(session, notices)
        except IntegrityError:  # another instance was asked the same at the same moment
            return
        self.outbox.send(notices)

    @rpc(expected_exceptions=(AccountNotFound,))
    def get(self, login, games=()):
        """One account, by its login in whatever case, with a rating for each of the games."""
        with self.db.get_session() as session:
            return schemas.account(self._require(session, login), games, self.clock())

    @rpc
    def get_many(self, logins, games=()):
        """The accounts that exist of those asked for, by their logins."""
        keys = [login.lower() for login in logins]
        with self.db.get_session() as session:
            rows = session.scalars(select(Account).where(func.lower(Account.login).in_(keys)))
            return {row.login: schemas.account(row, games, self.clock()) for row in rows}

    @rpc(expected_exceptions=(UnknownCursor,))
    def list(self, games=(), limit=50, after=None):
        """All accounts by their logins, a page at a time: `{items, next}`."""
        begin, now = decode_cursor(LIST, after), self.clock()
        query = select(Account).order_by(func.lower(Account.login)).limit(limit + 1)
        if begin is not None:
            query = query.where(func.lower(Account.login) > begin[0])
        with self.db.get_session() as session:
            rows = session.scalars(query).all()
            shown, following = paginate(LIST, rows, limit, lambda row: [row.login.lower()])
            items = [schemas.account(row, games, now) for row in shown]
            return {"items": items, "next": following}

    @rpc(expected_exceptions=(AccountNotFound,))
    def update(self, login, changes, games=()):
        """Change `display_name` or `bio` or both."""
        now = self.clock()
        with self.db.get_session() as session:
            row = self._require(session, login, lock=True)
            row.display_name = changes.get("display_name", row.display_name)
            row.bio = changes.get("bio", row.bio)
            notices = [schemas.notice(events.UPDATED, row.login, now)]
            self.outbox.record(session, notices)
            account = schemas.account(row, games, now)
        self.outbox.send(notices)
        return account

    @rpc
    def delete(self, login):
        """Remove the profile and the ratings; where there are none, that is all right."""
        notices = []
        with self.db.get_session() as session:
            row = self._find(session, login, lock=True)
            if row is not None:
                session.delete(row)
                notices.append(schemas.notice(events.DELETED, row.login, self.clock()))
            self.outbox.record(session, notices)
        self.outbox.send(notices)

    @rpc(expected_exceptions=(UnknownCursor,))
    def leaderboard(self, game, limit=50, after=None):
        """Who has played a rated game, best first, a page at a time: `{items, next}`."""
        name, now = LEADERBOARD + game, self.clock()
        begin = decode_cursor(name, after)
        with self.db.get_session() as session:
            rows = ratings.best(session, game, limit + 1, begin)
        shown, following = paginate(name, rows, limit, lambda row: [row[0].rating, row[0].login])
        return {"items": [schemas.ranked(*row, now) for row in shown], "next": following}

    @rpc(expected_exceptions=(AccountNotFound, UnknownCursor))
    def rating_history(self, viewer, login, game, limit=50, after=None):
        """What a player's rating was after each rated game, newest first: `{items, next}`."""
        with self.db.get_session() as session:
            login = self._require(session, login).login
            name = f"{HISTORY}{login} at {game}"
            rows = ratings.course(session, login, game, limit + 1, decode_cursor(name, after))
        shown, following = paginate(name, rows, limit, lambda row: [row.number])
        return {"items": [schemas.change(row, viewer) for row in shown], "next": following}

    @consume(results.QUEUE, transient_errors=TRANSIENT_ERRORS)
    @after(Point.RESULT_COUNTED)
    def count_result(self, message):
        """Move the ratings of the players of a rated session that has ended, once."""
        result = results.read(message)
        if result.counts:
            with self.db.get_session() as session:
                ratings.count(session, result, self.clock())

    @timer(interval=60)
    def forget_counted(self):
        """Forget sessions whose results have long been counted and can't come again."""
        with self.db.get_session() as session:
            ratings.forget(session, self.clock())

    def _find(self, session, login, lock=False):
        query = select(Account).where(func.lower(Account.login) == login.lower())
        return session.scalar(query.with_for_update() if lock else query)

    def _require(self, session, login, lock=False):
        row = self._find(session, login, lock)
        if row is None:
            raise AccountNotFound.of(f"There is no account {login}", login=login)
        return row
