"""Games for the tests: one with simultaneous, hidden moves, and two with faults."""

from arbiter_games.contract import Game, IllegalMove, Outcome
from arbiter_games.dobutsu import Dobutsu


class HighCard(Game):
    """Each player gets three cards and plays two of them, face down; the higher sum wins."""

    name = "high_card"
    title = "High card"
    secrets = True

    def setup(self, players, options, rng):
        deck = [1, 2, 3, 4, 5, 6]
        rng.shuffle(deck)
        return {"hands": [sorted(deck[:3]), sorted(deck[3:])], "played": [[], []]}

    def to_move(self, state):
        return [seat for seat in (0, 1) if len(state["played"][seat]) < 2]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        return [f"play {card}" for card in state["hands"][player]]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("You can't play that.")
        card = int(move.removeprefix("play "))
        hands, played = list(state["hands"]), list(state["played"])
        hands[player] = [each for each in hands[player] if each != card]
        played[player] = [*played[player], card]
        return {"hands": hands, "played": played}

    def outcome(self, state):
        if self.to_move(state):
            return None
        one, other = map(sum, state["played"])
        return Outcome(None if one == other else int(one < other), "sums")

    def view(self, state, player):
        return {
            "turn": None, "ply": sum(map(len, state["played"])),
            "hand": None if player is None else state["hands"][player],
            "played": [
                cards if seat == player else len(cards)
                for seat, cards in enumerate(state["played"])
            ],
        }

    def reveal(self, state):
        return {"turn": None, "ply": sum(map(len, state["played"])), **state}

    def shown_move(self, move, player, viewer, state):
        return move if player == viewer else None


class Faulty(Dobutsu):
    """A game with faults: a move names the method that fails from then on."""

    name = "faulty"
    title = "Faulty"

    def apply(self, state, player, move):
        if move == "apply":
            raise RuntimeError("a mistake in the game")
        if move in ("outcome", "legal_moves", "view", "json"):
            made = super().apply(state, player, self.legal_moves(state, player)[0])
            return {**made, "fails": object() if move == "json" else move}
        return super().apply(state, player, move)

    def outcome(self, state):
        return self._fail("outcome", state) or super().outcome(state)

    def legal_moves(self, state, player):
        return self._fail("legal_moves", state) or super().legal_moves(state, player)

    def view(self, state, player):
        return self._fail("view", state) or super().view(state, player)

    def _fail(self, method, state):
        if state.get("fails") == method:
            raise RuntimeError("a mistake in the game")


class Undecidable(Dobutsu):
    """A game with a fault: it fails when a flag has fallen."""

    name = "undecidable"

    def can_win(self, state, player):
        raise ZeroDivisionError


class LastOne(Game):
    """The player to move says who is out; the last one has won. The server moves for who leaves."""

    name = "last_one"
    title = "The last one"
    max_players = 8

    def setup(self, players, options, rng):
        return {"turn": 0, "ply": 0, "players": players, "fallen": []}

    def to_move(self, state):
        return [] if self.outcome(state) else [state["turn"]]

    def legal_moves(self, state, player):
        if player not in self.to_move(state):
            return []
        gone = [player, *state["fallen"]]
        others = [seat for seat in range(state["players"]) if seat not in gone]
        return ["pass", *(f"out {seat}" for seat in others)]

    def apply(self, state, player, move):
        if move not in self.legal_moves(state, player):
            raise IllegalMove("That can't be done.")
        fallen = [*state["fallen"], *([] if move == "pass" else [int(move[4:])])]
        seats = [(player + step) % state["players"] for step in range(1, state["players"] + 1)]
        following = next(seat for seat in seats if seat not in fallen)
        return {**state, "turn": following, "ply": state["ply"] + 1, "fallen": fallen}

    def outcome(self, state):
        players, fallen = state["players"], state["fallen"]
        if len(fallen) < players - 1:
            return None
        order = [seat for seat in range(players) if seat not in fallen] + fallen[::-1]
        return Outcome(order[0], "last_one", [order.index(seat) + 1 for seat in range(players)])

    def is_out(self, state, seat):
        return seat in state["fallen"]
