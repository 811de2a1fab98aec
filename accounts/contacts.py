"""Relations between players: whom a player follows and has blocked, and who is online."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from accounts import contact_schemas, contact_storage
from accounts.contact_schemas import Contact, ContactPage, Opponent, Relation, Seeker
from accounts.exceptions import OwnAccount, TooManyBlocked, TooManyFollowed
from accounts.glicko2 import INITIAL_RATING
from accounts.kinds import BOT
from accounts.models import Block, Follow
from accounts.profiles import require
from accounts.ratings import most_played
from arbiter_games.speeds import SPEEDS
from extensions.dependencies import Clock, Database, Dependencies
from extensions.pagination import Name, decode_cursor, paginate

MAX_FOLLOWED, MAX_BLOCKED = 500, 200  # players, by one
FOLLOWING_LIST, BLOCKED_LIST, ONLINE_LIST = "following", "blocked", "online"


class Contacts:
    """Knows what players are to each other.

    Each method that names another player takes the login in whatever case, and raises
    AccountNotFound or OwnAccount.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    @classmethod
    def of(cls, service: Dependencies) -> "Contacts":
        """Return one that is made from the dependencies of a service."""
        return cls(service.db, service.clock)

    def seeker(self, login: str, game: str) -> Seeker:
        """Return what a search of a player at a game goes by; raises AccountNotFound only."""
        with self._db.get_session() as session:
            account = require(session, login)
            played = {each.speed: each for each in account.ratings if each.game == game}
            most = most_played(played.values())
            return {
                "kind": account.kind, "rating": most.rating if most else INITIAL_RATING,
                "ratings": {
                    speed: played[speed].rating if speed in played else INITIAL_RATING
                    for speed in SPEEDS
                },
                "blocks": contact_storage.logins(session, Block, account.login),
            }

    def opponent(self, player: str, login: str) -> Opponent:
        """Return a player whom another one wants to play."""
        with self._db.get_session() as session:
            other = _require_other(session, player, login)
            return {
                "login": other,
                "has_blocked": contact_storage.has(session, Block, other, player),
            }

    def relation(self, player: str, login: str) -> Relation:
        """Return what another player is to a player."""
        with self._db.get_session() as session:
            other = _require_other(session, player, login)
            [seen] = contact_storage.find_many(session, player, [other], self._clock())
            return {
                "login": other, "online": seen["online"],
                "follows": contact_storage.has(session, Follow, player, other),
                "blocks": contact_storage.has(session, Block, player, other),
            }

    def follow(self, player: str, login: str) -> None:
        """Follow another player; raises TooManyFollowed."""
        with self._db.get_session() as session:
            other = _lock_and_require_other(session, player, login)
            if _is_full(session, Follow, player, other, MAX_FOLLOWED):
                raise TooManyFollowed.of(
                    f"{player} follows {MAX_FOLLOWED} players, which is as many as one may",
                    most=MAX_FOLLOWED,
                )
            contact_storage.add(session, Follow, player, other)

    def unfollow(self, player: str, login: str) -> None:
        """Follow another player no more."""
        with self._db.get_session() as session:
            contact_storage.remove(session, Follow, player, _require_other(session, player, login))

    def block(self, player: str, login: str) -> str:
        """Block another player, who is followed no more; return the login as registered.

        Raises TooManyBlocked.
        """
        with self._db.get_session() as session:
            other = _lock_and_require_other(session, player, login)
            if _is_full(session, Block, player, other, MAX_BLOCKED):
                raise TooManyBlocked.of(
                    f"{player} has blocked {MAX_BLOCKED} players, which is as many as one may",
                    most=MAX_BLOCKED,
                )
            contact_storage.add(session, Block, player, other)
            contact_storage.remove(session, Follow, player, other)
        return other

    def unblock(self, player: str, login: str) -> None:
        """Block another player no more."""
        with self._db.get_session() as session:
            contact_storage.remove(session, Block, player, _require_other(session, player, login))

    def following(self, player: str, limit: int, after: str | None) -> ContactPage:
        """Return whom a player follows, by login, a page at a time; raises UnknownCursor."""
        return self._page(FOLLOWING_LIST, Follow, player, limit, after)

    def blocked(self, player: str, limit: int, after: str | None) -> ContactPage:
        """Return whom a player has blocked, by login, a page at a time; raises UnknownCursor."""
        return self._page(BLOCKED_LIST, Block, player, limit, after)

    def online(
        self, player: str, kind: str | None, limit: int, after: str | None
    ) -> ContactPage:
        """Return other players who are online, by login, a page at a time; raises UnknownCursor.

        Who has blocked the player, or was blocked by the player, is not among them, nor in `next`.
        A page may have fewer than `limit`, so that its cost has a bound.
        """
        position = decode_cursor(ONLINE_LIST, after, tuple[Name])
        with self._db.get_session() as session:
            logins = contact_storage.maybe_online(
                session, player, kind == BOT, position[0] if position else None, limit + 1
            )
            found = contact_storage.find_many(session, player, logins[:limit], self._clock())
        shown, following = paginate(ONLINE_LIST, logins, limit, lambda login: [login])
        items = [
            each for each in sorted(found, key=lambda contact: shown.index(contact["login"]))
            if each["online"] and each["login"] != player and kind in (None, each["kind"])
        ]
        return {"items": items, "next": following}

    def contacts(self, player: str, logins: Sequence[str]) -> list[Contact]:
        """Return these players in this order, as another one sees them, without the unknown."""
        with self._db.get_session() as session:
            found = contact_storage.find_many(session, player, logins, self._clock())
        return sorted(found, key=lambda contact: logins.index(contact["login"]))

    def _page(
        self, name: str, kind: contact_storage.List, player: str, limit: int, after: str | None
    ) -> ContactPage:
        position = decode_cursor(name, after, tuple[Name])
        with self._db.get_session() as session:
            found = contact_storage.on_list(
                session, kind, player, self._clock(), position[0] if position else None, limit + 1
            )
        return contact_schemas.contact_page(name, found, limit)


def _is_full(
    session: Session, kind: contact_storage.List, player: str, other: str, most: int
) -> bool:
    """Tell whether there is no room on a list for a player who is not on it."""
    is_on_it = contact_storage.has(session, kind, player, other)
    return not is_on_it and contact_storage.count(session, kind, player) >= most


def _require_other(session: Session, player: str, login: str) -> str:
    other = require(session, login).login
    if other == player:
        raise OwnAccount.of(f"{other} is one's own account: name another player", login=other)
    return other


def _lock_and_require_other(session: Session, player: str, login: str) -> str:
    require(session, player, lock=True)  # so that two at once do not both add the last one
    return _require_other(session, player, login)
