"""Changes of profiles: each is one transaction, announced after its commit."""

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts import events, kinds, schemas, storage
from accounts.exceptions import AccountNotFound
from accounts.models import Account
from extensions.dependencies import Clock, Database, Dependencies
from extensions.outbox.outbox import Outbox


class Profiles:
    """Creates, changes and deletes the profiles of players."""

    def __init__(self, db: Database, outbox: Outbox, clock: Clock) -> None:
        self._db, self._outbox, self._clock = db, outbox, clock

    @classmethod
    def of(cls, service: Dependencies) -> "Profiles":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.outbox, service.clock)

    def create(self, login: str, guest: bool = False) -> None:
        """Create the account of a new player, unless there is one already.

        A guest's becomes a player's, where it is not to be a guest's.
        """
        now, messages = self._clock(), []
        try:
            with self._db.get_session() as session:
                if (found := storage.find(session, login)) is None:
                    storage.add(session, login, kinds.GUEST if guest else kinds.PLAYER, now)
                    messages.append(schemas.message(events.CREATED, login, now))
                elif not guest and storage.claim(session, found):
                    messages.append(schemas.message(events.UPDATED, login, now))
                self._outbox.record(session, messages)
        except IntegrityError:  # another instance was asked the same at the same moment
            return
        self._outbox.send(messages)

    def update(
        self, login: str, changes: schemas.Changes, games: schemas.Games
    ) -> schemas.AccountView:
        """Change the display name or the bio or both; raises AccountNotFound."""

        def change(account: Account) -> bool:
            account.display_name = changes.get("display_name", account.display_name)
            account.bio = changes.get("bio", account.bio)
            return True

        return self._change(login, games, change)

    def become_bot(self, login: str, games: schemas.Games) -> schemas.AccountView:
        """Mark the account as a bot's; raises AccountNotFound and CannotBecomeBot."""
        return self._change(login, games, kinds.become_bot)

    def delete(self, login: str) -> None:
        """Delete the profile and the ratings, if there are any."""
        messages = []
        with self._db.get_session() as session:
            account = storage.find(session, login, lock=True)
            if account is not None:
                storage.delete_account(session, account)
                messages.append(schemas.message(events.DELETED, account.login, self._clock()))
            self._outbox.record(session, messages)
        self._outbox.send(messages)

    def _change(
        self, login: str, games: schemas.Games, change: Callable[[Account], bool]
    ) -> schemas.AccountView:
        """Change an account by a function that tells whether there is news to announce."""
        now, messages = self._clock(), []
        with self._db.get_session() as session:
            account = require(session, login, lock=True)
            if change(account):
                messages.append(schemas.message(events.UPDATED, account.login, now))
            self._outbox.record(session, messages)
            view = schemas.account_view(account, games, now)
        self._outbox.send(messages)
        return view


def require(session: Session, login: str, lock: bool = False) -> Account:
    """Return the account of a login; raises AccountNotFound."""
    account = storage.find(session, login, lock)
    if account is None:
        raise AccountNotFound.of(f"There is no account {login}", login=login)
    return account
