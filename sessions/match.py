"""The latest state of one session; what is played and how it ends. Pure: no I/O, no clock.

What else may happen to a match is decided by `commands`, `draws`, `flags`, `absences` and
`deadlines`. Each function decides one thing: it either raises a refusal and changes nothing, or
changes the match and returns the events to store, in order.
"""

import random
from dataclasses import dataclass, field
from typing import Any, TypedDict

from arbiter_games import contract
from arbiter_games.speeds import speed_of
from extensions.settings import Settings
from sessions import events
from sessions.clocks import Clocks
from sessions.time_controls import time_control

ACTIVE, ENDED = "active", "ended"

RESIGNATION, AGREEMENT, TIMEOUT = "resignation", "agreement", "timeout"
ABANDONMENT, ABORTED = "abandonment", "aborted"


class Score(TypedDict):
    """How a session ended: who won, why, and the points by player; none if it does not count."""

    winner: str | None
    reason: str
    by_player: dict[str, float]


@dataclass(frozen=True)
class SessionEvent:
    """Something that has happened in a session, stored under its version."""

    version: int
    at: float
    type: str
    data: dict[str, Any]


@dataclass
class Match:
    """A session under way or ended.

    Players are known by their logins. `last_move_version` has the version of each player's last
    move. `join_deadlines` and `first_move_deadlines` say until when a player must have joined, or
    have made a first move; `grace_deadlines`, when the grace ends of a player without a connection.
    `draw_offers` has the version at which each player offered a draw or agreed to it, the one who
    offered it first. `rematch_requests` are the players who have asked to play again.
    """

    session_id: str
    game: contract.Game
    settings: Settings
    options: dict[str, Any]
    players: list[str]
    private: bool
    state: Any
    created_at: float
    version: int = 0
    status: str = ACTIVE
    last_move_version: dict[str, int] = field(default_factory=dict)
    join_deadlines: dict[str, float] = field(default_factory=dict)
    first_move_deadlines: dict[str, float] = field(default_factory=dict)
    grace_deadlines: dict[str, float] = field(default_factory=dict)
    draw_offers: dict[str, int] = field(default_factory=dict)
    clocks: Clocks | None = None
    result: Score | None = None
    rematch_requests: list[str] = field(default_factory=list)
    rematch_session_id: str | None = None
    ended_at: float | None = None
    _to_move: list[str] | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def start(
        cls, session_id: str, game: contract.Game, settings: Settings,
        options: dict[str, Any], players: list[str], private: bool, state: Any, now: float,
    ) -> "Match":
        """Return a new session, under way from now on."""
        match = cls(session_id, game, settings, options, players, private, state, now)
        clock = options.get("clock")
        if clock:
            match.clocks = Clocks.full(players, time_control(clock), now)
            if match.has_days:
                match.clocks = match.clocks.start(now, match.to_move)
            else:
                match._await_first_moves(now)
        else:
            match.join_deadlines = dict.fromkeys(players, now + settings.first_move_deadline)
        return match

    @property
    def to_move(self) -> list[str]:
        """The logins of the players who may move now."""
        if self.status == ENDED:
            return []
        if self._to_move is None:
            self._to_move = [self.players[seat] for seat in self.game.to_move(self.state)]
        return self._to_move

    @property
    def speed(self) -> str:
        """How fast the session is played, by its clock."""
        return speed_of(self.options.get("clock"))

    @property
    def has_days(self) -> bool:
        """Whether players have days for each move: nobody is watched then, time alone decides."""
        return "days" in (self.options.get("clock") or ())

    @property
    def draw_offered_by(self) -> str | None:
        """The player who offered the draw that stands."""
        return next(iter(self.draw_offers), None)

    @property
    def position_version(self) -> int:
        """The version since which the position has been the present one: that of the last move."""
        return max(self.last_move_version.values(), default=0)

    def seat(self, login: str | None) -> int | None:
        """Return the seat of a player; None for a spectator."""
        return self.players.index(login) if login in self.players else None

    def needs_claim(self, login: str) -> bool:
        """Return whether the session goes on without the player until an opponent claims it."""
        return self.settings.leaving == "claim" and login in self.last_move_version

    def move(
        self, login: str, move: Any, now: float, clocks: Clocks | None = None
    ) -> list[SessionEvent]:
        """Make the player's move by the rules of the game, and end the session if it ends the game.

        `clocks` are the clocks to take the player's time from, instead of the match's. Raises the
        contract's IllegalMove.
        """
        state = self.game.apply(self.state, self.players.index(login), move)
        outcome = self.game.outcome(state)
        self.state, self._to_move = state, [] if outcome else None
        self.join_deadlines.pop(login, None)
        self.first_move_deadlines.pop(login, None)
        if self.draw_offers.keys() - {login}:
            self.draw_offers = {}
        self.last_move_version[login] = self.version + 1
        if self.clocks:
            self._move_clocks(clocks or self.clocks, login, now)
        changed = self.next_event(
            events.STATE_CHANGED, now,
            command={"login": login, "type": "move", "move": move},
            state=self.game.for_history(state),
            to_move=self.to_move,
            clocks=self.clocks.remaining(now) if self.clocks else None,
            draw_offered_by=self.draw_offered_by,
        )
        if self.clocks and (details := self.clocks.details(now)):
            changed.data["clock_details"] = details
        return [changed, self._end_by_rules(outcome, now)] if outcome else [changed]

    def end(
        self, now: float, reason: str, winner: str | None = None, loser: str | None = None,
        drawn: bool = False,
    ) -> SessionEvent:
        """End the session: won, lost or drawn; with none of these, the game does not count."""
        by_player = _scores(self.players, winner, loser, drawn)
        winners = [login for login, score in by_player.items() if score == 1]
        self.result = {
            "winner": winners[0] if winners else None, "reason": reason, "by_player": by_player
        }
        if self.clocks:
            self.clocks = self.clocks.stop(now)
        self.status, self.ended_at, self.draw_offers = ENDED, now, {}
        self.join_deadlines, self.first_move_deadlines, self.grace_deadlines = {}, {}, {}
        return self.next_event(events.ENDED, now, result=self.result)

    def next_event(self, event_type: str, now: float, **data: Any) -> SessionEvent:
        """Return the next event of the session."""
        self.version += 1
        return SessionEvent(self.version, now, event_type, data)

    def _move_clocks(self, clocks: Clocks, login: str, now: float) -> None:
        runs = self.has_days
        if not runs:
            self._await_first_moves(now)
            runs = all(player in self.last_move_version for player in self.players)
        self.clocks = clocks.after_move(login, now, self.to_move if runs else ())

    def _await_first_moves(self, now: float) -> None:
        self.first_move_deadlines = {
            login: self.first_move_deadlines.get(login, now + self.settings.first_move_deadline)
            for login in self.to_move if login not in self.last_move_version
        }

    def _end_by_rules(self, outcome: contract.Outcome, now: float) -> SessionEvent:
        if outcome.winner is None:
            return self.end(now, outcome.reason, drawn=True)
        return self.end(now, outcome.reason, winner=self.players[outcome.winner])


def initial_state(game: contract.Game, players: int, options: dict[str, Any], seed: str) -> Any:
    """Return the state of a game before its first move; all its chance comes from the seed."""
    return game.setup(players, options, random.Random(seed))


def _scores(
    players: list[str], winner: str | None, loser: str | None, drawn: bool
) -> dict[str, float]:
    """Return the points by player; none where the game does not count."""
    if drawn:
        return dict.fromkeys(players, 0.5)
    if winner is None and loser is None:
        return {}
    if winner is not None:
        return {login: 1 if login == winner else 0 for login in players}
    others = 1 if len(players) == 2 else 0.5
    return {login: 0 if login == loser else others for login in players}
