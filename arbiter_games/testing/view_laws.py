"""The laws of what a position shows. Each function raises BrokenLaw where its law does not hold."""

from collections.abc import Callable
from typing import Any

from arbiter_games.contract import State
from arbiter_games.testing.broken_law import brief, require
from arbiter_games.testing.json_values import difference
from arbiter_games.testing.playthrough import Playthrough

HISTORY = "history shows what was there"


def require_views(playthrough: Playthrough, to_move: list[int]) -> None:
    """Require that each view shows whose turn it is and how many moves were made."""
    for viewer in playthrough.viewers:
        view = playthrough.game.view(playthrough.state, viewer)
        require(
            isinstance(view, dict) and {"turn", "ply"} <= set(view), "a view has turn and ply",
            f"view(state, {viewer}) is {brief(view)}",
        )
        require_turn_and_ply(playthrough, view, to_move, f"view(state, {viewer})")


def require_turn_and_ply(
    playthrough: Playthrough, view: Any, to_move: list[int], name: str
) -> None:
    """Require the right `turn` and `ply` of a view, which has this name in a message."""
    law, turn, ply, moves = "a view has turn and ply", view["turn"], view["ply"], playthrough.moves
    require(ply == len(moves), law, f"{name} has ply {ply} after {len(moves)} moves")
    require(turn is None or turn in playthrough.seats, law, f"{name} has turn {brief(turn)}")
    if to_move and turn is not None:
        require(to_move == [turn], law, f"{name} has turn {turn}, and to_move is {to_move}")


def require_one_view_without_secrets(playthrough: Playthrough) -> None:
    """Require one view for everybody of a game that declares no secrets."""
    game, state = playthrough.game, playthrough.state
    if game.secrets:
        return
    seen = game.view(state, None)
    for seat in playthrough.seats:
        view = game.view(state, seat)
        require(
            view == seen, "a game that hides anything has secrets = True",
            f"a spectator and seat {seat} see {difference(seen, view)}",
        )


def require_last_move_shown(playthrough: Playthrough) -> None:
    """Require that the last move is shown to its player, and without secrets to everybody."""
    seat, move = playthrough.moves[-1]
    for viewer in playthrough.viewers if not playthrough.game.secrets else (seat,):
        shown = playthrough.game.shown_move(move, seat, viewer, playthrough.state)
        require(
            shown == move, "a move that is no secret is shown as it is",
            f"{brief(move)} of seat {seat} is shown to {viewer} as {brief(shown)}",
        )


def require_history(playthrough: Playthrough) -> None:
    """Require that the methods return the same for what `for_history` keeps of the state."""
    kept = playthrough.game.for_history(playthrough.state)
    for name, answer in _answers(playthrough).items():
        of_state, of_kept = answer(playthrough.state), answer(kept)
        require(
            of_kept == of_state, HISTORY,
            f"{name}, called with what for_history keeps: {difference(of_state, of_kept)}",
        )


def _answers(playthrough: Playthrough) -> dict[str, Callable[[State], Any]]:
    """Return, by method, a function that returns its answers about a state to all viewers."""
    game, viewers = playthrough.game, playthrough.viewers
    answers: dict[str, Callable[[State], Any]] = {
        "to_move": game.to_move,
        "outcome": game.outcome,
        "reveal": game.reveal,
        "view": lambda state: [game.view(state, viewer) for viewer in viewers],
        "legal_moves": lambda state: [game.legal_moves(state, seat) for seat in playthrough.seats],
    }
    if playthrough.moves:
        seat, move = playthrough.moves[-1]
        answers["shown_move"] = lambda state: [
            game.shown_move(move, seat, viewer, state) for viewer in viewers
        ]
    return answers
