"""The commands of players, and the function that decides each on a match. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from arbiter_games import contract
from sessions import attendance, departures, draws, exceptions, takebacks
from sessions.clocks import Clocks
from sessions.match import ABORTED, ENDED, RESIGNATION, Match, SessionEvent


@dataclass(frozen=True, slots=True)
class Command:
    """A player's command: `body` is what the client sent, `{type}` and with a move `{type, move}`.

    `version` is the one of the position that the player saw. `clocks` are those of the match, with
    the time given back that the command was under way.
    """

    login: str
    body: dict[str, Any]
    version: int | None = None
    clocks: Clocks | None = None

    @classmethod
    def timed(
        cls, match: Match, now: float, login: str, body: dict[str, Any],
        version: int | None = None, arrived: float | None = None, round_trip: float = 0.0,
    ) -> "Command":
        """Return a command that is decided now.

        `arrived` is when a gateway received it; `round_trip` is in seconds, between that gateway
        and the player.
        """
        if match.clocks is None:
            return cls(login, body, version)
        arrived = now if arrived is None else arrived
        return cls(login, body, version, match.clocks.compensate(login, arrived, round_trip, now))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command did: its events, and the version that answers it."""

    events: list[SessionEvent]
    version: int


def decide(match: Match, command: Command, now: float) -> Decision:
    """Decide a player's command.

    Raises SessionEnded, InvalidCommand, StaleVersion and the refusals of the command's own type, in
    this order of precedence.
    """
    _require_active(match)
    kind = command_type(command.body)
    if kind is None:
        raise exceptions.InvalidCommand.of(
            f"There is no command of type {contract.show(command.body.get('type'))}",
            commands=sorted(TYPES),
        )
    _require_form(command.body)
    if kind != MOVE:
        _require_in(match, command.login)
    _require_current(match, command.login, command.version)
    if kind == MOVE:
        happened = _move(match, command, now)
        if match.left:
            happened += departures.go_on(match, now)
    else:
        happened = DECIDED_BY_LOGIN[kind](match, command.login, now)
    match.join_deadlines.pop(command.login, None)
    if happened:
        return Decision(happened, happened[0].version)
    # It has been offered before.
    offers = match.takeback_offers if kind in TAKEBACKS else match.draw_offers
    return Decision(happened, offers[command.login])


def command_type(body: dict[str, Any]) -> str | None:
    """Return the type that the body of a command names; None if there is no such type."""
    kind = body.get("type")
    return kind if isinstance(kind, str) and kind in TYPES else None


def open_claims(match: Match, login: str | None, now: float) -> list[str]:
    """Return the types of the claims that are open to a player now."""
    if match.status == ENDED or login not in match.players or match.is_out(login):
        return []
    if attendance.absent_player(match, login, now):
        # Of several players, one does not agree to a draw for all.
        return ["claim_victory", "claim_draw"] if len(match.players) == 2 else ["claim_victory"]
    return ["claim_draw"] if draws.claimable(match, login) else []


def _move(match: Match, command: Command, now: float) -> list[SessionEvent]:
    if command.login not in match.to_move:
        raise exceptions.NotYourTurn.of(
            f"It is not the turn of {command.login}", to_move=match.to_move
        )
    try:
        return match.move(command.login, command.body["move"], now, command.clocks)
    except contract.IllegalMove as error:
        raise exceptions.IllegalMove(str(error)) from None


def _resign(match: Match, login: str, now: float) -> list[SessionEvent]:
    return departures.leave(match, login, RESIGNATION, now)


def _abort(match: Match, login: str, now: float) -> list[SessionEvent]:
    if match.all_have_moved:
        raise exceptions.CannotAbort(
            "The session cannot be aborted any more: both sides have moved"
        )
    return [match.end(now, ABORTED)]


MOVE = "move"
ByLogin: TypeAlias = Callable[[Match, str, float], list[SessionEvent]]
TAKEBACKS: dict[str, ByLogin] = {
    "offer_takeback": takebacks.offer,
    "accept_takeback": takebacks.accept,
    "decline_takeback": takebacks.decline,
}
DECIDED_BY_LOGIN: dict[str, ByLogin] = {
    "resign": _resign,
    "offer_draw": draws.offer,
    "accept_draw": draws.accept,
    "decline_draw": draws.decline,
    **TAKEBACKS,
    "abort": _abort,
    "claim_victory": attendance.claim_victory,
    "claim_draw": draws.claim,
}
TYPES = (MOVE, *DECIDED_BY_LOGIN)


def _require_active(match: Match) -> None:
    """Raise SessionEnded if the session has ended."""
    if match.status == ENDED:
        raise exceptions.SessionEnded.of(
            f"The session {match.session_id} has ended", session_id=match.session_id
        )


def _require_in(match: Match, login: str) -> None:
    """Raise InvalidCommand if the player is out of a session that others play on."""
    if match.is_out(login):
        raise exceptions.InvalidCommand(f"{login} is out, and may only watch")


def _require_current(match: Match, login: str, version: int | None) -> None:
    """Raise StaleVersion unless the version is one of the present position.

    Where all may move at once, the present position begins with the player's own last move.
    """
    if version is None:
        return
    since = match.position_version
    if len(match.to_move) > 1:
        since = match.last_move_version.get(login, 0)
    if not since <= version <= match.version:
        raise exceptions.StaleVersion.of(
            f"Version {version} is not the present position, which has been there since version"
            f" {since}; the session is at version {match.version}",
            version=match.version,
        )


def _require_form(body: dict[str, Any]) -> None:
    """Raise InvalidCommand if the body lacks what its type needs, or has more."""
    needed = {"type", "move"} if body["type"] == MOVE else {"type"}
    given = {name for name, value in body.items() if value is not None}
    if given != needed:
        names = ", ".join(contract.show(name) for name in sorted(given ^ needed))
        problem = "lacks" if needed - given else "does not take"
        raise exceptions.InvalidCommand(f"The command {body['type']} {problem} {names}")
