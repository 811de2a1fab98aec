"""A card game for three, with a road on which each card played moves a camel."""

from arbiter_games.contract import Game, IllegalMove, Outcome

HANDS = [["7♥", "A♠"], ["8♥", "K♦"], ["9♥", "Q♣"]]


class Caravan(Game):
    """A state is the cards that have been played, in turn."""

    name, title, secrets = "caravan", "Caravan", True
    min_players = max_players = 3

    def setup(self, players, options, rng):
        return {"played": []}

    def to_move(self, state):
        return [] if self.outcome(state) else [len(state["played"]) % 3]

    def legal_moves(self, state, player):
        return self.hand(state, player) if player in self.to_move(state) else []

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("That is no card of yours, or it is not your turn.")
        return {"played": [*state["played"], move]}

    def outcome(self, state):
        return Outcome(None, "no_cards_left") if len(state["played"]) == 6 else None

    def view(self, state, player):
        played = state["played"]
        hands = [self.hand(state, seat) for seat in range(3)]
        return {
            "turn": len(played) % 3, "ply": len(played), "grid": {"files": 3, "ranks": 3},
            "board": {f"{'cba'[len(hand)]}{seat + 1}": {"piece": "camel", "side": seat}
                      for seat, hand in enumerate(hands)},
            "hands": [hand if seat == player else len(hand) for seat, hand in enumerate(hands)],
            "cards": {"trick": [played[seat::3] for seat in range(3)], "stack": 4},
        }

    def shown_move(self, move, player, viewer, state):
        return move

    def hand(self, state, seat):
        return [card for card in HANDS[seat] if card not in state["played"]]
