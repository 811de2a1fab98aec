"""The law of `upgrade`: the present rules take on what a former version of them has stored."""

from random import Random
from typing import Any

from arbiter_games.contract import Game, Leaving, State
from arbiter_games.testing import fixed_chance, game_laws
from arbiter_games.testing.broken_law import BrokenLaw, brief, require
from arbiter_games.testing.checked_game import CheckedGame
from arbiter_games.testing.playthrough import Playthrough

LAW = "upgrade takes on what a former version has stored"
GAMES, FOLLOWED_MOVES = 10, 8


def require_upgrades(game: Game, former: Game, max_moves: int) -> None:
    """Require that games by former rules, with their default options, go on by the present ones."""
    require(
        former.name == game.name and former.version < game.version, LAW,
        f"the former game is {former.name!r} of version {former.version}, and the present one"
        f" {game.name!r} of version {game.version}",
    )
    options = game_laws.completed_options(former, {})
    before, now = (fixed_chance.with_drawn_chance(each) for each in (former, game))
    for seed in range(GAMES):
        for each in (before, now):
            fixed_chance.begin(each, seed)
        players = former.min_players + seed % (former.max_players - former.min_players + 1)
        playthrough = Playthrough(CheckedGame(before), players, options, seed)
        try:
            _play(playthrough, CheckedGame(now), former.version, max_moves)
        except BrokenLaw as broken:
            broken.story = f"By version {former.version}: {playthrough.story()}"
            raise


def _play(playthrough: Playthrough, game: CheckedGame, version: int, max_moves: int) -> None:
    """Play a game by the former rules, and have each position go on by the present ones."""
    rng, former = Random(playthrough.seed), playthrough.game
    playthrough.begin()
    for _ in range(max_moves):
        state, to_move = playthrough.state, playthrough.to_move
        _upgraded(playthrough, game, former.for_history(state), version)  # to be shown
        if not to_move:
            return
        gone = {seat for seat in playthrough.seats if former.is_out(state, seat)}
        _go_on(playthrough, game, _upgraded(playthrough, game, state, version), gone, rng)
        _have_one_leave(playthrough, game, version, gone, rng)
        seat = rng.choice(to_move)
        playthrough.play(seat, rng.choice(former.legal_moves(state, seat)))


def _upgraded(playthrough: Playthrough, game: CheckedGame, state: State, version: int) -> State:
    """Return a state by the present rules, which can show it to all viewers."""
    after = game.upgrade(state, version)
    require(after is not None, LAW, f"it returned None for {brief(state)}")
    moves = len(playthrough.moves)
    for viewer in playthrough.viewers:
        view = _asked(game.view, after, viewer)
        is_shown = isinstance(view, dict) and "turn" in view and view.get("ply") == moves
        require(is_shown, LAW, f"after {moves} moves, {viewer} is shown {brief(view)}")
    return after


def _go_on(
    playthrough: Playthrough, game: CheckedGame, state: State, gone: set[int], rng: Random
) -> None:
    """Make some moves by the present rules in a state that was upgraded."""
    for _ in range(FOLLOWED_MOVES):
        to_move = _asked(game.to_move, state)
        if _asked(game.outcome, state) is not None:
            return
        require(to_move, LAW, "nobody is to move in the state that it returned, or has won")
        require(not gone & {*to_move}, LAW, f"seats {sorted(gone)} were out, and are to move")
        seat = rng.choice(to_move)
        legal = _asked(game.legal_moves, state, seat)
        require(legal, LAW, f"seat {seat} is to move, and has no legal move")
        state = _asked(game.apply, state, seat, rng.choice(legal))


def _have_one_leave(
    playthrough: Playthrough, game: CheckedGame, version: int, gone: set[int], rng: Random
) -> None:
    """Have a seat leave by the former rules, which must be out by the present ones too."""
    staying = [seat for seat in playthrough.seats if seat not in gone]
    if playthrough.players <= 2 or len(staying) <= 2:
        return
    seat = rng.choice(staying)
    left = playthrough.game.leave(playthrough.state, seat)
    if isinstance(left, Leaving) or playthrough.game.outcome(left) is not None:
        return
    _go_on(playthrough, game, _upgraded(playthrough, game, left, version), {*gone, seat}, rng)


def _asked(method: Any, *given: Any) -> Any:
    """Return what a method says of a state that was upgraded."""
    try:
        return method(*given)
    except Exception as error:  # IllegalMove, or another law that it breaks there
        evidence = error.evidence if isinstance(error, BrokenLaw) else f"it has raised {error!r}"
        raise BrokenLaw(LAW, f"in the state that it returned: {evidence}") from None
