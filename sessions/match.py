"""The latest state of one session; what is played and how it ends. Pure: no I/O, no clock.

What else may happen to a match is decided by `commands`, `draws`, `flags`, `attendance` and
`deadlines`. Each function decides one thing: it either raises a refusal and changes nothing, or
changes the match and returns the events to store, in order.
"""

import random
from dataclasses import dataclass, field, replace
from typing import Any

from arbiter_games import contract, results
from arbiter_games.results import Score
from arbiter_games.speeds import speed_of
from extensions.settings import Settings
from sessions import events
from sessions.clocks import Clocks
from sessions.limited_game import suspension_of
from sessions.time_controls import time_control

ACTIVE, ENDED = "active", "ended"

RESIGNATION, AGREEMENT, TIMEOUT = "resignation", "agreement", "timeout"
ABANDONMENT, ABORTED = "abandonment", "aborted"


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
    offered it first; `takeback_offers` likewise, and `takeback_version` is that of the last
    takeback. `rematch_requests` are the players who have asked to play again. All chance comes from
    the `seed`, which nobody may be shown before the end. `former` has the rules of earlier versions
    that it was played by, each with the last version under them. `earlier` is the position before
    moves that are about to be taken back, if there are any. `left` has the version at which each
    player left of a session that others play on.
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
    takeback_offers: dict[str, int] = field(default_factory=dict)
    takeback_version: int = 0
    clocks: Clocks | None = None
    result: Score | None = None
    rematch_requests: list[str] = field(default_factory=list)
    rematch_session_id: str | None = None
    ended_at: float | None = None
    seed: str = field(default="", repr=False)
    former: list[tuple[int, contract.Game]] = field(default_factory=list)
    earlier: Any = field(default=None, init=False, repr=False, compare=False)
    left: dict[str, int] = field(default_factory=dict)
    _to_move: list[str] | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def start(
        cls, session_id: str, game: contract.Game, settings: Settings,
        options: dict[str, Any], players: list[str], private: bool, state: Any, now: float,
        seed: str = "",
    ) -> "Match":
        """Return a new session, under way from now on."""
        match = cls(session_id, game, settings, options, players, private, state, now, seed=seed)
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
    def takeback_offered_by(self) -> str | None:
        """The player whose offer to take back a move stands."""
        return next(iter(self.takeback_offers), None)

    @property
    def position_version(self) -> int:
        """The version since which the position has been the present one."""
        return max(self.last_move_version.values(), default=self.takeback_version)

    def seat(self, login: str | None) -> int | None:
        """Return the seat of a player; None for a spectator."""
        return self.players.index(login) if login in self.players else None

    @property
    def all_have_moved(self) -> bool:
        """Whether each player has moved, or is out before that."""
        moved = self.last_move_version
        return all(login in moved or self.is_out(login) for login in self.players)

    def is_out(self, login: str) -> bool:
        """Return whether a player is out of a session that goes on: has left, or by the rules.

        Nothing is known of the rules while they are suspended.
        """
        if len(self.players) <= 2 or login in self.left or suspension_of(self.game):
            return login in self.left
        return self.game.is_out(self.state, self.players.index(login))

    @property
    def out(self) -> list[str]:
        """The players who are out, in the order of seats."""
        return [login for login in self.players if self.is_out(login)]

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
        seat, game = self.players.index(login), self.game
        state = game.apply(self.state, seat, move) if not game.chance else self._draw(seat, move)
        outcome = self.game.outcome(state)
        self.state, self._to_move = state, [] if outcome else None
        self.join_deadlines.pop(login, None)
        self.first_move_deadlines.pop(login, None)
        if self.draw_offers.keys() - {login}:
            self.draw_offers = {}
        self.takeback_offers = {}
        self.last_move_version[login] = self.version + 1
        if self.clocks:
            self.move_clocks(clocks or self.clocks, login, now)
        command = {"login": login, "type": "move", "move": move}
        changed = self.position_event(events.STATE_CHANGED, now, command=command)
        return [changed, self.end_by(outcome, now)] if outcome else [changed]

    def at(self, version: int) -> "Match":
        """Return the match with the rules that it was played by at a version."""
        rules = next((game for last, game in self.former if version <= last), self.game)
        return self if rules is self.game else replace(self, game=rules)

    def change_rules(self, rules: contract.Game, state: Any, now: float) -> list[SessionEvent]:
        """Go on by a later version of the rules, from a state of that version."""
        outcome = rules.outcome(state)
        self.former = [*self.former, (self.version, self.game)]
        self.game, self.state, self._to_move = rules, state, [] if outcome else None
        self.takeback_offers = {}
        if self.clocks:
            self.move_clocks(self.clocks, "", now)
        changed = self.next_event(events.RULES_CHANGED, now, game_version=rules.version)
        if outcome:
            return [changed, self.end_by(outcome, now)]
        return [changed]

    def put(self, state: Any) -> None:
        """Set the position."""
        self.state, self._to_move = state, None

    def end(
        self, now: float, reason: str, loser: str | None = None, drawn: bool = False
    ) -> SessionEvent:
        """End the session: lost by one of two, or drawn by who is in; else it does not count."""
        if drawn:
            order = [1 + self.is_out(login) for login in self.players]
            places = order if len(self.players) > 2 else None
            return self.end_by(contract.Outcome(None, reason, places), now)
        if loser is not None:
            return self.end_by(contract.Outcome(1 - self.players.index(loser), reason), now)
        return self._end(now, results.uncounted(reason))

    def end_by(self, outcome: contract.Outcome, now: float) -> SessionEvent:
        """End the session by an outcome; who has left is behind the others."""
        if self.left:
            left = {self.players.index(login): version for login, version in self.left.items()}
            outcome = results.behind(outcome, left, len(self.players))
        return self._end(now, results.of_outcome(self.players, outcome))

    def position_event(self, event_type: str, now: float, **data: Any) -> SessionEvent:
        """Return the next event, with the position that there is after it."""
        clocks = self.clocks
        event = self.next_event(
            event_type, now, **data,
            state=self.game.for_history(self.state),
            to_move=self.to_move,
            clocks=clocks.remaining(now) if clocks else None,
            draw_offered_by=self.draw_offered_by,
        )
        if clocks and (details := clocks.details(now)):
            event.data["clock_details"] = details
        if len(self.players) > 2:
            event.data["out"] = self.out
        return event

    def next_event(self, event_type: str, now: float, **data: Any) -> SessionEvent:
        """Return the next event of the session."""
        self.version += 1
        return SessionEvent(self.version, now, event_type, data)

    def move_clocks(self, clocks: Clocks, login: str, now: float) -> None:
        """Take a player's time off these clocks, of nobody if the login is empty; run the next."""
        runs = self.has_days
        if not runs:
            self._await_first_moves(now)
            runs = self.all_have_moved
        self.clocks = clocks.after_move(login, now, self.to_move if runs else ())

    def _draw(self, seat: int, move: Any) -> Any:
        """Return the state after a move that draws random numbers."""
        chance = contract.chance_of(self.seed, self.version + 1)
        return contract.make_move(self.game, self.state, seat, move, chance)

    def _end(self, now: float, result: Score) -> SessionEvent:
        self.result = result
        if self.clocks:
            self.clocks = self.clocks.stop(now)
        self.status, self.ended_at = ENDED, now
        self.draw_offers, self.takeback_offers = {}, {}
        self.join_deadlines, self.first_move_deadlines, self.grace_deadlines = {}, {}, {}
        return self.next_event(events.ENDED, now, result=self.result)

    def _await_first_moves(self, now: float) -> None:
        self.first_move_deadlines = {
            login: self.first_move_deadlines.get(login, now + self.settings.first_move_deadline)
            for login in self.to_move if login not in self.last_move_version
        }


def initial_state(game: contract.Game, players: int, options: dict[str, Any], seed: str) -> Any:
    """Return the state of a game before its first move; all its chance comes from the seed."""
    return game.setup(players, options, random.Random(seed))
