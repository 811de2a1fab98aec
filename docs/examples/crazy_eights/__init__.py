"""Crazy eights: play a card of the same suit or rank, or an eight, or draw. For two to five."""

from arbiter_games.contract import Game, IllegalMove, Outcome, show

SUITS = "♠♥♦♣"
DECK = [f"{rank}{suit}" for suit in SUITS for rank in "A 2 3 4 5 6 7 8 9 10 J Q K".split()]
HAND = 5


class CrazyEights(Game):
    """A state is the hands by seat, the stack from its top, and the pile, whose last card counts.

    Who has played an eight has named a suit, which counts instead.
    """

    name = "crazy_eights"
    title = "Crazy eights"
    max_players = 5
    secrets = True

    def setup(self, players, options, rng):
        deck = rng.sample(DECK, len(DECK))
        hands = [sorted(deck[HAND * seat:][:HAND], key=DECK.index) for seat in range(players)]
        first, *stack = deck[HAND * players:]
        return {
            "hands": hands, "stack": stack, "pile": [first], "suit": first[-1], "passes": 0,
            "turn": 0, "ply": 0,
        }

    def to_move(self, state):
        return [] if self.outcome(state) else [state["turn"]]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        plays = [
            move for card in state["hands"][player] for move in (
                [f"{suit} by {card}" for suit in SUITS] if is_eight(card)
                else [f"play {card}"] if fits(state, card) else []
            )
        ]
        return [*plays, "draw" if state["stack"] else "pass"]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove(f"{show(move)} can't be played now, or it is not your turn.")
        hands, turn = [list(hand) for hand in state["hands"]], (player + 1) % len(state["hands"])
        after = {**state, "hands": hands, "ply": state["ply"] + 1, "turn": turn, "passes": 0}
        if move == "draw":
            drawn, *stack = state["stack"]
            hands[player] = sorted([*hands[player], drawn], key=DECK.index)
            return {**after, "stack": stack}
        if move == "pass":
            return {**after, "passes": state["passes"] + 1}
        first, card = move.split()[0], move.split()[-1]
        hands[player].remove(card)
        suit = first if first in SUITS else card[-1]
        return {**after, "pile": [*state["pile"], card], "suit": suit}

    def outcome(self, state):
        numbers = [len(hand) for hand in state["hands"]]
        if min(numbers) and state["passes"] < len(numbers):
            return None
        reason = "no_cards_left" if not min(numbers) else "nobody_can_play"
        winner = numbers.index(min(numbers)) if numbers.count(min(numbers)) == 1 else None
        return Outcome(winner, reason, scores=[-number for number in numbers])

    def view(self, state, player):
        return {
            "turn": state["turn"], "ply": state["ply"], "suit": state["suit"],
            "cards": {"pile": state["pile"][-1:], "stack": len(state["stack"])},
            "hands": [
                hand if seat == player else len(hand) for seat, hand in enumerate(state["hands"])
            ],
            "passes_in_a_row": state["passes"],
        }

    def reveal(self, state):
        return {**self.view(state, None), "hands": state["hands"]}

    def determinize(self, view, seat, rng):
        own, top = view["hands"][seat], view["cards"]["pile"][0]
        hidden = [card for card in DECK if card not in (*own, top)]
        rng.shuffle(hidden)
        hands = [
            own if each == seat else sorted((hidden.pop() for _ in range(number)), key=DECK.index)
            for each, number in enumerate(view["hands"])
        ]
        stack = [hidden.pop() for _ in range(view["cards"]["stack"])]
        same = {name: view[name] for name in ("suit", "turn", "ply")}
        passes = view["passes_in_a_row"]
        return {"hands": hands, "stack": stack, "pile": [*hidden, top], "passes": passes, **same}


def is_eight(card):
    """Tell whether a card may be played on any other."""
    return card[:-1] == "8"


def fits(state, card):
    """Tell whether a card has the suit that counts, or the rank of the last card."""
    return card[-1] == state["suit"] or card[:-1] == state["pile"][-1][:-1]
