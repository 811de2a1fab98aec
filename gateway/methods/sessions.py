"""Sessions: watching and playing."""

from collections.abc import Callable

import sessions.events
from extensions import request_id
from extensions.errors import RateLimited
from extensions.observability import request_log, tracing
from gateway.broker.service_types import CommandRequest
from gateway.methods.call import HandlerCall
from gateway.protocol import params, results
from gateway.protocol.deferred import Deferred
from gateway.protocol.registry import Access, method
from sessions.exceptions import (
    CannotAbort,
    CannotClaim,
    CannotRematch,
    CannotTakeBack,
    GameNotFound,
    IllegalMove,
    InvalidCommand,
    NoDrawOffered,
    NoTakebackOffered,
    NotAMember,
    NotAPlayer,
    NotYourTurn,
    SessionActive,
    SessionEnded,
    SessionNotFound,
    StaleVersion,
    TooManySessions,
)

# A game takes any number of them.
OFFER_COMMANDS = ("offer_draw", "decline_draw", "offer_takeback", "decline_takeback")


@method("sessions.connect", Access.ANYONE, SessionNotFound, RateLimited, socket_only=True)
def connect(call: HandlerCall, given: params.SessionSince) -> results.Connected:
    """Connect to a session, as a player or a spectator: the snapshot, and then every event.

    With `since`, the answer has the events after that version too, or the first of them if they are
    many. A connection may have 1,000
    sessions: for the next one it leaves one that has ended, and is `RateLimited` if none has.
    """
    if not sessions.events.is_id(given.session_id):
        raise SessionNotFound.of(
            f"There is no session {given.session_id}", session_id=given.session_id
        )
    since = None if given.since is None else min(given.since, params.MAX_VERSION)
    connection = call.socket
    with call.limits.session_connect(call.login or connection.id, given.session_id):
        answer, begin = connection.subscriptions.connect(given.session_id, call.login, since)
    call.after_answer.append(begin)
    return answer


@method(
    "sessions.disconnect", Access.ANYONE, SessionNotFound, NotAMember, socket_only=True
)
def disconnect(call: HandlerCall, given: params.SessionId) -> results.Empty:
    """Leave a session with this connection, as closing the socket does."""
    call.socket.subscriptions.disconnect(given.session_id, call.turn("sessions"))
    return {}


@method(
    "sessions.execute", Access.PLAYER,
    SessionNotFound, NotAPlayer, SessionEnded, InvalidCommand, StaleVersion, NotYourTurn,
    IllegalMove, NoDrawOffered, NoTakebackOffered, CannotTakeBack, CannotAbort, CannotClaim,
)
def execute(call: HandlerCall, given: params.Command) -> Deferred[results.Executed]:
    """Make a move, or give another command: what is answered is applied and durable."""
    undo = _count_offer(call, given)
    span = tracing.call("sessions", "execute")
    command: CommandRequest = {
        "session_id": given.session_id, "login": call.player, "command": given.command,
        "command_id": given.command_id, "version": given.version,
        "arrived": call.arrived, "round_trip": call.round_trip,
        "request_id": request_id.current(), "traceparent": tracing.traceparent(),
    }
    span.leave()
    deferred: Deferred[results.Executed] = Deferred()

    def answered(outcome: results.Executed | Exception) -> None:
        error = outcome if isinstance(outcome, Exception) else None
        if error and undo:
            undo()
        with request_id.scope(command["request_id"]):
            span.end(request_log.outcome(error))
        deferred.settle(outcome)

    call.commands.submit(command, answered)
    return deferred


def _count_offer(call: HandlerCall, given: params.Command) -> Callable[[], None] | None:
    is_about_offer = given.command.get("type") in OFFER_COMMANDS
    if not is_about_offer or not sessions.events.is_id(given.session_id):
        return None
    return call.limits.count_offer(call.player, given.session_id)


@method("sessions.get", Access.ANYONE, SessionNotFound)
def get(call: HandlerCall, given: params.SessionId) -> results.Session:
    """Get a session, as the caller may see it."""
    return call.services.sessions.get(given.session_id, call.login)


@method("sessions.history", Access.ANYONE, SessionNotFound)
def history(call: HandlerCall, given: params.HistoryPage) -> results.History:
    """Get a page of the events of a session, from the beginning or after a version.

    It has up to `limit` events, 1,000 where left out, and fewer where they are large: see
    [sessions](#sessions). With `notation`, a move has a `notation` beside its command: the move as
    people write it, such as `Nf3` for `g1f3`.
    """
    since = min(given.since or 0, params.MAX_VERSION)
    if given.notation:
        return call.services.sessions.history(
            given.session_id, call.login, since, given.limit, notation=True
        )
    limits = () if given.limit is None else (given.limit,)
    return call.services.sessions.history(given.session_id, call.login, since, *limits)


@method("sessions.initial_state", Access.ANYONE, SessionNotFound)
def initial_state(call: HandlerCall, given: params.SessionId) -> results.InitialState:
    """Get the game's `state` before the first move, as the caller may see it."""
    return call.services.sessions.initial_state(given.session_id, call.login)


@method("sessions.list", Access.ANYONE, GameNotFound)
def list_sessions(call: HandlerCall, given: params.SessionPage) -> results.SessionPage:
    """List sessions, newest first; those of private rooms only to their players."""
    return call.services.sessions.list(
        call.login, given.login, given.game, given.status, given.limit, given.after
    )


@method(
    "sessions.rematch", Access.PLAYER,
    SessionNotFound, NotAPlayer, SessionActive, CannotRematch, TooManySessions,
)
def rematch(
    call: HandlerCall, given: params.SessionId
) -> results.RematchAsked | results.RematchCreated:
    """Ask to play again, the next player moving first; it begins once all have asked."""
    with call.limits.game(call.player):
        return call.services.sessions.rematch(given.session_id, call.player)


@method("sessions.export", Access.ANYONE, SessionNotFound, SessionActive)
def export(call: HandlerCall, given: params.SessionId) -> results.Export:
    """Export a session that has ended, in the usual form for its game."""
    return call.services.sessions.export(given.session_id)
