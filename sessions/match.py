"""What may happen to a session, and what then follows: pure decisions, no I/O, no clock.

A Match is the latest state of one session. Its methods decide one thing each: they either raise a
refusal and change nothing, or change the match and return the events to be stored, in order.
"""

from dataclasses import dataclass, field
from typing import Any

from sessions import events, exceptions
from sessions.games import base

ACTIVE, ENDED = "active", "ended"

RESIGNATION, ABANDONMENT, ABORTED = "resignation", "abandonment", "aborted"


@dataclass(frozen=True)
class Event:
    """Something that has happened in a session, to be stored under its version."""

    version: int
    at: float
    type: str
    data: dict[str, Any]


@dataclass
class Match:
    """A session under way or ended.

    `moved` is the version of each player's last move; `leaving` the moment at which the grace of
    each player ends who has no connection left.
    """

    session_id: str
    game: base.Game
    options: dict[str, Any]
    players: list[str]
    private: bool
    state: Any
    created_at: float
    version: int = 0
    status: str = ACTIVE
    moved: dict[str, int] = field(default_factory=dict)
    leaving: dict[str, float] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    ended_at: float | None = None

    @property
    def to_move(self) -> list[str]:
        """The logins of the players who may move now."""
        if self.status == ENDED:
            return []
        return [self.players[seat] for seat in self.game.to_move(self.state)]

    @property
    def deadline(self) -> float | None:
        """When something happens by itself, if nothing else does before."""
        return min(self.leaving.values(), default=None)

    def seat(self, login: str | None) -> int | None:
        """The seat of a player; None for a spectator."""
        return self.players.index(login) if login in self.players else None

    def execute(
        self, login: str, command: dict[str, Any], version: int | None, now: float
    ) -> list[Event]:
        """Decide a player's command.

        Raises SessionEnded, InvalidCommand, StaleVersion, NotYourTurn or IllegalMove, in this
        order of precedence.
        """
        self._require_active()
        decide = COMMANDS.get(_command_type(command))
        if decide is None:
            raise exceptions.InvalidCommand.of(
                f"There is no command of type {base.show(command.get('type'))}",
                commands=sorted(COMMANDS),
            )
        _require_form(command)
        self._require_fresh(login, version)
        return decide(self, login, command, now)

    def connect(self, login: str, now: float) -> list[Event]:
        """A player's first connection has come."""
        if self.status == ENDED:
            return []
        self.leaving.pop(login, None)
        return [self._event(events.PLAYER_CONNECTED, now, login=login)]

    def disconnect(self, login: str, now: float, grace: float) -> list[Event]:
        """A player's last connection has gone: the grace begins, and with none, the session ends."""
        if self.status == ENDED:
            return []
        deadline = now + grace
        self.leaving[login] = deadline
        gone = self._event(events.PLAYER_DISCONNECTED, now, login=login, deadline=deadline)
        return [gone, *self.expire(now)]

    def expire(self, now: float) -> list[Event]:
        """Decide what is due: the session ends against who has been away for too long."""
        if self.status == ENDED:
            return []
        overdue = sorted((at, login) for login, at in self.leaving.items() if at <= now)
        for _, login in overdue[:1]:
            if login in self.moved:
                return [self._end(now, ABANDONMENT, loser=login)]
            return [self._end(now, ABORTED)]
        return []

    def postpone(self, seconds: float) -> None:
        """Move what is due by time in which nobody could have done anything."""
        self.leaving = {login: at + seconds for login, at in self.leaving.items()}

    def _move(self, login: str, command: dict[str, Any], now: float) -> list[Event]:
        if login not in self.to_move:
            raise exceptions.NotYourTurn.of(
                f"It is not the turn of {login}", to_move=self.to_move
            )
        move = command["move"]
        try:
            self.state = self.game.apply(self.state, self.players.index(login), move)
        except base.IllegalMove as error:
            raise exceptions.IllegalMove(str(error)) from None
        outcome = self.game.outcome(self.state)
        changed = self._event(
            events.STATE_CHANGED, now,
            command={"login": login, "type": "move", "move": move},
            state=self.state,
            to_move=[] if outcome else self.to_move,
            clocks=None,
            draw_offered_by=None,
        )
        self.moved[login] = self.version
        return [changed, *([self._end_by_rules(now, outcome)] if outcome else [])]

    def _resign(self, login: str, command: dict[str, Any], now: float) -> list[Event]:
        return [self._end(now, RESIGNATION, loser=login)]

    def _end_by_rules(self, now: float, outcome: base.Outcome) -> Event:
        if outcome.winner is None:
            return self._end(now, outcome.reason, drawn=True)
        return self._end(now, outcome.reason, winner=self.players[outcome.winner])

    def _end(
        self, now: float, reason: str, winner: str | None = None, loser: str | None = None,
        drawn: bool = False,
    ) -> Event:
        by_player = _scores(self.players, winner, loser, drawn)
        winners = [login for login, score in by_player.items() if score == 1]
        self.result = {
            "winner": winners[0] if winners else None, "reason": reason, "by_player": by_player
        }
        self.status, self.ended_at, self.leaving = ENDED, now, {}
        return self._event(events.ENDED, now, result=self.result)

    def _event(self, event_type: str, now: float, **data: Any) -> Event:
        self.version += 1
        return Event(self.version, now, event_type, data)

    def _require_active(self) -> None:
        if self.status == ENDED:
            raise exceptions.SessionEnded.of(
                f"The session {self.session_id} has ended", session_id=self.session_id
            )

    def _require_fresh(self, login: str, version: int | None) -> None:
        if version is None:
            return
        movers = [login] if len(self.to_move) > 1 else self.players
        last_move = max((self.moved.get(mover, 0) for mover in movers), default=0)
        if not last_move <= version <= self.version:
            raise exceptions.StaleVersion.of(
                f"Version {version} is not the present position: that has been there since version"
                f" {last_move}, and the session is at version {self.version}",
                version=self.version,
            )


COMMANDS = {"move": Match._move, "resign": Match._resign}


def _command_type(command: dict[str, Any]) -> str | None:
    kind = command.get("type")
    return kind if isinstance(kind, str) else None


def _require_form(command: dict[str, Any]) -> None:
    """Raise InvalidCommand where a command lacks what its type needs, or has more."""
    needed = {"type", "move"} if command["type"] == "move" else {"type"}
    given = {name for name, value in command.items() if value is not None}
    if given != needed:
        names = ", ".join(base.show(name) for name in sorted(given ^ needed))
        problem = "lacks" if needed - given else "does not take"
        raise exceptions.InvalidCommand(f"The command {command['type']} {problem} {names}")


def _scores(
    players: list[str], winner: str | None, loser: str | None, drawn: bool
) -> dict[str, float]:
    """Points by player: 1 for the winner, 0 for the loser; empty where the game did not count."""
    if drawn:
        return dict.fromkeys(players, 0.5)
    if winner is None and loser is None:
        return {}
    if winner is not None:
        return {login: 1 if login == winner else 0 for login in players}
    others = 1 if len(players) == 2 else 0.5
    return {login: 0 if login == loser else others for login in players}
