"""Sessions: watching and playing."""

from contextlib import nullcontext

import sessions.events
from extensions import request_id
from extensions.errors import RateLimited
from extensions.observability import tracing
from gateway.protocol import params, results
from gateway.protocol.registry import Access, Call, method
from sessions.exceptions import (
    CannotAbort,
    CannotClaim,
    CannotRematch,
    GameNotFound,
    IllegalMove,
    InvalidCommand,
    NoDrawOffered,
    NotAMember,
    NotAPlayer,
    NotYourTurn,
    SessionActive,
    SessionEnded,
    SessionNotFound,
    StaleVersion,
)

ABOUT_DRAWS = ("offer_draw", "decline_draw")  # commands that a game takes any number of


@method(
    "sessions.connect", Access.ANYONE, params.SessionSince, results.Connected,
    (SessionNotFound, RateLimited), socket_only=True,
)
def connect(call: Call, given: params.SessionSince):
    """Connect to a session, as a player or a spectator: the snapshot, and then every event.

    With `since`, the events after that version are answered as well. A connection follows 1,000
    sessions at most: for the next one it leaves one that has ended, and is else `RateLimited`.
    """
    if not sessions.events.is_id(given.session_id):
        raise SessionNotFound.of(
            f"There is no session {given.session_id}", session_id=given.session_id
        )
    since = None if given.since is None else min(given.since, params.MAX_VERSION)
    with call.limits.session_connect(call.login or call.connection.id, given.session_id):
        answer, begin = call.connection.follow(given.session_id, since)
    call.after_answer.append(begin)
    return answer


@method(
    "sessions.disconnect", Access.ANYONE, params.SessionId, results.Empty,
    (SessionNotFound, NotAMember), socket_only=True,
)
def disconnect(call: Call, given: params.SessionId):
    """Leave a session with this connection, as closing the socket does."""
    call.connection.unfollow(given.session_id)
    return {}


@method(
    "sessions.execute", Access.PLAYER, params.Command, results.Executed,
    (
        SessionNotFound, NotAPlayer, SessionEnded, InvalidCommand, StaleVersion, NotYourTurn,
        IllegalMove, NoDrawOffered, CannotAbort, CannotClaim,
    ),
)
def execute(call: Call, given: params.Command):
    """Make a move, or give another command: what is answered is applied and durable."""
    with _limited(call, given), tracing.call("sessions", "execute"):
        return call.gateway.commands.execute(
            {
                "session_id": given.session_id, "login": call.login, "command": given.command,
                "command_id": given.command_id, "version": given.version,
                "arrived": call.arrived, "round_trip": call.round_trip,
                "call_id": request_id.current(), "traceparent": tracing.traceparent(),
            }
        )


def _limited(call: Call, given: params.Command):
    if given.command.get("type") not in ABOUT_DRAWS or not sessions.events.is_id(given.session_id):
        return nullcontext()
    return call.limits.draw_command(call.login, given.session_id)


@method("sessions.get", Access.ANYONE, params.SessionId, results.Session, (SessionNotFound,))
def get(call: Call, given: params.SessionId):
    """A session, as this viewer may see it."""
    return call.services.sessions.get(given.session_id, call.login)


@method("sessions.history", Access.ANYONE, params.SessionSince, results.History, (SessionNotFound,))
def history(call: Call, given: params.SessionSince):
    """What has happened in a session, from the beginning or after a version."""
    since = min(given.since or 0, params.MAX_VERSION)
    return call.services.sessions.history(given.session_id, call.login, since)


@method(
    "sessions.initial_state", Access.ANYONE, params.SessionId, results.InitialState,
    (SessionNotFound,),
)
def initial_state(call: Call, given: params.SessionId):
    """The game's `state` before the first move, as the caller may see it."""
    return call.services.sessions.initial_state(given.session_id, call.login)


@method("sessions.list", Access.ANYONE, params.SessionPage, results.SessionPage, (GameNotFound,))
def list_sessions(call: Call, given: params.SessionPage):
    """Sessions, newest first; those of private rooms only to their players."""
    return call.services.sessions.list(
        call.login, given.login, given.game, given.status, given.limit, given.after
    )


@method(
    "sessions.rematch", Access.PLAYER, params.SessionId,
    results.RematchAsked | results.RematchCreated,
    (SessionNotFound, NotAPlayer, SessionActive, CannotRematch),
)
def rematch(call: Call, given: params.SessionId):
    """Ask to play again, the other one moving first; it begins once both have asked."""
    return call.services.sessions.rematch(given.session_id, call.login)


@method(
    "sessions.export", Access.ANYONE, params.SessionId, results.Export,
    (SessionNotFound, SessionActive),
)
def export(call: Call, given: params.SessionId):
    """A session that has ended, in the usual form for its game."""
    return call.services.sessions.export(given.session_id)
