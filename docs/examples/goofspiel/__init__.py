"""Goofspiel: all bid a card at once for the prize that is turned over. For two or three."""

from arbiter_games.contract import Game, IllegalMove, Outcome, show

CARDS = [1, 2, 3, 4, 5]


def rounds(state):
    """Return how many rounds are complete."""
    return min(map(len, state["bids"]))


def points(state):
    """Return the points by seat: a prize goes to the one highest bid, and to nobody if two tie."""
    won = [0] * len(state["bids"])
    for prize, *bids in zip(state["prizes"], *state["bids"], strict=False):
        if bids.count(max(bids)) == 1:
            won[bids.index(max(bids))] += prize
    return won


class Goofspiel(Game):
    """A state is the prizes in the order of the stack, and by seat the cards bid in theirs."""

    name = "goofspiel"
    title = "Goofspiel"
    max_players = 3
    secrets = True

    def setup(self, players, options, rng):
        return {"prizes": rng.sample(CARDS, len(CARDS)), "bids": [[] for _ in range(players)]}

    def to_move(self, state):
        done = rounds(state)
        waited_for = [seat for seat, bids in enumerate(state["bids"]) if len(bids) == done]
        return waited_for if done < len(CARDS) else []

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        return [f"bid {card}" for card in CARDS if card not in state["bids"][player]]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} is not a card of yours, or your bid is made.")
        bids = [list(each) for each in state["bids"]]
        bids[player].append(int(move.removeprefix("bid ")))
        return {**state, "bids": bids}

    def outcome(self, state):
        if rounds(state) < len(CARDS):
            return None
        won = points(state)
        best = [seat for seat, number in enumerate(won) if number == max(won)]
        return Outcome(best[0], "most_points") if len(best) == 1 else Outcome(None, "equal_points")

    def view(self, state, player):
        done = rounds(state)
        return {
            "turn": None,
            "ply": sum(map(len, state["bids"])),
            "cards": {"prizes": state["prizes"][:done + 1], "stack": len(CARDS[done + 1:])},
            "hands": [
                [card for card in CARDS if card not in bids] if seat == player
                else len(CARDS) - done for seat, bids in enumerate(state["bids"])
            ],
            "bids": [
                bids if seat == player else bids[:done] for seat, bids in enumerate(state["bids"])
            ],
            "points": points(state),
        }

    def reveal(self, state):
        return {**self.view(state, None), **state}

    def shown_move(self, move, player, viewer, state):
        is_open = len(set(map(len, state["bids"]))) > 1
        return None if is_open and viewer != player else move

    def determinize(self, view, seat, rng):
        known = view["cards"]["prizes"]
        rest = [card for card in CARDS if card not in known]
        bids = [list(each) for each in view["bids"]]
        others = [each for each in bids if each is not bids[seat]]
        hidden = view["ply"] - sum(map(len, bids))
        for each in rng.sample(others, hidden):
            each.append(rng.choice([card for card in CARDS if card not in each]))
        return {"prizes": known + rng.sample(rest, len(rest)), "bids": bids}
