"""Replays a stored session by the installed rules, and says whether it comes out the same. No I/O.

A record is a row of `sessions` with its `events`, as in the archive.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from arbiter_games import contract
from arbiter_games.testing.json_values import difference
from sessions import events
from sessions.game_registry import GameRegistry
from sessions.match import ACTIVE, initial_state
from sessions.standing_moves import CONTINUED

SAME, DIFFERS, UNREADABLE, WITHOUT_RULES = "same", "differs", "unreadable", "without rules"

Record = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What has come of a session: `what` says where it differs first, or what is wrong with it."""

    session_id: str
    game: str
    version: int
    status: str
    kind: str
    what: str = ""


class _Difference(Exception):
    """Where a replay differs from what is stored."""


class _Position(NamedTuple):
    """The rules that a replay has come to, and the state."""

    game: contract.Game
    state: contract.State


def check(record: Record, registry: GameRegistry) -> Verdict:
    """Replay a record; whatever it or its game raises is in the verdict."""
    try:
        kind, what = _check(record, registry)
    except _Difference as found:
        kind, what = DIFFERS, str(found)
    except Exception as error:
        kind, what = UNREADABLE, f"{type(error).__name__}: {error}"
    return Verdict(
        str(record.get("session_id")), str(record.get("game")), record.get("game_version") or 1,
        str(record.get("status")), kind, what[:300],
    )


def _check(record: Record, registry: GameRegistry) -> tuple[str, str]:
    versions = Versions(record)
    rules = registry.installed(record["game"], versions.first)
    if rules is None and registry.upgrades(record["game"], versions.first):
        rules = registry.games[record["game"]]
    if rules is None:
        return WITHOUT_RULES, f"version {versions.first} is not installed"
    setup = initial_state(rules, len(record["players"]), record["options"], record["seed"])
    position = _Position(rules, setup)
    before: list[_Position] = []  # each move that stands
    for event in record["events"]:
        if event["type"] == events.STATE_CHANGED:
            before.append(position)
        elif event["type"] == events.TAKEBACK_ACCEPTED:
            first = len(before) - len(event["data"]["taken_back"])
            position, before = before[first], before[:first]
            _require_stored(position, event, versions)
        position = _after(position, event, record, registry, versions)
    if record["status"] == ACTIVE:
        _require_same(position, record["state"], versions.last, "the position")
        if outcome := position.game.outcome(position.state):
            raise _Difference(f"the game has ended by {outcome.reason}")
    return SAME, ""


class Versions:
    """By which versions of the rules a session was played."""

    def __init__(self, record: Record) -> None:
        self.last: int = record.get("game_version") or 1
        self._former = (record.get("progress") or {}).get("former_rules", ())
        self.first = self.at(0)

    def at(self, version: int) -> int:
        """Return the version of the rules at a version of the session."""
        return next((rules for last, rules in self._former if version <= last), self.last)


def _after(
    position: _Position, event: Record, record: Record, registry: GameRegistry, versions: Versions
) -> _Position:
    game, state = position
    version, data = event["version"], event["data"]
    if event["type"] == events.STATE_CHANGED:
        position = _Position(game, _moved(position, record, version, data["command"]))
        _require_stored(position, event, versions)
    elif event["type"] == events.RULES_CHANGED and game.version != data["game_version"]:
        later = registry.installed(record["game"], data["game_version"])
        later = later or registry.games[record["game"]]
        if later.version > game.version:
            return _Position(later, later.upgrade(state, game.version))
    elif event["type"] == CONTINUED:
        start, of = data["state"], versions.first
        position = _Position(game, start if of == game.version else game.upgrade(start, of))
    elif event["type"] == events.PLAYER_LEFT:
        left = game.leave(state, record["players"].index(data["login"]))
        if left is contract.Leaving.END:
            raise _Difference(f"version {version}: the game ends when a player leaves")
        if left is not contract.Leaving.BY_LOT:
            position = _Position(game, left)
        _require_stored(position, event, versions)
    elif event["type"] == events.ENDED:
        _require_end(position, data["result"])
    return position


def _moved(position: _Position, record: Record, version: int, command: Record) -> contract.State:
    game, state = position
    seat = record["players"].index(command["login"])
    if outcome := game.outcome(state):
        raise _Difference(f"version {version}: the game has ended by {outcome.reason} before")
    try:
        chance = contract.chance_of(record["seed"], version)
        return contract.make_move(game, state, seat, command["move"], chance)
    except contract.IllegalMove as refusal:
        raise _Difference(f"version {version}: the move is refused: {refusal}") from None


def _require_stored(position: _Position, event: Record, versions: Versions) -> None:
    game, version = position.game, event["version"]
    after = _Position(game, game.for_history(position.state))
    _require_same(after, event["data"]["state"], versions.at(version), f"version {version}")


def _require_same(position: _Position, stored: Any, version: int, where: str) -> None:
    game, state = position
    if version != game.version:
        stored, state = game.view(game.upgrade(stored, version), None), game.view(state, None)
    if state != stored and (replayed := json.loads(json.dumps(state))) != stored:
        raise _Difference(f"{where}: stored and replayed differ at {difference(stored, replayed)}")


def _require_end(position: _Position, result: Record) -> None:
    outcome, reason = position.game.outcome(position.state), result["reason"]
    by_rules = None if outcome is None else outcome.reason
    claims = () if outcome else _claims(position)
    if by_rules != reason and not (
        outcome is None and (reason in contract.SERVER_REASONS or reason in claims)
    ):
        raise _Difference(f"the end: stored is {reason}, and the rules say {by_rules}")


def _claims(position: _Position) -> Iterator[str]:
    for seat in position.game.to_move(position.state):
        yield from position.game.claims(position.state, seat)
