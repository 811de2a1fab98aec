"""A game as a run without faults records it, for tests to change."""

import copy
import random

from arbiter_games.dobutsu import Dobutsu
from tools.chaos.records import EventStream, GameRecord, SentCommand

RULES = Dobutsu()
PLAYERS = ["ada", "ben"]
OPTIONS = {"clock": {"initial": 60, "increment": 2}, "rated": True}
MOVES = ["b2b3", "a4a3", "b3b4+"]  # the last one captures the lion


def played() -> GameRecord:
    """Return a game in which the first player captures the lion, and both saw all of it."""
    history = [event(number, "session.player_connected", login=login)
               for number, login in enumerate(PLAYERS, start=1)]
    first = snapshot(2, RULES.setup(2, OPTIONS, random.Random(0)))
    state, sent = RULES.setup(2, OPTIONS, random.Random(0)), []
    for seat, move in zip((0, 1, 0), MOVES, strict=True):
        state = RULES.apply(state, seat, move)
        version, login = len(history) + 1, PLAYERS[seat]
        command = {"type": "move", "move": move}
        history.append(event(
            version, "session.state_changed", command={"login": login, **command},
            state=RULES.view(state, None),
        ))
        sent.append(SentCommand(
            "s1", login, f"c{version}", command, 0.5, version - 0.1, float(version), [version]
        ))
    result = {"winner": "ada", "reason": "lion_caught", "by_player": {"ada": 1, "ben": 0}}
    history.append(event(len(history) + 1, "session.ended", result=result))
    last = {**snapshot(len(history), state), "status": "ended", "result": {**result}}
    streams = [
        EventStream("s1", login, None, {**first}, [], [notification(each) for each in history[2:]])
        for login in PLAYERS
    ]
    return GameRecord(last, history, sent, streams)


def snapshot(version: int, state) -> dict:
    return {
        "session_id": "s1", "version": version, "players": PLAYERS, "options": OPTIONS,
        "status": "active", "result": None, "state": RULES.view(state, None),
    }


def event(version: int, event_type: str, **params) -> dict:
    return {"version": version, "type": event_type, "at": f"T{version}", **params}


def notification(event: dict) -> tuple[str, dict]:
    """Return the event as a connection receives it."""
    params = {key: value for key, value in event.items() if key != "type"}
    return event["type"], {**copy.deepcopy(params), "session_id": "s1", "legal": []}


def command(command_type: str, login: str, versions: list[int]) -> SentCommand:
    return SentCommand("s1", login, command_type, {"type": command_type}, 0.0, 9.0, 9.5, versions)
