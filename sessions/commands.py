"""The commands of players: a function for each type, which decides it on a match. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from arbiter_games import contract
from sessions import events, exceptions
from sessions.clocks import Clocks
from sessions.match import ABANDONMENT, ABORTED, AGREEMENT, RESIGNATION, Event, Match

# Of events since the last move, whatever they are. Each is stored for good, and is answered to all
# who ask for the session's events: two who offer and decline by turns would add to them for ever.
MOST_BETWEEN_MOVES = 200


@dataclass(frozen=True)
class Order:
    """A command as it came: whose, on which version, when it reached a gateway, and how far the
    player is from there and back, in seconds."""

    login: str
    command: dict[str, Any]
    version: int | None = None
    arrived: float | None = None
    round_trip: float = 0.0


@dataclass(frozen=True)
class Decision:
    """What a command did: its events, and the version that answers it."""

    events: list[Event]
    version: int

    @classmethod
    def of(cls, *happened: Event) -> "Decision":
        return cls(list(happened), happened[0].version)


def decide(match: Match, order: Order, now: float) -> Decision:
    """Decide a player's command.

    Raises SessionEnded, InvalidCommand, StaleVersion and what the command itself is refused with,
    in this order of precedence.
    """
    match.require_active()
    kind = order.command.get("type")
    command = COMMANDS.get(kind) if isinstance(kind, str) else None
    if command is None:
        raise exceptions.InvalidCommand.of(
            f"There is no command of type {contract.show(kind)}", commands=sorted(COMMANDS)
        )
    _require_form(order.command)
    match.require_fresh(order.login, order.version)
    decision = command(match, order, now)
    match.coming.pop(order.login, None)
    return decision


def flag(match: Match, order: Order, now: float) -> list[Event]:
    """The player's own flag, where it had fallen before the command came: the session's end.

    A command that comes too late is too late, whatever it is; time that it was under way is given
    back first.
    """
    clocks = _in_fairness(match, order, now)
    if clocks is not None and clocks.fallen(now) == order.login:
        return [match.fall(order.login, now)]
    return []


def _in_fairness(match: Match, order: Order, now: float) -> Clocks | None:
    """The clocks with the time given back that the command was under way."""
    if match.clocks is None:
        return None
    arrived = now if order.arrived is None else order.arrived
    return match.clocks.given_back(order.login, arrived, order.round_trip, now)


def _move(match: Match, order: Order, now: float) -> Decision:
    if order.login not in match.to_move:
        raise exceptions.NotYourTurn.of(
            f"It is not the turn of {order.login}", to_move=match.to_move
        )
    move = order.command["move"]
    try:
        state = match.game.apply(match.state, match.players.index(order.login), move)
    except contract.IllegalMove as error:
        raise exceptions.IllegalMove(str(error)) from None
    match.clocks = _in_fairness(match, order, now)
    changed = match.place(order.login, move, state, now)
    outcome = match.game.outcome(state)
    return Decision.of(changed, *([_end_by_rules(match, outcome, now)] if outcome else []))


def _end_by_rules(match: Match, outcome: contract.Outcome, now: float) -> Event:
    if outcome.winner is None:
        return match.end(now, outcome.reason, drawn=True)
    return match.end(now, outcome.reason, winner=match.players[outcome.winner])


def _resign(match: Match, order: Order, now: float) -> Decision:
    return Decision.of(match.end(now, RESIGNATION, loser=order.login))


def _offer_draw(match: Match, order: Order, now: float) -> Decision:
    if match.offer is None:
        if match.version - max(match.moved.values(), default=0) >= MOST_BETWEEN_MOVES:
            raise exceptions.InvalidCommand("No more draws can be offered before the next move")
        offered = match.event(events.DRAW_OFFERED, now, login=order.login)
        match.offer = (order.login, offered.version)
        return Decision.of(offered)
    offered_by, version = match.offer[:2]
    if offered_by == order.login:
        return Decision([], version)
    return _accept_draw(match, order, now)


def _accept_draw(match: Match, order: Order, now: float) -> Decision:
    """Agree to a draw: it is one once all have. Until then, to agree is to offer it as well."""
    _require_offer(match, order.login)
    agreed = match.agreed
    if order.login not in agreed:
        if len(agreed) + 1 == len(match.players):
            return Decision.of(match.end(now, AGREEMENT, drawn=True))
        offered = match.event(events.DRAW_OFFERED, now, login=order.login)
        match.offer = (*match.offer, order.login, offered.version)
        return Decision.of(offered)
    return Decision([], agreed[order.login])


def _decline_draw(match: Match, order: Order, now: float) -> Decision:
    _require_offer(match, order.login)
    match.offer = None
    return Decision.of(match.event(events.DRAW_DECLINED, now, login=order.login))


def _abort(match: Match, order: Order, now: float) -> Decision:
    if all(player in match.moved for player in match.players):
        raise exceptions.CannotAbort(
            "The session cannot be aborted any more: both sides have moved"
        )
    return Decision.of(match.end(now, ABORTED))


def _claim_victory(match: Match, order: Order, now: float) -> Decision:
    deserter = match.deserter(order.login, now)
    if deserter is None:
        raise exceptions.CannotClaim(
            "There is no victory to claim: the opponent has not been away for long enough"
        )
    return Decision.of(match.end(now, ABANDONMENT, loser=deserter))


def _claim_draw(match: Match, order: Order, now: float) -> Decision:
    if match.deserter(order.login, now):
        return Decision.of(match.end(now, ABANDONMENT, drawn=True))
    reasons = match.claimable_draws(order.login)
    if not reasons:
        raise exceptions.CannotClaim("There is no draw to claim on the position as it stands")
    return Decision.of(match.end(now, reasons[0], drawn=True))


COMMANDS: dict[str, Callable[[Match, Order, float], Decision]] = {
    "move": _move,
    "resign": _resign,
    "offer_draw": _offer_draw,
    "accept_draw": _accept_draw,
    "decline_draw": _decline_draw,
    "abort": _abort,
    "claim_victory": _claim_victory,
    "claim_draw": _claim_draw,
}


def _require_offer(match: Match, login: str) -> None:
    if match.offer is None or match.offer[0] == login:
        raise exceptions.NoDrawOffered(f"Nobody has offered {login} a draw")


def _require_form(command: dict[str, Any]) -> None:
    """Raise InvalidCommand where a command lacks what its type needs, or has more."""
    needed = {"type", "move"} if command["type"] == "move" else {"type"}
    given = {name for name, value in command.items() if value is not None}
    if given != needed:
        names = ", ".join(contract.show(name) for name in sorted(given ^ needed))
        problem = "lacks" if needed - given else "does not take"
        raise exceptions.InvalidCommand(f"The command {command['type']} {problem} {names}")
