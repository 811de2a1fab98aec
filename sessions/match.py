"""What may happen to a session, and what then follows: pure decisions, no I/O, no clock.

A Match is the latest state of one session. Its methods decide one thing each: they either raise a
refusal and change nothing, or change the match and return the events to be stored, in order.
"""

from dataclasses import dataclass, field
from typing import Any

from arbiter_games import contract
from sessions import events, exceptions
from sessions.clocks import Clocks

ACTIVE, ENDED = "active", "ended"
AUTO, CLAIM = "auto", "claim"

RESIGNATION, AGREEMENT, TIMEOUT = "resignation", "agreement", "timeout"
ABANDONMENT, ABORTED = "abandonment", "aborted"


@dataclass(frozen=True)
class Terms:
    """What the arena lays down for every session, in seconds.

    `grace` is for a player without a connection; `first_move` for coming, and with a clock for a
    first move; `leaving` says whether the opponent of who left wins by itself or has to claim it.
    """

    grace: float = 30.0
    first_move: float = 30.0
    leaving: str = AUTO


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

    `moved` is the version of each player's last move. `coming` and `first_moves` are the moments
    by which a player must have come, or have made a first move; `leaving` is when the grace ends
    of who has no connection left. `offer` is the login and the version of an offered draw, and of
    each who has agreed since.
    """

    session_id: str
    game: contract.Game
    terms: Terms
    options: dict[str, Any]
    players: list[str]
    private: bool
    state: Any
    created_at: float
    version: int = 0
    status: str = ACTIVE
    moved: dict[str, int] = field(default_factory=dict)
    coming: dict[str, float] = field(default_factory=dict)
    first_moves: dict[str, float] = field(default_factory=dict)
    leaving: dict[str, float] = field(default_factory=dict)
    offer: tuple[Any, ...] | None = None
    clocks: Clocks | None = None
    result: dict[str, Any] | None = None
    rematch: dict[str, Any] = field(default_factory=dict)
    ended_at: float | None = None

    @classmethod
    def begin(
        cls, session_id: str, game: contract.Game, terms: Terms, options: dict[str, Any],
        players: list[str], private: bool, state: Any, now: float,
    ) -> "Match":
        """A new session, under way from now on."""
        match = cls(session_id, game, terms, options, players, private, state, now)
        clock = options.get("clock")
        if clock:
            match.clocks = Clocks.full(players, clock["initial"], clock["increment"], now)
            match._await_first_moves(now)
        else:
            match.coming = dict.fromkeys(players, now + terms.first_move)
        return match

    @property
    def to_move(self) -> list[str]:
        """The logins of the players who may move now."""
        if self.status == ENDED:
            return []
        return [self.players[seat] for seat in self.game.to_move(self.state)]

    @property
    def deadline(self) -> float | None:
        """When something happens by itself, if nothing else does before."""
        if self.status == ENDED:
            return None
        moments = [*self.coming.values(), *self.first_moves.values()]
        moments += [at for login, at in self.leaving.items() if not self._must_claim(login)]
        lost_at = self.clocks.lost_at() if self.clocks else None
        if lost_at is not None:
            moments.append(lost_at)
        return min(moments, default=None)

    def is_overdue(self, now: float) -> bool:
        """Whether something should have happened by itself."""
        return self.deadline is not None and self.deadline <= now

    @property
    def draw_offered_by(self) -> str | None:
        return self.offer[0] if self.offer else None

    @property
    def agreed(self) -> dict[str, int]:
        """Who has offered a draw or agreed to it, and the version of that."""
        return dict(zip(self.offer[::2], self.offer[1::2], strict=True)) if self.offer else {}

    def seat(self, login: str | None) -> int | None:
        """The seat of a player; None for a spectator."""
        return self.players.index(login) if login in self.players else None

    def claims(self, login: str | None, now: float) -> list[str]:
        """The types of the claims open to a player now."""
        if self.status == ENDED or login not in self.players:
            return []
        if self.deserter(login, now):
            return ["claim_victory", "claim_draw"]
        return ["claim_draw"] if self.claimable_draws(login) else []

    def claimable_draws(self, login: str) -> list[str]:
        """The reasons for which the rules let the player, being to move, claim a draw."""
        if login not in self.to_move:
            return []
        return self.game.claims(self.state, self.players.index(login))

    def deserter(self, login: str, now: float) -> str | None:
        """The opponent whose leaving gives the player a claim; of several, who left first."""
        gone = [
            (at, other) for other, at in self.leaving.items()
            if at <= now and other != login and self._must_claim(other)
        ]
        return min(gone)[1] if gone else None

    def connect(self, login: str, now: float) -> list[Event]:
        """A player's first connection has come."""
        if self.status == ENDED:
            return []
        self.coming.pop(login, None)
        self.leaving.pop(login, None)
        return [self.event(events.PLAYER_CONNECTED, now, login=login)]

    def disconnect(self, login: str, now: float) -> list[Event]:
        """A player's last connection has gone: the grace begins; with none, the session ends."""
        if self.status == ENDED:
            return []
        deadline = now + self.terms.grace
        self.leaving[login] = deadline
        gone = self.event(events.PLAYER_DISCONNECTED, now, login=login, deadline=deadline)
        return [gone, *self.expire(now)]

    def expire(self, now: float) -> list[Event]:
        """Decide what is due by itself: a flag, a grace, a first move that never came."""
        if self.status == ENDED:
            return []
        late = self.clocks.lost(now) if self.clocks else None
        if late is not None:
            return [self.fall(late, now)]
        gone = sorted(
            (at, login) for login, at in self.leaving.items()
            if at <= now and not self._must_claim(login)
        )
        if gone:
            login = gone[0][1]
            if login in self.moved:
                return [self.end(now, ABANDONMENT, loser=login)]
            return [self.end(now, ABORTED)]
        if any(at <= now for at in (*self.coming.values(), *self.first_moves.values())):
            return [self.end(now, ABORTED)]
        return []

    def fall(self, login: str, now: float) -> Event:
        """The player's flag has fallen: lost, or drawn against who can't win any more."""
        others = [seat for seat, other in enumerate(self.players) if other != login]
        if any(self.game.can_win(self.state, seat) for seat in others):
            return self.end(now, TIMEOUT, loser=login)
        return self.end(now, TIMEOUT, drawn=True)

    def postpone(self, seconds: float) -> None:
        """Move what is due by time in which nobody could have done anything."""
        for due in (self.coming, self.first_moves, self.leaving):
            due.update({login: at + seconds for login, at in due.items()})
        if self.clocks:
            self.clocks = self.clocks.postponed(seconds)

    def place(self, login: str, move: Any, state: Any, now: float) -> Event:
        """Take the state after a player's move, which the rules have accepted."""
        self.state = state
        self.coming.pop(login, None)
        self.first_moves.pop(login, None)
        if set(self.agreed) - {login}:
            self.offer = None
        over = self.game.outcome(state) is not None
        self.moved[login] = self.version + 1
        if self.clocks:
            self._move_clocks(login, now)
        return self.event(
            events.STATE_CHANGED, now,
            command={"login": login, "type": "move", "move": move},
            state=self.game.for_history(state),
            to_move=[] if over else self.to_move,
            clocks=self.clocks.shown(now) if self.clocks else None,
            draw_offered_by=self.draw_offered_by,
        )

    def end(
        self, now: float, reason: str, winner: str | None = None, loser: str | None = None,
        drawn: bool = False,
    ) -> Event:
        """End the session: won, lost, drawn, or with none of these, not counted."""
        by_player = _scores(self.players, winner, loser, drawn)
        winners = [login for login, score in by_player.items() if score == 1]
        self.result = {
            "winner": winners[0] if winners else None, "reason": reason, "by_player": by_player
        }
        if self.clocks:
            self.clocks = self.clocks.stopped(now)
        self.status, self.ended_at, self.offer = ENDED, now, None
        self.coming, self.first_moves, self.leaving = {}, {}, {}
        return self.event(events.ENDED, now, result=self.result)

    def event(self, event_type: str, now: float, **data: Any) -> Event:
        """The next event of the session."""
        self.version += 1
        return Event(self.version, now, event_type, data)

    def require_active(self) -> None:
        """Raise SessionEnded where it has ended."""
        if self.status == ENDED:
            raise exceptions.SessionEnded.of(
                f"The session {self.session_id} has ended", session_id=self.session_id
            )

    def require_fresh(self, login: str, version: int | None) -> None:
        """Raise StaleVersion where the version is not one of the present position.

        Where all move at once, it is the player's own last move that makes the position.
        """
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

    def _must_claim(self, login: str) -> bool:
        """Whether the session goes on though the player has left, until somebody claims it."""
        return self.terms.leaving == CLAIM and login in self.moved

    def _move_clocks(self, login: str, now: float) -> None:
        self._await_first_moves(now)
        begun = all(player in self.moved for player in self.players)
        over = self.game.outcome(self.state) is not None
        self.clocks = self.clocks.moved(login, now, self.to_move if begun and not over else ())

    def _await_first_moves(self, now: float) -> None:
        waited_for = [login for login in self.to_move if login not in self.moved]
        self.first_moves = {
            login: self.first_moves.get(login, now + self.terms.first_move) for login in waited_for
        }


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
