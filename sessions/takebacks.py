"""Takebacks: moves are taken back if all agree. Pure decisions on a match.

An offer is to take back the last move of the player who makes it, and all moves after that one. The
clocks then read as they did right after that move, so that its player alone pays for it, as on
Lichess: https://github.com/lichess-org/lila, modules/game/src/main/Rewind.scala.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from arbiter_games.contract import Game, State
from sessions import events, exceptions
from sessions.departures import staying
from sessions.draws import MAX_EVENTS_BETWEEN_MOVES
from sessions.match import Match, SessionEvent
from sessions.schemas import Options
from sessions.standing_moves import MadeMove

# Moves that are made and taken back by turns would let a session grow without end.
MAX_VERSION = 10_000


@dataclass(frozen=True)
class Earlier:
    """The position before a player's last move, which is replayed: no state is stored twice.

    `moves` are those that stand in it, and `taken_back` those after it. `version` is the one of the
    position that it is earlier than.
    """

    version: int
    state: State
    moves: Sequence[MadeMove]
    taken_back: Sequence[MadeMove]


class EarlierNeeded(Exception):
    """A takeback is agreed on, and can be decided once the match has its `earlier` position."""

    def __init__(self, session_id: str, login: str, version: int) -> None:
        super().__init__(session_id, login, version)
        self.session_id, self.login, self.version = session_id, login, version


def are_allowed(match: Match) -> bool:
    """Return whether moves may be taken back: never in a rated session, or to former rules.

    Nor once a player has left, who would be in again.
    """
    game = match.game
    if match.options.get("rated") or match.former or match.left:
        return False
    if game.takebacks is not None:
        return game.takebacks
    if game.secrets or game.chance:
        return False
    return not _is_drawn(game, len(match.players), match.options)


def offer(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Offer to take back one's own last move; twice changes nothing."""
    if not are_allowed(match):
        raise exceptions.CannotTakeBack("No moves may be taken back in this session")
    if match.takeback_offered_by == login:
        return []
    if match.takeback_offers:
        raise exceptions.InvalidCommand("An opponent has offered to take back a move: answer that")
    if login not in match.last_move_version:
        raise exceptions.CannotTakeBack(f"{login} has no move to take back")
    if match.version >= MAX_VERSION:
        raise exceptions.CannotTakeBack("The session is too long for moves to be taken back")
    if match.version - match.position_version >= MAX_EVENTS_BETWEEN_MOVES:
        raise exceptions.InvalidCommand("No more can be offered before the next move")
    return [_add_offer(match, login, now)]


def accept(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Agree, which takes the moves back once all have; raises EarlierNeeded before that."""
    _require_offer(match, login)
    if login in match.takeback_offers:
        return []
    if not match.takeback_offers.keys() >= {*staying(match)} - {login}:
        return [_add_offer(match, login, now)]
    earlier = match.earlier
    if earlier is None or earlier.version != match.position_version:
        offered_by = next(iter(match.takeback_offers))
        raise EarlierNeeded(match.session_id, offered_by, match.position_version)
    if len(match.players) > 2:
        _require_nobody_back(match, earlier)
    return [_take_back(match, login, earlier, now)]


def decline(match: Match, login: str, now: float) -> list[SessionEvent]:
    """Refuse what an opponent has offered, for all players."""
    _require_offer(match, login)
    match.takeback_offers = {}
    return [match.next_event(events.TAKEBACK_DECLINED, now, login=login)]


def split(moves: Sequence[MadeMove], login: str) -> int:
    """Return how many moves stand once the player's last one is taken back."""
    return max(place for place, made in enumerate(moves) if made.login == login)


def _require_nobody_back(match: Match, earlier: Earlier) -> None:
    """Raise CannotTakeBack if somebody who is out, and may have gone, would be in again."""
    for seat, login in enumerate(match.players):
        if match.is_out(login) and not match.game.is_out(earlier.state, seat):
            raise exceptions.CannotTakeBack(f"{login} is out, and would be in again")


def _take_back(match: Match, login: str, earlier: Earlier, now: float) -> SessionEvent:
    match.put(earlier.state)
    match.draw_offers, match.takeback_offers = {}, {}
    moved = {made.login for made in earlier.moves}
    if match.clocks:
        runs = match.has_days or len(moved) == len(match.players)
        left = earlier.taken_back[0].clocks or {}
        match.clocks = match.clocks.restore(left, now, match.to_move if runs else ())
        deadline = now + match.settings.first_move_deadline
        match.first_move_deadlines = {} if runs else dict.fromkeys(
            (each for each in match.to_move if each not in moved), deadline
        )
    happened = match.next_event(
        events.TAKEBACK_ACCEPTED, now, login=login,
        taken_back=[made.version for made in earlier.taken_back],
        state=match.game.for_history(match.state), to_move=match.to_move,
        clocks=match.clocks.remaining(now) if match.clocks else None,
    )
    if match.clocks and (details := match.clocks.details(now)):
        happened.data["clock_details"] = details
    match.last_move_version = dict.fromkeys(sorted(moved), happened.version)
    match.takeback_version = happened.version
    return happened


def _add_offer(match: Match, login: str, now: float) -> SessionEvent:
    offered = match.next_event(events.TAKEBACK_OFFERED, now, login=login)
    match.takeback_offers = {**match.takeback_offers, login: offered.version}
    return offered


def _require_offer(match: Match, login: str) -> None:
    if match.takeback_offered_by in (None, login):
        raise exceptions.NoTakebackOffered(f"Nobody has offered {login} to take back a move")


def _is_drawn(game: Game, players: int, options: Options) -> bool:
    """Return whether the first state is drawn by lot."""
    rng = random.Random(0)
    before = rng.getstate()
    game.setup(players, options, rng)
    return rng.getstate() != before
