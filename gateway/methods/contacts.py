"""Whom a player follows, has blocked and has played, and who is online."""

from accounts.exceptions import AccountNotFound, OwnAccount, TooManyBlocked, TooManyFollowed
from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.registry import Access, method

RECENT_SESSIONS = 50


@method("accounts.relation", Access.PLAYER, AccountNotFound, OwnAccount)
def relation(call: HandlerCall, given: params.OtherLogin) -> results.Relation:
    """Get what another player is to oneself: online, followed, blocked."""
    return call.services.accounts.relation(call.player, given.login)


@method("accounts.follow", Access.PLAYER, AccountNotFound, OwnAccount, TooManyFollowed)
def follow(call: HandlerCall, given: params.OtherLogin) -> results.Empty:
    """Follow another player, who is not told."""
    with call.limits.contact(call.address):
        call.services.accounts.follow(call.player, given.login)
    return {}


@method("accounts.unfollow", Access.PLAYER, AccountNotFound, OwnAccount)
def unfollow(call: HandlerCall, given: params.OtherLogin) -> results.Empty:
    """Follow another player no more."""
    call.services.accounts.unfollow(call.player, given.login)
    return {}


@method("accounts.block", Access.PLAYER, AccountNotFound, OwnAccount, TooManyBlocked)
def block(call: HandlerCall, given: params.OtherLogin) -> results.Empty:
    """Block another player, who is not told, and is followed no more.

    One sees none of that player's challenges, none of the two sees when the other is online, and
    no search that begins from then on brings them together.
    """
    with call.limits.contact(call.address):
        blocked = call.services.accounts.block(call.player, given.login)
    call.services.rooms.hide_challenges(blocked, call.player)
    return {}


@method("accounts.unblock", Access.PLAYER, AccountNotFound, OwnAccount)
def unblock(call: HandlerCall, given: params.OtherLogin) -> results.Empty:
    """Block another player no more."""
    call.services.accounts.unblock(call.player, given.login)
    return {}


@method("accounts.following", Access.PLAYER)
def following(call: HandlerCall, given: params.Page) -> results.ContactPage:
    """List whom one follows, by login."""
    return call.services.accounts.following(call.player, given.limit, given.after)


@method("accounts.blocked", Access.PLAYER)
def blocked(call: HandlerCall, given: params.Page) -> results.ContactPage:
    """List whom one has blocked, by login."""
    return call.services.accounts.blocked(call.player, given.limit, given.after)


@method("accounts.online", Access.PLAYER)
def online(call: HandlerCall, given: params.OnlinePage) -> results.ContactPage:
    """List other players who are online, by login; of one kind, if it is given.

    A page may have fewer than `limit`, even none, and another one follow it.
    """
    return call.services.accounts.online(call.player, given.kind, given.limit, given.after)


@method("accounts.recent", Access.PLAYER)
def recent(call: HandlerCall, given: params.NoParams) -> results.Contacts:
    """List with whom one has played of late, the latest first: in one's last 50 sessions."""
    page = call.services.sessions.list(call.player, call.player, None, None, RECENT_SESSIONS, None)
    logins = [
        login for session in page["items"] for login in session["players"] if login != call.player
    ]
    return {"items": call.services.accounts.contacts(call.player, list(dict.fromkeys(logins)))}
