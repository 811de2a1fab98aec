"""Plays one game after another from beginning to end, by the laws of positions and of games."""

import copy
from random import Random
from typing import Any

from arbiter_games.contract import Game, State
from arbiter_games.testing import (
    fixed_chance,
    game_laws,
    leaving,
    position_laws,
    session_laws,
    view_laws,
)
from arbiter_games.testing.broken_law import BrokenLaw, require
from arbiter_games.testing.checked_game import CheckedGame
from arbiter_games.testing.determinization import require_determinizations
from arbiter_games.testing.host import Host
from arbiter_games.testing.notation_law import require_notation
from arbiter_games.testing.outcome_laws import require_outcome
from arbiter_games.testing.playthrough import Playthrough
from arbiter_games.testing.secrecy import LAW as SECRECY
from arbiter_games.testing.secrecy import SecrecyCheck

ALWAYS_EXAMINED_PLIES = 5
EXAMINED_PER_PLY = 5  # divided by the ply, this is how likely a later position is examined
HOSTED_GAMES = 2


class Trial:
    """Everything that is checked of a game, in one playthrough after another."""

    def __init__(
        self, game: Game, options: dict[str, Any], secrecy: SecrecyCheck, hosts: list[Host],
        max_moves: int,
    ) -> None:
        # The copy is played; the game itself never is, as in a server that has just started.
        self._played = CheckedGame(copy.deepcopy(game))
        self._unplayed = CheckedGame(copy.deepcopy(game))
        self._game = game
        self._options = options
        self._secrecy = secrecy
        self._hosts = hosts
        self._max_moves = max_moves
        self._first: Playthrough | None = None
        self._hosted_games_left = HOSTED_GAMES
        self._hosted_pairs_left = {False: HOSTED_GAMES, True: HOSTED_GAMES}  # by has_one_move

    def run(self, players: int, seed: int, hostile: list[Any]) -> None:
        """Play one game from beginning to end."""
        fixed_chance.begin(self._game, seed)
        playthrough = Playthrough(self._played, players, self._options, seed)
        try:
            playthrough.begin()
            self._play(playthrough, hostile, Random(seed))
        except BrokenLaw as broken:
            broken.story = playthrough.story()
            raise

    def run_once(self) -> None:
        """Play one game."""
        self.run(self._game.min_players, 0, [])

    def require_secrets_found(self) -> None:
        """Require of a game with secrets that there were states to compare."""
        require(
            self._secrecy.compared_pairs or not self._game.secrets, SECRECY,
            "it has secrets = True, and no two states were found that differ in a secret:"
            " shown_move hides no move, so give the kit a `lookalike`",
        )

    def _play(self, playthrough: Playthrough, hostile: list[Any], rng: Random) -> None:
        """Play to the end. `rng` chooses the moves, and a second generator what is examined."""
        examining = Random(playthrough.seed)
        could_win = set(playthrough.seats)
        seats_out = leaving.SeatsOut()
        while to_move := position_laws.require_movers(playthrough):
            seats_out.require_out(playthrough, to_move)
            if _is_examined(len(playthrough.moves), examining):
                self._examine(playthrough, to_move, hostile, examining)
                could_win &= position_laws.possible_winners(playthrough)
            require(
                len(playthrough.moves) < self._max_moves, "an outcome comes",
                f"there is none after {self._max_moves} moves",
            )
            self._move(playthrough, rng.choice(to_move), rng)
        self._examine(playthrough, [], hostile, examining)
        self._end(playthrough, could_win, examining)

    def _move(self, playthrough: Playthrough, seat: int, rng: Random) -> None:
        moves = playthrough.game.legal_moves(playthrough.state, seat)
        require(
            moves, "somebody can always move until there is an outcome",
            f"to_move names seat {seat}, which has no legal move",
        )
        playthrough.play(seat, rng.choice(moves))
        view_laws.require_last_move_shown(playthrough)

    def _examine(
        self, playthrough: Playthrough, to_move: list[int], hostile: list[Any], rng: Random
    ) -> None:
        """Check all laws of a position."""
        view_laws.require_views(playthrough, to_move)
        view_laws.require_one_view_without_secrets(playthrough)
        position_laws.require_claims(playthrough, to_move)
        legal = position_laws.require_legal_moves(playthrough, to_move)
        view_laws.require_history(playthrough)
        require_notation(playthrough, legal, rng)
        position_laws.require_legal_moves_accepted(playthrough, legal, rng)
        if not playthrough.moves or not to_move:
            position_laws.require_hostile_values_refused(playthrough, legal, rng)
        made = [move for _, move in playthrough.moves]
        foreign = [*hostile, *position_laws.sample(made, rng)]
        position_laws.require_illegal_moves_refused(playthrough, legal, foreign, rng)
        if to_move:
            require_determinizations(playthrough, self._unplayed, rng)
            if departure := leaving.require_departure(playthrough, rng):
                self._examine_departure(playthrough, *departure, rng)
        if playthrough.game.secrets:
            self._examine_secrets(playthrough, legal, rng)

    def _examine_departure(
        self, playthrough: Playthrough, seat: int, left: State, rng: Random
    ) -> None:
        """Check what is shown of a position that a seat has left."""
        game, position = playthrough.game, playthrough.at(left)
        view_laws.require_views(position, position.to_move)
        view_laws.require_one_view_without_secrets(position)
        view_laws.require_history(position)
        staying = [
            each for each in position.seats if each != seat and not game.is_out(left, each)
        ]
        require_determinizations(position, self._unplayed, rng, staying)
        if game.secrets:
            self._secrecy.compare_lookalikes(position, rng)

    def _examine_secrets(
        self, playthrough: Playthrough, legal: position_laws.LegalMoves, rng: Random
    ) -> None:
        for pair in self._secrecy.pairs(playthrough, legal, rng):
            if self._hosted_pairs_left[pair.has_one_move]:
                self._hosted_pairs_left[pair.has_one_move] -= 1
                for host in self._hosts:
                    session_laws.require_secret_events(host, self._game, playthrough, pair)

    def _end(self, playthrough: Playthrough, could_win: set[int], rng: Random) -> None:
        """Check the laws of a whole game."""
        outcome = require_outcome(playthrough.outcome, playthrough.players)
        require(
            outcome.winner is None or outcome.winner in could_win, "who wins could win",
            f"seat {outcome.winner} has won, and can_win said before that it can't",
        )
        game_laws.require_reveal(playthrough)
        game_laws.require_export(playthrough, outcome)
        game_laws.require_short_exports(playthrough)
        game_laws.require_small_events(playthrough)
        if self._first is None or isinstance(self._game, fixed_chance.DrawnChance):
            self._first = playthrough
            game_laws.require_reproducible(playthrough)
        else:
            game_laws.require_same_setup(playthrough)
            game_laws.require_apart(self._first, playthrough)
        if self._hosted_games_left:
            self._hosted_games_left -= 1
            for host in self._hosts:
                session_laws.require_survival(host, self._game, playthrough, rng)


def _is_examined(ply: int, rng: Random) -> bool:
    """Return whether a position is examined: the first ones are, then fewer and fewer."""
    return ply < ALWAYS_EXAMINED_PLIES or rng.random() < EXAMINED_PER_PLY / ply
