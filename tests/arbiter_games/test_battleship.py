"""Battleship: placing, shooting, and who sees what."""

import pytest

from arbiter_games.battleship import FLEET, Battleship
from arbiter_games.contract import Outcome
from tests.arbiter_games.playing import at_random, begin, refusal

GAME = Battleship()
# The first fleet lies along the lowest ranks, the second stands along the files from a to e.
FIRST = ["carrier@a1h", "battleship@a2h", "cruiser@a3h", "submarine@a4h", "destroyer@a5h"]
SECOND = ["destroyer@e1v", "submarine@d1v", "cruiser@c1v", "battleship@b1v", "carrier@a1v"]


def place(*fleets, state=None):
    """Place ships of seat 0, then of seat 1."""
    state = begin(GAME) if state is None else state
    for seat, fleet in enumerate(fleets):
        for ship in fleet:
            state = GAME.apply(state, seat, ship)
    return state


@pytest.fixture
def placed():
    return place(FIRST, SECOND)


def shoot(state, shots):
    for shot in shots.split():
        state = GAME.apply(state, GAME.to_move(state)[0], shot)
    return state


class TestPlacing:
    def test_both_sides_place_ships_in_any_order(self):
        state = begin(GAME)
        assert GAME.to_move(state) == [0, 1]
        assert GAME.to_move(place(FIRST[:4], SECOND[:2])) == [0, 1]

    def test_a_placed_fleet_waits_for_the_other(self):
        state = place(FIRST, SECOND[:4])
        assert GAME.to_move(state) == [1]
        assert GAME.legal_moves(state, 0) == []
        assert refusal(GAME, state, 0, "a1") == (
            "'a1' can't be played: your ships are placed, and the other side's are not yet."
        )

    def test_a_ship_can_be_placed_anywhere_on_the_board(self):
        moves = GAME.legal_moves(begin(GAME), 0)
        by_ship = {ship: [move for move in moves if move.startswith(ship)] for ship in FLEET}
        assert {ship: len(found) for ship, found in by_ship.items()} == {
            "carrier": 120, "battleship": 140, "cruiser": 160, "submarine": 160, "destroyer": 180
        }
        assert {"carrier@f1h", "carrier@a6v", "destroyer@i10h", "destroyer@j9v"} <= set(moves)
        assert GAME.legal_moves(begin(GAME), 1) == moves

    def test_no_two_ships_stand_on_one_square(self):
        state = place(["cruiser@c3h"])
        moves = GAME.legal_moves(state, 0)
        assert "destroyer@c2v" not in moves and "destroyer@b3h" not in moves
        assert {"destroyer@a3h", "destroyer@f3h", "destroyer@c4v", "destroyer@c2h"} <= set(moves)
        assert not [move for move in moves if move.startswith("cruiser")]

    def test_upward_is_towards_the_higher_ranks(self):
        view = GAME.view(place(["cruiser@c8v", "destroyer@i10h"]), 0)
        assert view["fleets"] == [{"cruiser": ["c8", "c9", "c10"], "destroyer": ["i10", "j10"]}, {}]
        assert view["to_place"] == ["carrier", "battleship", "submarine"]

    @pytest.mark.parametrize(
        ("move", "reason"),
        [
            (None, "null does not place a ship: write the ship, its square and h or v, as"
             " carrier@c4h."),
            ("b7", "'b7' does not place a ship: write the ship, its square and h or v, as"
             " carrier@c4h."),
            ("raft@a1h", "'raft@a1h' does not place a ship: write the ship, its square and h or v,"
             " as carrier@c4h."),
            ("carrier@a01h", "'carrier@a01h' does not place a ship: write the ship, its square and"
             " h or v, as carrier@c4h."),
            ("carrier@g1h", "'carrier@g1h' is not legal: a carrier would not fit on the board"
             " there."),
            ("cruiser@a9v", "'cruiser@a9v' is not legal: a cruiser would not fit on the board"
             " there."),
            ("destroyer@c1v", "'destroyer@c1v' is not legal: your destroyer stands already."),
            ("cruiser@b4h", "'cruiser@b4h' is not legal: a ship of yours stands on c4."),
        ],
    )
    def test_a_refusal_says_why(self, move, reason):
        assert refusal(GAME, place(["destroyer@c4v"]), 0, move) == reason


class TestShooting:
    def test_a_hit_gives_no_second_shot(self, placed):
        assert GAME.to_move(placed) == [0]
        assert GAME.to_move(shoot(placed, "a1")) == [1]
        assert GAME.to_move(shoot(placed, "a1 j10")) == [0]

    def test_every_square_can_be_shot_at_once(self, placed):
        assert len(GAME.legal_moves(placed, 0)) == 100
        assert GAME.legal_moves(placed, 0)[:2] + GAME.legal_moves(placed, 0)[-1:] == [
            "a1", "b1", "j10"
        ]
        state = shoot(placed, "a1 b2")
        assert "a1" not in GAME.legal_moves(state, 0) and "b2" in GAME.legal_moves(state, 0)
        assert refusal(GAME, state, 0, "a1") == "'a1' is not legal: you have shot there."

    @pytest.mark.parametrize("move", ["k1", "a0", "a11", "A1", "carrier@a1h", ["a1"]])
    def test_a_shot_must_be_a_square(self, placed, move):
        assert refusal(GAME, placed, 0, move).endswith(
            "is not a shot: write a square, from a1 to j10."
        )

    def test_the_other_side_waits(self, placed):
        assert refusal(GAME, placed, 1, "a1") == "'a1' can't be played: it is not your turn."

    def test_results_change_when_a_ship_sinks(self, placed):
        state = shoot(placed, "e1 j1 j9 j2")
        assert GAME.view(state, 0)["shots"] == [
            {"e1": "hit", "j9": "miss"}, {"j1": "miss", "j2": "miss"}
        ]
        state = shoot(state, "e2")
        assert GAME.view(state, 0)["shots"][0] == {"e1": "sunk", "j9": "miss", "e2": "sunk"}

    def test_all_sunk_wins(self, placed):
        targets = [f"{file}{rank}" for file, length in zip("abcde", (5, 4, 3, 3, 2), strict=True)
                   for rank in range(1, length + 1)]
        misses = [f"{file}{rank}" for rank in (9, 10) for file in "abcdefghij"][:len(targets) - 1]
        shots = [shot for pair in zip(targets, misses, strict=False) for shot in pair]
        state = shoot(placed, " ".join(shots))
        assert GAME.outcome(state) is None
        state = shoot(state, targets[-1])
        assert GAME.outcome(state) == Outcome(0, "all_sunk")
        assert GAME.to_move(state) == [] and GAME.legal_moves(state, 1) == []
        assert GAME.view(state, None)["turn"] == 1
        assert refusal(GAME, state, 1, "a1") == "'a1' comes too late: the game is over."


class TestViews:
    def test_the_first_view(self):
        assert GAME.view(begin(GAME), 0) == {
            "turn": None, "ply": 0, "last_move": None, "fleets": [{}, {}],
            "to_place": list(FLEET), "shots": [{}, {}],
        }

    def test_placements_have_no_turn_and_count_as_moves(self):
        state = place(FIRST, SECOND[:1])
        assert (GAME.view(state, 0)["turn"], GAME.view(state, 0)["ply"]) == (None, 6)

    def test_ships_are_shown_to_their_owner_only(self, placed):
        assert GAME.view(placed, 0)["fleets"][1] == GAME.view(placed, 1)["fleets"][0] == {}
        assert set(GAME.view(placed, 0)["fleets"][0]) == set(FLEET)
        assert GAME.view(placed, None)["fleets"] == [{}, {}]
        assert GAME.view(begin(GAME), None)["to_place"] == []

    def test_sunk_ships_are_shown_to_everybody(self, placed):
        state = shoot(placed, "e1 j1 e2")
        sunk = {"destroyer": ["e1", "e2"]}
        assert GAME.view(state, 0)["fleets"][1] == sunk
        assert GAME.view(state, None)["fleets"] == [{}, sunk]
        assert (GAME.view(state, None)["last_move"], GAME.view(state, None)["ply"]) == ("e2", 13)

    def test_reveal_shows_both_fleets(self):
        revealed = GAME.reveal(place(FIRST[:1], SECOND[:1]))
        assert revealed["fleets"] == [
            {"carrier": ["a1", "b1", "c1", "d1", "e1"]}, {"destroyer": ["e1", "e2"]}
        ]
        assert revealed["to_place"] == []

    @pytest.mark.parametrize(
        ("move", "viewer", "shown"),
        [
            ("carrier@a1h", 0, "carrier@a1h"), ("carrier@a1h", 1, None),
            ("carrier@a1h", None, None),
            ("b7", 0, "b7"), ("b7", 1, "b7"), ("b7", None, "b7"),
        ],
    )
    def test_a_placement_is_shown_to_who_made_it(self, move, viewer, shown):
        assert GAME.shown_move(move, 0, viewer, None) == shown


def test_a_game_ends_with_the_last_ship():
    for seed in range(5):
        *_, last = at_random(GAME, seed)
        winner = GAME.outcome(last).winner
        assert len(last["shots"][winner]) >= sum(FLEET.values())
        assert GAME.view(last, None)["ply"] <= 10 + 200
