"""Sessions that go on from a position of one that has ended: the option `from` names it.

The position is replayed, and stored with the new session, which needs the other one no more.
"""

from typing import TypedDict

from arbiter_games.contract import Move, State
from sessions import exceptions, options, replays
from sessions.game_registry import GameRegistry
from sessions.match import ENDED, Match
from sessions.missing_rules import unavailable
from sessions.schemas import Options
from sessions.standing_moves import MadeMove
from sessions.storage import SessionStore

# Whoever replays a session is told of all moves before it.
MAX_MOVES_BEFORE = 2000


class Start(TypedDict):
    """What a continued session begins with: a whole state, and how the game came to it.

    `setup` is the first state of the game, and `moves` are the (seat, move) since.
    """

    state: State
    setup: State
    moves: list[tuple[int, Move]]


def require_possible(
    store: SessionStore, registry: GameRegistry, game: str, complete: Options, seats: int
) -> None:
    """Raise InvalidOptions unless a session may go on from where the options say."""
    if "from" not in complete:
        return
    try:
        source, moves, before = _read(store, complete)
    except exceptions.SessionNotFound as error:
        raise _refusal("from.session_id", str(error)) from None
    problem = _problem(source, registry, game, seats)
    if problem:
        raise _refusal("from.session_id", problem)
    version = complete["from"]["version"]
    if version > source.version:
        raise _refusal("from.version", "The session has no such version")
    if version >= min(source.left.values(), default=source.version + 1):
        raise _refusal("from.version", "A player has left before this position")
    if version >= source.position_version and source.game.outcome(source.state):
        raise _refusal("from.version", "The game is over in this position")
    if len(moves) + (len(before["moves"]) if before else 0) > MAX_MOVES_BEFORE:
        raise _refusal("from.version", f"There are more than {MAX_MOVES_BEFORE} moves before it")


def start(store: SessionStore, registry: GameRegistry, complete: Options) -> Start | None:
    """Return what a session with these options begins with, if it goes on from another one.

    Raises SessionNotFound, or one of GAME_ERRORS: its rules may have changed since it was asked
    for.
    """
    if "from" not in complete:
        return None
    source, moves, before = _read(store, complete)
    if not is_by_present_rules(source, registry):
        raise unavailable(source.game.name, source.at(0).game.version)
    first = replays.first_state(source, before)
    made = [(source.players.index(each.login), each.move) for each in moves]
    return {
        "state": replays.replayed(source, first, moves),
        "setup": before["setup"] if before else first,
        "moves": [*(before["moves"] if before else []), *made],
    }


def is_by_present_rules(source: Match, registry: GameRegistry) -> bool:
    """Return whether a session was played by the rules by which new ones begin, and no others."""
    return not source.former and source.game.version == registry.require(source.game.name).version


def _read(store: SessionStore, complete: Options) -> tuple[Match, list[MadeMove], State]:
    position = complete["from"]
    with store.transaction() as transaction:
        source = transaction.sessions.require(position["session_id"])
        moves = transaction.events.moves(source, position["version"])
        return source, moves, transaction.events.start(source)


def _problem(source: Match, registry: GameRegistry, game: str, seats: int) -> str | None:
    if source.game.name != game:
        return f"The session is one of {source.game.name}"
    if source.status != ENDED:
        return "The session is still being played"
    if len(source.players) != seats:
        return f"The session has {len(source.players)} players"
    if not is_by_present_rules(source, registry):
        return "The session was played by other rules"
    return None


def _refusal(path: str, message: str) -> exceptions.InvalidOptions:
    return options.invalid([{"path": f"options.{path}", "message": message}])
