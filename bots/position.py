"""What a bot has been shown of a session, kept up to date by its events. No I/O."""

from collections.abc import Sequence
from typing import Any

from bots.engines.seen import HAS_LEFT, Checkpoint, Seen

Params = dict[str, Any]

CHANGED, TAKEN_BACK = "session.state_changed", "session.takeback_accepted"
ENDED, RULES_CHANGED = "session.ended", "session.rules_changed"
LEFT = "session.player_left"
# By event: where a session shows who has made the offer.
OFFERS = {
    "session.draw_offered": "draw_offered_by", "session.takeback_offered": "takeback_offered_by",
}
UPDATED_KEYS = ("state", "legal", "to_move", "clocks", "version")


def has_days(options: Params) -> bool:
    """Return whether a game has days for each move."""
    return "days" in (options.get("clock") or {})


def opponents(agreed: Params, login: str) -> list[str]:
    """Return whom a player meets in a session or a room."""
    return [other for other in agreed["players"] if other != login]


class Position:
    """A session as one of its players knows it.

    `initial` is the first state, and `before` the moves before those of the session. `awaited` is
    the version that has to be reached before the next move is chosen.
    """

    def __init__(
        self, login: str, session: Params, initial: Any, before: Sequence[tuple[int, Any]] = ()
    ) -> None:
        self.session = session
        self.awaited = 0
        self.version = 0
        self.gone: set[str] = set()  # players who have left while others play on
        self.checkpoint: Checkpoint | None = None
        self._login = login
        self._initial = initial
        self._moves = [(seat, move) for seat, move in before]

    @property
    def is_over(self) -> bool:
        return self.session["result"] is not None

    @property
    def is_to_move(self) -> bool:
        """Whether a move can be chosen now."""
        return bool(self.session["legal"]) and not self.is_over and self.version >= self.awaited

    @property
    def left(self) -> float | None:
        """The seconds on the bot's clock; none that matter where it has days."""
        clocks = None if has_days(self.session["options"]) else self.session["clocks"]
        return None if clocks is None else float(clocks[self._login])

    @property
    def increment(self) -> float:
        """The seconds that a move gives, or that it does not cost."""
        clock = self.session["options"].get("clock") or {}
        return float(sum(clock.get(name, 0) for name in ("increment", "delay", "bronstein")))

    def seen(self) -> Seen:
        """Return what an engine is given."""
        session = self.session
        return Seen(
            session["game"], session["options"], len(session["players"]),
            self._seat(self._login), self._initial, tuple(self._moves),
            session["state"], session["legal"], self.checkpoint,
            session.get("game_version", 1),
        )

    def replay(self, events: list[Params]) -> None:
        """Take events of the history, which are older than the session as it is known."""
        for event in events:
            if event["version"] > self.session["version"]:
                return
            self._note(event["type"], event)
            self.version = event["version"]

    def take(self, event: str, params: Params) -> bool:
        """Take a notification; return False where all is to be read again, as one is missing."""
        version = params.get("version")
        if version is None or version <= self.version:
            return True
        if version > self.version + 1 or event == RULES_CHANGED:
            return False
        self.version = version
        self._note(event, params)
        if event in (CHANGED, TAKEN_BACK, LEFT):
            self.session |= {key: params[key] for key in UPDATED_KEYS}
        elif event == ENDED:
            self.session |= {"result": params["result"], "legal": []}
        elif event in OFFERS:
            self.session[OFFERS[event]] = params["login"]
        return True

    def pop_offer(self) -> str | None:
        """Return where the session shows an offer of an opponent, once."""
        for offer in OFFERS.values():
            if self.session[offer] not in (None, self._login):
                self.session[offer] = None
                return offer
        return None

    def _seat(self, login: str) -> int:
        seat: int = self.session["players"].index(login)
        return seat

    def _note(self, event: str, params: Params) -> None:
        """Note a move, that moves were taken back, or that a player has left."""
        if event == CHANGED:
            command = params["command"]
            self._moves.append((self._seat(command["login"]), command["move"]))
        elif event == LEFT:
            self.gone.add(params["login"])
            self._moves.append((self._seat(params["login"]), HAS_LEFT))
        elif event == TAKEN_BACK:
            del self._moves[-len(params["taken_back"]):]
            self.checkpoint = None  # it may be that of a move that was taken back
