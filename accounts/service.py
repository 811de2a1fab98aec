"""The accounts service: create, read, update and delete players' profiles."""

from nameko.rpc import rpc
from sqlalchemy import func, select

from accounts import events, schemas
from accounts.exceptions import AccountNotFound
from accounts.models import Account, Announcement, Base
from extensions import health
from extensions.announcements import Announcer
from extensions.clock import Clock
from extensions.database import Database
from extensions.pages import UnknownCursor, page, position

LIST = "accounts"


class AccountsService(health.Answering):
    """Profiles and ratings of players."""

    name = "accounts"

    db = Database(Base)
    announcer = Announcer(events.EXCHANGE, Announcement, Base)
    clock = Clock()

    @rpc
    def create(self, login):
        """Make the account of a new player; where there is one already, that is all right."""
        now = self.clock()
        notices = []
        with self.db.get_session() as session:
            if self._find(session, login) is None:
                session.add(Account(login=login, display_name=login, created_at=now))
                notices.append(schemas.notice(events.CREATED, login, now))
            self.announcer.record(session, notices)
        self.announcer.send(notices)

    @rpc(expected_exceptions=(AccountNotFound,))
    def get(self, login, games=()):
        """One account, by its login in whatever case, with a rating for each of the games."""
        with self.db.get_session() as session:
            return schemas.account(self._require(session, login), games)

    @rpc
    def get_many(self, logins, games=()):
        """The accounts that exist of those asked for, by their logins."""
        keys = [login.lower() for login in logins]
        with self.db.get_session() as session:
            rows = session.scalars(select(Account).where(func.lower(Account.login).in_(keys)))
            return {row.login: schemas.account(row, games) for row in rows}

    @rpc(expected_exceptions=(UnknownCursor,))
    def list(self, games=(), limit=50, after=None):
        """All accounts by their logins, a page at a time: `{items, next}`."""
        begin = position(LIST, after)
        query = select(Account).order_by(func.lower(Account.login)).limit(limit + 1)
        if begin is not None:
            query = query.where(func.lower(Account.login) > begin[0])
        with self.db.get_session() as session:
            rows = session.scalars(query).all()
            shown, following = page(LIST, rows, limit, lambda row: [row.login.lower()])
            return {"items": [schemas.account(row, games) for row in shown], "next": following}

    @rpc(expected_exceptions=(AccountNotFound,))
    def update(self, login, changes, games=()):
        """Change `display_name` or `bio` or both."""
        with self.db.get_session() as session:
            row = self._require(session, login)
            row.display_name = changes.get("display_name", row.display_name)
            row.bio = changes.get("bio", row.bio)
            notices = [schemas.notice(events.UPDATED, row.login, self.clock())]
            self.announcer.record(session, notices)
            account = schemas.account(row, games)
        self.announcer.send(notices)
        return account

    @rpc
    def delete(self, login):
        """Remove the profile and the ratings; where there are none, that is all right."""
        notices = []
        with self.db.get_session() as session:
            row = self._find(session, login)
            if row is not None:
                session.delete(row)
                notices.append(schemas.notice(events.DELETED, row.login, self.clock()))
            self.announcer.record(session, notices)
        self.announcer.send(notices)

    def _find(self, session, login):
        return session.scalar(select(Account).where(func.lower(Account.login) == login.lower()))

    def _require(self, session, login):
        row = self._find(session, login)
        if row is None:
            raise AccountNotFound.of(f"There is no account {login}", login=login)
        return row
