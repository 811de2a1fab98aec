"""The two players of the demo: they register, meet, and play a game."""

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from client import Client, JsonObject, Refused
from tools.errors import ToolError

# Unrated, so that the demo changes no ratings of a server that others play on.
OPTIONS = {"rated": False}
MAX_ATTEMPTS = 20
MAX_PAUSE_SECONDS = 1.0
PROPOSAL_TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True)
class Player:
    """A registered player, with a connection."""

    client: Client
    login: str


@dataclass(frozen=True)
class Turn:
    """A move, with the views before and after it."""

    number: int
    login: str
    move: Any
    before: JsonObject
    after: JsonObject
    over: bool


def register(client: Client, name: str) -> Player:
    """Register a new player, with a unique suffix after the name."""
    login = f"{name}-{secrets.token_hex(3)}"
    client.call("auth.register", login=login, password=secrets.token_urlsafe(16))
    return Player(client, login)


def meet_by_search(one: Player, other: Player) -> str:
    """Let both search until they find each other; return the id of their session.

    Games with other opponents are resigned. Raises ToolError after too many of them.
    """
    for _ in range(MAX_ATTEMPTS):
        one.client.call("searcher.start", options=OPTIONS)
        answer = other.client.call("searcher.start", options=OPTIONS)
        if answer.get("opponent") == one.login or _accept_each_other(one, other):
            found = one.client.wait_for("searcher.opponent_found")
            return str(found["session_id"])
        _give_up(one)
        _give_up(other)
        # At random, since a second demo may do the same at the same time.
        time.sleep(random.uniform(0, MAX_PAUSE_SECONDS))
    raise ToolError("Other players are searching on this server: try again later.")


def meet_in_private(host: Player, guest: Player, say: Callable[[str], None]) -> str:
    """Let one open a private room and the other join it; return the id of their session."""
    room = host.client.call("private_rooms.create", options=OPTIONS)
    key = room["connection_key"]
    say(f"{host.login} opens a private room: its key is {key}.")
    guest.client.call("private_rooms.join", connection_key=key)
    say(f"{guest.login} joins by that key, and the room is full.")
    filled = host.client.wait_for("private_room.filled", _about("connection_key", key, "room"))
    return str(filled["room"]["session_id"])


def play(
    players: tuple[Player, Player], session_id: str,
    on_begin: Callable[[JsonObject], None], on_turn: Callable[[Turn], None],
) -> JsonObject:
    """Play random legal moves until the session ends; return its result.

    `on_begin` is called with the session, and `on_turn` with each turn that both have seen.
    """
    seen = {player.login: _connect(player, session_id) for player in players}
    on_begin(seen[players[0].login])
    number = 0
    while to_move := seen[players[0].login]["to_move"]:
        mover = next(player for player in players if player.login == to_move[0])
        before, move = seen[mover.login]["state"], random.choice(seen[mover.login]["legal"])
        mover.client.execute(session_id, {"type": "move", "move": move})
        for player in players:
            seen[player.login] = _next(player, "session.state_changed", session_id)
        number += 1
        after = seen[mover.login]
        on_turn(Turn(number, mover.login, move, before, after["state"], not after["to_move"]))
    ends = [_next(player, "session.ended", session_id) for player in players]
    result: JsonObject = ends[0]["result"]
    return result


def _connect(player: Player, session_id: str) -> JsonObject:
    connected = player.client.call("sessions.connect", session_id=session_id)
    session: JsonObject = connected["session"]
    return session


def _next(player: Player, event: str, session_id: str) -> JsonObject:
    return player.client.wait_for(event, _about("session_id", session_id))


def _about(name: str, value: str, within: str | None = None) -> Callable[[JsonObject], bool]:
    return lambda params: bool((params[within] if within else params)[name] == value)


def _accept_each_other(one: Player, other: Player) -> bool:
    """Accept if the server has proposed the two to each other; return whether it has."""
    try:
        proposals = [
            player.client.wait_for("searcher.match_proposed", timeout=PROPOSAL_TIMEOUT_SECONDS)
            for player in (one, other)
        ]
    except TimeoutError:
        return False
    [proposal_id, others_id] = [proposal["proposal_id"] for proposal in proposals]
    if proposal_id == others_id:
        one.client.call("searcher.accept", proposal_id=proposal_id)
        other.client.call("searcher.accept", proposal_id=proposal_id)
    return bool(proposal_id == others_id)


def _give_up(player: Player) -> None:
    try:
        player.client.call("searcher.stop")
        return
    except Refused:
        found = player.client.wait_for("searcher.opponent_found")
    try:
        player.client.execute(found["session_id"], {"type": "resign"})
    except Refused:
        pass  # the opponent has resigned first
