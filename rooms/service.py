"""The rooms service: players gather in a room until it is full, and then a session begins."""

from nameko.rpc import rpc

from auth.events import DELETED_GUESTS_EXCHANGE
from extensions import service_base
from extensions.amqp.login_consumer import consume_logins
from extensions.clock_provider import Clock
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.outbox.provider import OutboxProvider
from extensions.pagination import UnknownCursor
from extensions.rpc.client import RpcProxy
from extensions.rpc.ttl_cache import TtlCacheProvider
from extensions.storage.database import Database
from extensions.timers import timer
from rooms import events, exceptions, schemas
from rooms.challenges import Challenges
from rooms.events import ChallengeView, Options, RevisedRoomView, RoomView
from rooms.expiry import Expiry
from rooms.membership import Membership
from rooms.models import Base, OutboxRow
from rooms.queries import RoomQueries
from rooms.room import RANDOM, Challenge, Challenged
from rooms.schemas import AnyRoomView, ChallengePage, ExpiringMembers, Ids, Others, RoomPage
from rooms.session_starter import SessionStarter
from rooms.sessions_api import SessionsApi
from rooms.started_sessions import StartedSessionsProvider


class RoomsService(service_base.Service):
    """Public rooms, challenges, and the seats of private rooms.

    `private` is true for calls of the private rooms service, which lets in by a key. Entrypoints
    are described at the methods that they call.
    """

    name = "rooms"
    entrypoint_logging = EntrypointLogging(quiet=("expiring_members",))
    db = Database(Base)
    outbox = OutboxProvider(
        events.EXCHANGE, OutboxRow, Base, durable=(events.PRIVATE_CHANGES_EXCHANGE,)
    )
    sessions: SessionsApi = RpcProxy("sessions")
    options_cache = TtlCacheProvider(seconds=10, size=1000)
    started = StartedSessionsProvider()
    clock = Clock()

    @rpc(expected_exceptions=exceptions.CREATE_REFUSALS)
    def create(
        self, owner: str, game: str, options: Options, seats: int | None = None,
        private: bool = False, guest: bool = False,
    ) -> AnyRoomView:
        terms = self.options_cache.call(self.sessions.complete_options, game, options, seats)
        return schemas.answer(Membership.of(self).create(owner, terms, private, guest=guest))

    @rpc(expected_exceptions=exceptions.CHALLENGE_REFUSALS)
    def challenge(
        self, owner: str, login: str, game: str, options: Options, side: str = RANDOM,
        hidden: bool = False, guest: bool = False, others: Others = (),
    ) -> ChallengeView:
        seats = 2 + len(others)
        terms = self.options_cache.call(self.sessions.complete_options, game, options, seats)
        challenge = Challenge(login, side, hidden, tuple(Challenged(*each) for each in others))
        room = Membership.of(self).create(owner, terms, True, challenge, guest)
        return schemas.challenge_view(room)

    @rpc(expected_exceptions=exceptions.ACCEPT_REFUSALS)
    def accept(self, room_id: str, login: str, guest: bool = False) -> ChallengeView:
        Challenges.of(self).require(room_id, login)
        return schemas.challenge_view(Membership.of(self).join(room_id, login, False, guest))

    @rpc(expected_exceptions=exceptions.DECLINE_REFUSALS)
    def decline(self, room_id: str, login: str, reason: str | None = None) -> None:
        Challenges.of(self).decline(room_id, login, reason)

    @rpc(expected_exceptions=(UnknownCursor,))
    def challenges(self, login: str, limit: int = 50, after: str | None = None) -> ChallengePage:
        return RoomQueries.of(self).challenges(login, limit, after)

    @rpc
    def hide_challenges(self, owner: str, challenged: str) -> None:
        Challenges.of(self).hide(owner, challenged)

    @rpc(expected_exceptions=exceptions.JOIN_REFUSALS)
    def join(
        self, room_id: str, login: str, private: bool = False, guest: bool = False
    ) -> AnyRoomView:
        return schemas.answer(Membership.of(self).join(room_id, login, private, guest))

    @rpc(expected_exceptions=exceptions.LEAVE_REFUSALS)
    def leave(self, room_id: str, login: str, private: bool = False) -> AnyRoomView:
        return schemas.answer(Membership.of(self).leave(room_id, login, private))

    @rpc(expected_exceptions=exceptions.CLOSE_REFUSALS)
    def close(self, room_id: str, login: str, private: bool = False) -> AnyRoomView:
        return schemas.answer(Membership.of(self).close(room_id, login, private))

    @rpc(expected_exceptions=(exceptions.RoomNotFound, exceptions.RoomIsPrivate))
    def get(self, room_id: str, viewer: str) -> RoomView:
        return RoomQueries.of(self).get(room_id, viewer)

    @rpc
    def get_many(self, room_ids: Ids) -> dict[str, RevisedRoomView]:
        return RoomQueries.of(self).get_many(room_ids)

    @rpc(expected_exceptions=(UnknownCursor,))
    def list(
        self, game: str | None = None, limit: int = 50, after: str | None = None
    ) -> RoomPage:
        return RoomQueries.of(self).page(game, limit, after)

    @rpc
    def open_rooms_of(self, login: str, private: bool = False) -> Ids:
        return RoomQueries.of(self).open_rooms_of(login, has_key=private)

    @rpc
    @consume_logins("rooms.guest_deletions", DELETED_GUESTS_EXCHANGE)
    def leave_all(self, login: str) -> None:
        Membership.of(self).leave_all(login)
        Challenges.of(self).decline_all(login)

    @rpc
    def record_session(self, room_id: str, session_id: str) -> RevisedRoomView:
        return schemas.revised_room_view(SessionStarter.of(self).record(room_id, session_id))

    @rpc
    def expiring_members(self, after: tuple[float, str] | None = None) -> ExpiringMembers:
        return Expiry.of(self).members(after)

    @rpc
    def renew(self, logins: Ids) -> None:
        Expiry.of(self).renew(logins)

    @timer(interval=1)
    def close_lapsed(self) -> None:
        if self.outbox.connected_seconds():  # else nobody can renew them
            Expiry.of(self).close_lapsed()

    @timer(interval=1)
    def store_sessions(self) -> None:
        SessionStarter.of(self).store_started()

    @timer(interval=2)
    def take_up_filled(self) -> None:
        if Expiry.of(self).close_unfinished():
            SessionStarter.of(self).retry()

    @timer(interval=60)
    def sweep(self) -> None:
        Expiry.of(self).sweep()
