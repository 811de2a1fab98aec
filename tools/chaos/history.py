"""What a history tells: the states it leads to, what has caused an event, what all are shown.

The history is a session's, as the server has it.
"""

import random
from typing import Any

from arbiter_games.contract import Game, State
from client import JsonObject
from tools.chaos.records import GameRecord, SentCommand

ENDED, MOVED = "session.ended", "session.state_changed"
OFFERED, DECLINED = "session.draw_offered", "session.draw_declined"
TAKEBACK_OFFERED, TAKEBACK_DECLINED = "session.takeback_offered", "session.takeback_declined"
TAKEN_BACK = "session.takeback_accepted"
COMMAND_OF_EVENT = {
    OFFERED: "offer_draw", DECLINED: "decline_draw", TAKEBACK_OFFERED: "offer_takeback",
    TAKEBACK_DECLINED: "decline_takeback", TAKEN_BACK: "accept_takeback",
}


def replay(game: GameRecord, rules: Game) -> dict[int, State]:
    """Return the state by the rules at each version. Raises ValueError for an illegal move.

    It is for games without chance.
    """
    players = game.session["players"]
    states = {0: rules.setup(len(players), game.session["options"], random.Random(0))}
    for event in game.history:
        state = states[max(states)]
        if event["type"] == MOVED:
            command = event["command"]
            state = rules.apply(state, players.index(command["login"]), command["move"])
        elif event["type"] == TAKEN_BACK:
            state = states[min(event["taken_back"]) - 1]
        states[event["version"]] = state
    return states


def has_command(event: JsonObject) -> bool:
    """Return whether a single command of a player has caused this event."""
    if event["type"] == ENDED:
        return event["result"]["reason"] in ("resignation", "agreement")
    return event["type"] == MOVED or event["type"] in COMMAND_OF_EVENT


def is_caused_by(event: JsonObject, sent: SentCommand) -> bool:
    """Return whether a command can have caused this event."""
    if event["type"] == MOVED:
        return bool(event["command"] == {"login": sent.login, **sent.command})
    if event["type"] == ENDED and sent.type == "resign":
        result = event["result"]
        return bool(result["reason"] == "resignation" and result["by_player"][sent.login] == 0)
    if event["type"] == ENDED:
        agreed = event["result"]["reason"] == "agreement"
        return bool(agreed) and sent.type in ("offer_draw", "accept_draw")
    wanted = COMMAND_OF_EVENT.get(event["type"])
    return bool(event.get("login") == sent.login) and sent.type == wanted


def public_part(name: str | None, params: JsonObject) -> tuple[Any, ...]:
    """Return what an event says to everybody, in the history and in a notification."""
    own = ("legal", "session_id", "type")
    return name, {key: value for key, value in params.items() if key not in own}


def brief(event: JsonObject | None) -> str:
    """Return a short description of an event."""
    if event is None:
        return "nothing"
    what = event.get("command") or event.get("result") or event.get("login") or ""
    return f"version {event['version']}, {event['type']} {what}".strip()
