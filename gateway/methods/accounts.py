"""Players' profiles, ratings and leaderboards."""

from contextlib import suppress
from typing import cast

from accounts.exceptions import AccountNotFound, CannotBecomeBot
from auth.exceptions import InvalidCredentials
from gateway.broker.service_types import AccountChanges
from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.errors import Unavailable
from gateway.protocol.registry import Access, method
from searcher.exceptions import SearchNotStarted
from sessions.exceptions import GameNotFound


@method("accounts.get", Access.PLAYER, AccountNotFound)
def get(call: HandlerCall, given: params.OptionalLogin) -> results.Account:
    """Get a player's profile and ratings; one's own if no login is given.

    Of each game, `ratings` has the rating at the speed that the player has played most, and
    `ratings_by_speed` those at all speeds that the player has played.
    """
    login = call.player if given.login is None else given.login
    return call.services.accounts.get(login, call.games.names())


@method("accounts.kinds", Access.ANYONE)
def kinds(call: HandlerCall, given: params.ManyLogins) -> results.Kinds:
    """Tell which of these players are guests or bots; the others are left out."""
    return {"kinds": call.services.accounts.kinds(given.logins)}


@method("accounts.update", Access.PLAYER, AccountNotFound)
def update(call: HandlerCall, given: params.ProfileChanges) -> results.Account:
    """Change one's own profile; what is left out stays."""
    changes = cast(AccountChanges, given.model_dump(exclude_none=True))
    return call.services.accounts.update(call.player, changes, call.games.names())


@method("accounts.become_bot", Access.PLAYER, AccountNotFound, CannotBecomeBot)
def become_bot(call: HandlerCall, given: params.NoParams) -> results.Account:
    """Mark one's own account as a bot's, which is shown to all and cannot be taken back.

    Not after a rated game that has ended, nor as a guest. A search of one's own ends.
    """
    account = call.services.accounts.become_bot(call.player, call.games.names())
    with suppress(SearchNotStarted):
        call.services.searcher.stop(call.player)
    return account


@method("accounts.delete", Access.PLAYER, InvalidCredentials)
def delete(call: HandlerCall, given: params.Password) -> results.Empty:
    """Delete one's account: games are resigned, rooms left; the login stays taken.

    Each step can be repeated, and the password remains valid until the last one: what fails
    half-way is finished by asking again.
    """
    services, login = call.services, call.player
    with call.limits.password_check(login, call.address):
        services.auth.verify_password(login, given.password)
    with suppress(SearchNotStarted):
        services.searcher.stop(login)
    services.private_rooms.leave_all(login)
    services.rooms.leave_all(login)
    services.sessions.resign_all(login)
    services.accounts.delete(login)
    services.auth.unregister(login, given.password)
    # A login in the meantime has created the account again. The player cannot repeat this call.
    with suppress(Unavailable):
        services.accounts.delete(login)
    return {}


@method("accounts.leaderboard", Access.ANYONE, GameNotFound)
def leaderboard(call: HandlerCall, given: params.LeaderboardPage) -> results.Leaderboard:
    """List players rated at a game and speed, best first. Bots are left out.

    A rating is `provisional` while its deviation is over 110.
    """
    call.games.require(given.game)
    return call.services.accounts.leaderboard(
        given.game, given.limit, given.after, speed=given.speed or "classical"
    )


@method("accounts.rating_history", Access.PLAYER, GameNotFound, AccountNotFound)
def rating_history(call: HandlerCall, given: params.RatingHistoryPage) -> results.RatingHistory:
    """List a player's rating at a game and speed after each of the last 1,000 rated games.

    The newest comes first. One's own if no login is given. `at` is when the session ended, and
    `session_id` is null in the history of others.
    """
    call.games.require(given.game)
    login = call.player if given.login is None else given.login
    return call.services.accounts.rating_history(
        call.player, login, given.game, given.limit, given.after, speed=given.speed
    )
