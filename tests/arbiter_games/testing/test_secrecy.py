"""A game with secrets is broken in each way of showing one."""

import pytest

from arbiter_games.battleship import Battleship
from arbiter_games.contract import Game, IllegalMove
from arbiter_games.testing import BrokenLaw, assert_game_conforms
from tests.arbiter_games.lookalikes import other_place
from tests.arbiter_games.testing.games import Countdown, Throws

LAW = "nobody is shown a secret"


def evidence_of(game, **arguments):
    """Return the kit's evidence that a secret is shown."""
    with pytest.raises(BrokenLaw) as caught:
        assert_game_conforms(game, examples=10, **arguments)
    assert caught.value.law == LAW
    return caught.value.evidence


class Peeking(Throws):
    def view(self, state, player):
        return {**super().view(state, player), "throws": state["rounds"][-1]}


class PeekingSpectators(Throws):
    def view(self, state, player):
        return super().view(state, player if player is not None else 0)


class Hinting(Throws):
    """Lists the throw that wins first."""

    def legal_moves(self, state, player):
        other = state["rounds"][-1][1 - player] if player in (0, 1) else None
        wins = [move for move in super().legal_moves(state, player) if self.BEATS[move] == other]
        rest = [move for move in super().legal_moves(state, player) if move not in wins]
        return [*wins, *rest]


class Gossiping(Throws):
    def apply(self, state, player, move):
        try:
            return super().apply(state, player, move)
        except IllegalMove as error:
            raise IllegalMove(f"{error} The throws are {state['rounds'][-1]}.") from None


class Claiming(Throws):
    def claims(self, state, player):
        other = state["rounds"][-1][1 - player]
        return ["sure_loss"] if other == "rock" and player in self.to_move(state) else []


class Careless(Throws):
    """Calls nothing secret, and hides it all the same."""

    def shown_move(self, move, player, viewer, state=None):
        return move


@pytest.mark.parametrize(
    ("broken", "by"),
    [
        (Peeking, "by view: ['throws']"),
        (PeekingSpectators, "a spectator can tell"),
        (Hinting, "by legal_moves: "),
        (Gossiping, "by what IllegalMove says: "),
        (Claiming, "by claims: "),
        (Careless, "no two states were found that differ in a secret"),
    ],
)
def test_the_method_that_shows_a_secret_is_named(broken, by):
    assert by in evidence_of(broken())


def test_the_moves_that_can_be_told_apart_are_named():
    evidence = evidence_of(Peeking())
    assert "of seat" in evidence and "shown alike, by view" in evidence


class ShownOnceAllStand(Battleship):
    """Shows both fleets as soon as both are placed."""

    def view(self, state, player):
        return super().view(state, player) if None in self._turn(state) else self.reveal(state)

    def _turn(self, state):
        return [super().view(state, None)["turn"]]


class ShownAfterAShot(Battleship):
    """Shows both fleets with the second shot: no hidden move comes after that."""

    determinize = Game.determinize  # Battleship's own reads no view of both fleets

    def view(self, state, player):
        return self.reveal(state) if len(state["shots"][1]) else super().view(state, player)


def test_a_secret_that_is_shown_moves_later_is_found():
    assert "by view: ['fleets']" in evidence_of(ShownOnceAllStand())


def test_a_lookalike_finds_what_no_hidden_move_does():
    assert_game_conforms(Battleship(), examples=2, lookalike=other_place)
    assert "two states of which `lookalike` says that they look alike" in evidence_of(
        ShownAfterAShot(), lookalike=other_place
    )


class TestDealt:
    """Secrets that are dealt, and not played."""

    class Dealt(Throws):
        def setup(self, players, options, rng):
            return {**super().setup(players, options, rng), "stake": rng.randint(1, 9)}

        def apply(self, state, player, move):
            return {**super().apply(state, player, move), "stake": state["stake"]}

    class Told(Dealt):
        def view(self, state, player):
            return {**super().view(state, player), "stake": state["stake"]}

    @staticmethod
    def other_stake(state, viewer, rng):
        return {**state, "stake": state["stake"] + 1}

    def test_a_game_that_keeps_them_conforms(self):
        assert_game_conforms(self.Dealt(), lookalike=self.other_stake, examples=5)

    def test_one_that_tells_them_is_found_by_a_lookalike(self):
        assert "by view: ['stake']" in evidence_of(self.Told(), lookalike=self.other_stake)


class TestHeld:
    """Cards that are dealt, and of which the moves could tell."""

    class Holding(Countdown):
        """Each player holds a card that nobody else may see."""

        secrets = True

        def setup(self, players, options, rng):
            cards = [rng.randint(1, 9) for _ in range(players)]
            return {**super().setup(players, options, rng), "cards": cards}

        def apply(self, state, player, move):
            return {**super().apply(state, player, move), "cards": state["cards"]}

        def view(self, state, player):
            own = {"cards": [card if seat == player else None
                             for seat, card in enumerate(state["cards"])]}
            return {**super().view(state, player), **own}

        def reveal(self, state):
            return super().view(state, None) | state

    class Telling(Holding):
        """Shows with a move which card its player holds."""

        def shown_move(self, move, player, viewer, state):
            return move if viewer == player else f"{move} with {state['cards'][player]}"

    @staticmethod
    def other_cards(state, viewer, rng):
        cards = [card if seat == viewer else card + 1 for seat, card in enumerate(state["cards"])]
        return {**state, "cards": cards}

    def test_a_game_that_keeps_them_conforms(self):
        assert_game_conforms(self.Holding(), lookalike=self.other_cards, examples=5)

    def test_one_that_tells_them_by_a_move_is_found_by_a_lookalike(self):
        evidence = evidence_of(self.Telling(), lookalike=self.other_cards)
        assert "look alike, by shown_move: " in evidence
