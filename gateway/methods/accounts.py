"""Players' profiles, the course of their ratings, and who is best."""

from contextlib import suppress

from accounts.exceptions import AccountNotFound
from auth.exceptions import InvalidCredentials
from gateway.protocol import params, results
from gateway.protocol.errors import Unavailable
from gateway.protocol.registry import Access, Call, method
from searcher.exceptions import SearchNotStarted
from sessions.exceptions import GameNotFound


@method("accounts.get", Access.PLAYER, params.OptionalLogin, results.Account, (AccountNotFound,))
def get(call: Call, given: params.OptionalLogin):
    """A player's profile and ratings; one's own where no login is given."""
    login = call.login if given.login is None else given.login
    return call.services.accounts.get(login, call.gateway.games.names())


@method("accounts.update", Access.PLAYER, params.ProfileChanges, results.Account, (AccountNotFound,))
def update(call: Call, given: params.ProfileChanges):
    """Change one's own profile; what is left out stays."""
    changes = given.model_dump(exclude_none=True)
    return call.services.accounts.update(call.login, changes, call.gateway.games.names())


@method("accounts.delete", Access.PLAYER, params.Password, results.Empty, (InvalidCredentials,))
def delete(call: Call, given: params.Password):
    """Leave for good: games are resigned, rooms left, the profile is gone, the name stays taken.

    Each step can be repeated, and the password is good until the last one: what fails half-way is
    finished by asking again.
    """
    services, login = call.services, call.login
    with call.limits.password_check(login, call.address):
        services.auth.verify_password(login, given.password)
    try:
        services.searcher.stop(login)
    except SearchNotStarted:
        pass
    services.private_rooms.leave_all(login)
    services.rooms.leave_all(login)
    services.sessions.resign_all(login)
    services.accounts.delete(login)
    services.auth.unregister(login, given.password)
    # Whoever has logged in meanwhile has made the account again. All else is done, and cannot be
    # asked for once more.
    with suppress(Unavailable):
        services.accounts.delete(login)
    return {}


@method(
    "accounts.leaderboard", Access.ANYONE, params.LeaderboardPage, results.Leaderboard,
    (GameNotFound,),
)
def leaderboard(call: Call, given: params.LeaderboardPage):
    """Who has played a rated game, best first; `provisional` while the deviation is over 110."""
    call.gateway.games.require(given.game)
    return call.services.accounts.leaderboard(given.game, given.limit, given.after)


@method(
    "accounts.rating_history", Access.PLAYER, params.RatingHistoryPage, results.RatingHistory,
    (GameNotFound, AccountNotFound),
)
def rating_history(call: Call, given: params.RatingHistoryPage):
    """What a player's rating at a game was after each of the last 1,000 rated games, newest first.

    One's own where no login is given. `at` is when the session ended, and `session_id` is null in
    the history of others.
    """
    call.gateway.games.require(given.game)
    login = call.login if given.login is None else given.login
    return call.services.accounts.rating_history(
        call.login, login, given.game, given.limit, given.after
    )
