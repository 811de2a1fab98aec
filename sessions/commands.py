"""The commands of players: a function for each type, which decides it on a match. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arbiter_games import contract
from sessions import events, exceptions
from sessions.clocks import Clocks
from sessions.match import ABANDONMENT, ABORTED, AGREEMENT, RESIGNATION, Match, SessionEvent

# Events are stored for good and sent to everybody who asks for a session's history; two players
# who offer and decline draws by turns would add to them without end.
MAX_EVENTS_BETWEEN_MOVES = 200


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

    @classmethod
    def of(cls, *happened: SessionEvent) -> "Decision":
        """Return the decision that is answered with the version of its first event."""
        return cls(list(happened), happened[0].version)


def decide(match: Match, command: Command, now: float) -> Decision:
    """Decide a player's command.

    Raises SessionEnded, InvalidCommand, StaleVersion and the refusals of the command's own type, in
    this order of precedence.
    """
    match.require_active()
    kind = command_type(command.body)
    if kind is None:
        raise exceptions.InvalidCommand.of(
            f"There is no command of type {contract.show(command.body.get('type'))}",
            commands=sorted(COMMANDS),
        )
    _require_form(command.body)
    match.require_current(command.login, command.version)
    decision = COMMANDS[kind](match, command, now)
    match.join_deadlines.pop(command.login, None)
    return decision


def expire_clock(match: Match, command: Command, now: float) -> list[SessionEvent]:
    """End the session if the player's own flag had fallen before the command arrived.

    Whatever the command is, it is too late then.
    """
    clocks = command.clocks or match.clocks
    if clocks is not None and clocks.fallen_flag(now) == command.login:
        return [match.end_by_flag(command.login, now)]
    return []


def command_type(body: dict[str, Any]) -> str | None:
    """Return the type that the body of a command names; None if there is no such type."""
    kind = body.get("type")
    return kind if isinstance(kind, str) and kind in COMMANDS else None


def _move(match: Match, command: Command, now: float) -> Decision:
    if command.login not in match.to_move:
        raise exceptions.NotYourTurn.of(
            f"It is not the turn of {command.login}", to_move=match.to_move
        )
    try:
        return Decision.of(*match.move(command.login, command.body["move"], now, command.clocks))
    except contract.IllegalMove as error:
        raise exceptions.IllegalMove(str(error)) from None


def _resign(match: Match, command: Command, now: float) -> Decision:
    return Decision.of(match.end(now, RESIGNATION, loser=command.login))


def _offer_draw(match: Match, command: Command, now: float) -> Decision:
    if match.draw_offers:
        if match.draw_offered_by == command.login:
            return Decision([], match.draw_offers[command.login])
        return _accept_draw(match, command, now)
    if match.version - match.position_version >= MAX_EVENTS_BETWEEN_MOVES:
        raise exceptions.InvalidCommand("No more draws can be offered before the next move")
    return _add_draw_offer(match, command, now)


def _accept_draw(match: Match, command: Command, now: float) -> Decision:
    """Agree to a draw, which ends the session once all have; until then it is an offer as well."""
    _require_draw_offer(match, command.login)
    if command.login in match.draw_offers:
        return Decision([], match.draw_offers[command.login])
    if len(match.draw_offers) + 1 == len(match.players):
        return Decision.of(match.end(now, AGREEMENT, drawn=True))
    return _add_draw_offer(match, command, now)


def _add_draw_offer(match: Match, command: Command, now: float) -> Decision:
    offered = match.next_event(events.DRAW_OFFERED, now, login=command.login)
    match.draw_offers = {**match.draw_offers, command.login: offered.version}
    return Decision.of(offered)


def _decline_draw(match: Match, command: Command, now: float) -> Decision:
    _require_draw_offer(match, command.login)
    match.draw_offers = {}
    return Decision.of(match.next_event(events.DRAW_DECLINED, now, login=command.login))


def _abort(match: Match, command: Command, now: float) -> Decision:
    if all(player in match.last_move_version for player in match.players):
        raise exceptions.CannotAbort(
            "The session cannot be aborted any more: both sides have moved"
        )
    return Decision.of(match.end(now, ABORTED))


def _claim_victory(match: Match, command: Command, now: float) -> Decision:
    absent = match.absent_player(command.login, now)
    if absent is None:
        raise exceptions.CannotClaim(
            "There is no victory to claim: the opponent has not been away for long enough"
        )
    return Decision.of(match.end(now, ABANDONMENT, loser=absent))


def _claim_draw(match: Match, command: Command, now: float) -> Decision:
    if match.absent_player(command.login, now):
        return Decision.of(match.end(now, ABANDONMENT, drawn=True))
    reasons = match.claimable_draws(command.login)
    if not reasons:
        raise exceptions.CannotClaim("There is no draw to claim on the position as it stands")
    return Decision.of(match.end(now, reasons[0], drawn=True))


COMMANDS: dict[str, Callable[[Match, Command, float], Decision]] = {
    "move": _move,
    "resign": _resign,
    "offer_draw": _offer_draw,
    "accept_draw": _accept_draw,
    "decline_draw": _decline_draw,
    "abort": _abort,
    "claim_victory": _claim_victory,
    "claim_draw": _claim_draw,
}


def _require_draw_offer(match: Match, login: str) -> None:
    if match.draw_offered_by in (None, login):
        raise exceptions.NoDrawOffered(f"Nobody has offered {login} a draw")


def _require_form(body: dict[str, Any]) -> None:
    """Raise InvalidCommand if the body lacks what its type needs, or has more."""
    needed = {"type", "move"} if body["type"] == "move" else {"type"}
    given = {name for name, value in body.items() if value is not None}
    if given != needed:
        names = ", ".join(contract.show(name) for name in sorted(given ^ needed))
        problem = "lacks" if needed - given else "does not take"
        raise exceptions.InvalidCommand(f"The command {body['type']} {problem} {names}")
