"""The messages of the session service: what it announces, to whom, under which routing key."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage
from sessions import events, views
from sessions.match import Match, SessionEvent
from sessions.schemas import StartedSession
from sessions.views import ConnectionCounts


def created(match: Match, login: str, counts: ConnectionCounts, now: float) -> OutboxMessage:
    """Return the message that tells a player of a new session; its id is always the same."""
    params = {
        "at": timestamp(match.created_at), "session_id": match.session_id,
        "session": views.snapshot(match, login, counts, now),
    }
    key = f"session.{match.session_id}.created"
    message_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{key} {login}").hex
    return OutboxMessage(key, events.CREATED, params, players=(login,), id=message_id)


def created_for_all(match: Match, now: float) -> list[OutboxMessage]:
    """Return the messages that tell the players of a session that has just been created."""
    return [created(match, login, Counter(), now) for login in match.players]


def started(
    match: Match, key: str, logins: Collection[str], counts: ConnectionCounts, now: float
) -> StartedSession:
    """Return a started session, with the messages for those of its players who are named."""
    bodies = {
        login: created(match, login, counts, now).body
        for login in match.players if login in logins
    }
    return {
        "session_id": match.session_id, "key": key, "started_at": match.created_at,
        "created_events": bodies,
    }


def of_events(match: Match, happened: Iterable[SessionEvent]) -> list[OutboxMessage]:
    """Return the messages for what has happened: to each viewer what they may see of it."""
    return [message for event in happened for message in _of_event(match, event)]


def spectators_changed(match: Match, spectators: int, now: float) -> OutboxMessage:
    """Return the message that tells everybody in a session how many spectators there are."""
    params = {"at": timestamp(now), "session_id": match.session_id, "spectators": spectators}
    return OutboxMessage(events.everybody(match.session_id), events.SPECTATORS_CHANGED, params)


def rematch_asked(match: Match, login: str | None, now: float) -> OutboxMessage:
    """Return the message that a player asks to play again; without a login, that nobody does."""
    params = {"at": timestamp(now), "session_id": match.session_id, "login": login}
    key = f"session.{match.session_id}.rematch"
    return OutboxMessage(key, events.REMATCH_ASKED, params, players=tuple(match.players))


def _of_event(match: Match, event: SessionEvent) -> list[OutboxMessage]:
    common = {
        "at": timestamp(event.at), "session_id": match.session_id, "version": event.version
    }
    everybody = events.everybody(match.session_id)
    if event.type == events.ENDED:
        ended = OutboxMessage(everybody, event.type, {**common, **event.data})
        return [ended, _result(match, event)]
    if "state" not in event.data:
        params = views.event_params(match, event, None)
        return [OutboxMessage(everybody, event.type, {**common, **params})]
    if not match.game.secrets:
        return [_to_everybody(match, event, common)]
    return _to_each_viewer(match, event, common)


def _to_everybody(match: Match, event: SessionEvent, common: dict[str, Any]) -> OutboxMessage:
    # Viewers see the same but for the moves open to them, which the gateway picks out.
    params = {**common, **views.event_params(match, event, None)}
    del params["legal"]
    state, to_move = event.data["state"], event.data["to_move"]
    legal = {login: views.legal_moves(match, state, to_move, login) for login in to_move}
    return OutboxMessage(
        events.everybody(match.session_id), event.type, params, internal={"legal": legal}
    )


def _to_each_viewer(
    match: Match, event: SessionEvent, common: dict[str, Any]
) -> list[OutboxMessage]:
    def message(viewer: str | None, key: str, **recipients: Any) -> OutboxMessage:
        params = {**common, **views.event_params(match, event, viewer, sealed=True)}
        return OutboxMessage(key, event.type, params, **recipients)

    session_id = match.session_id
    everybody = events.everybody(session_id)
    return [
        *(
            message(login, events.one_player(session_id, login), players=(login,))
            for login in match.players
        ),
        # Players hear it too, as who connects may turn out either: their gateways drop it.
        message(None, events.spectators(session_id), further_keys=(everybody,)),
    ]


def _result(match: Match, event: SessionEvent) -> OutboxMessage:
    """Return the message of an ended session for the services that count results."""
    body = {
        "session_id": match.session_id, "game": match.game.name, "options": match.options,
        "players": match.players, "result": match.result, "ended_at": event.at,
    }
    return OutboxMessage(
        f"session.{match.session_id}", events.RESULT, body, exchange=events.RESULTS_EXCHANGE
    )
