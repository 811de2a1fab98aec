"""The accounts service: players' profiles, their ratings, and what players are to each other."""

from typing import Any

from nameko.rpc import rpc
from sqlalchemy.exc import IntegrityError

from accounts import events, exceptions, schemas, session_results
from accounts.contact_schemas import ContactPage, ContactViews, Opponent, Relation, Seeker
from accounts.contacts import Contacts
from accounts.models import Base, OutboxRow
from accounts.presence import Presence
from accounts.profiles import Profiles
from accounts.queries import AccountQueries
from accounts.result_counter import ResultCounter
from accounts.schemas import AccountPage, AccountView, Games, Leaderboard, Logins
from auth.events import DELETED_GUESTS_EXCHANGE
from extensions import service_base
from extensions.amqp.durable_consumer import consume
from extensions.amqp.login_consumer import consume_logins
from extensions.clock_provider import Clock
from extensions.errors import StorageAway
from extensions.fault_points import Point, after
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.outbox.provider import OutboxProvider
from extensions.pagination import UnknownCursor
from extensions.storage.database import Database
from extensions.timers import timer

# The database is away or busy, or another instance was faster: the same may succeed later.
TRANSIENT_ERRORS = (StorageAway, IntegrityError)


class AccountsService(service_base.Service):
    """Profiles, ratings and contacts. Entrypoints are described at the methods that they call."""

    name = "accounts"
    entrypoint_logging = EntrypointLogging(quiet=("renew_presence",))
    db = Database(Base)
    outbox = OutboxProvider(events.EXCHANGE, OutboxRow, Base)
    clock = Clock()

    @rpc
    def create(self, login: str, guest: bool = False) -> None:
        Profiles.of(self).create(login, guest)

    @rpc(expected_exceptions=exceptions.AccountNotFound)
    def get(self, login: str, games: Games = ()) -> AccountView:
        return AccountQueries.of(self).get(login, games)

    @rpc
    def get_many(self, logins: Logins, games: Games = ()) -> dict[str, AccountView]:
        return AccountQueries.of(self).get_many(logins, games)

    @rpc
    def kinds(self, logins: Logins) -> dict[str, str]:
        return AccountQueries.of(self).kinds(logins)

    @rpc(expected_exceptions=UnknownCursor)
    def list(self, games: Games = (), limit: int = 50, after: str | None = None) -> AccountPage:
        return AccountQueries.of(self).page(games, limit, after)

    @rpc(expected_exceptions=exceptions.AccountNotFound)
    def update(self, login: str, changes: schemas.Changes, games: Games = ()) -> AccountView:
        return Profiles.of(self).update(login, changes, games)

    @rpc(expected_exceptions=exceptions.BOT_REFUSALS)
    def become_bot(self, login: str, games: Games = ()) -> AccountView:
        return Profiles.of(self).become_bot(login, games)

    @rpc
    @consume_logins("accounts.guest_deletions", DELETED_GUESTS_EXCHANGE, TRANSIENT_ERRORS)
    def delete(self, login: str) -> None:
        Profiles.of(self).delete(login)

    @rpc(expected_exceptions=UnknownCursor)
    def leaderboard(
        self, game: str, limit: int = 50, after: str | None = None, speed: str = "classical"
    ) -> Leaderboard:
        return AccountQueries.of(self).leaderboard(game, speed, limit, after)

    @rpc(expected_exceptions=(exceptions.AccountNotFound, UnknownCursor))
    def rating_history(
        self, viewer: str, login: str, game: str, limit: int = 50, after: str | None = None,
        speed: str | None = None,
    ) -> schemas.RatingHistory:
        return AccountQueries.of(self).rating_history(viewer, login, game, speed, limit, after)

    @rpc(expected_exceptions=exceptions.AccountNotFound)
    def seeker(self, login: str, game: str) -> Seeker:
        return Contacts.of(self).seeker(login, game)

    @rpc(expected_exceptions=exceptions.OTHER_REFUSALS)
    def opponent(self, player: str, login: str) -> Opponent:
        return Contacts.of(self).opponent(player, login)

    @rpc(expected_exceptions=exceptions.OTHER_REFUSALS)
    def relation(self, player: str, login: str) -> Relation:
        return Contacts.of(self).relation(player, login)

    @rpc(expected_exceptions=exceptions.FOLLOW_REFUSALS)
    def follow(self, player: str, login: str) -> None:
        Contacts.of(self).follow(player, login)

    @rpc(expected_exceptions=exceptions.OTHER_REFUSALS)
    def unfollow(self, player: str, login: str) -> None:
        Contacts.of(self).unfollow(player, login)

    @rpc(expected_exceptions=exceptions.BLOCK_REFUSALS)
    def block(self, player: str, login: str) -> str:
        return Contacts.of(self).block(player, login)

    @rpc(expected_exceptions=exceptions.OTHER_REFUSALS)
    def unblock(self, player: str, login: str) -> None:
        Contacts.of(self).unblock(player, login)

    @rpc(expected_exceptions=UnknownCursor)
    def following(self, player: str, limit: int = 50, after: str | None = None) -> ContactPage:
        return Contacts.of(self).following(player, limit, after)

    @rpc(expected_exceptions=UnknownCursor)
    def blocked(self, player: str, limit: int = 50, after: str | None = None) -> ContactPage:
        return Contacts.of(self).blocked(player, limit, after)

    @rpc(expected_exceptions=UnknownCursor)
    def online(
        self, player: str, kind: str | None = None, limit: int = 50, after: str | None = None
    ) -> ContactPage:
        return Contacts.of(self).online(player, kind, limit, after)

    @rpc
    def contacts(self, player: str, logins: Logins) -> ContactViews:
        return Contacts.of(self).contacts(player, logins)

    @rpc
    def renew_presence(self, gateway_id: str, renewal: int, arrived: Logins, left: Logins) -> bool:
        return Presence.of(self).renew(gateway_id, renewal, arrived, left)

    @timer(interval=10)
    def drop_lost_gateways(self) -> None:
        Presence.of(self).drop_lost_gateways()

    @consume(session_results.QUEUE, transient_errors=TRANSIENT_ERRORS)
    @after(Point.RESULT_COUNTED)
    def count_result(self, message: Any) -> None:
        ResultCounter.of(self).count(message)

    @timer(interval=60)
    def forget_counted(self) -> None:
        ResultCounter.of(self).forget_counted()
