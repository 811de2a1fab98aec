"""What the load process prints: the results of its measurements, as JSON."""

from typing import TypedDict


class Moves(TypedDict):
    """The rate of whole moves, and how long they took to reach the opponent."""

    moves_per_second: float
    opponent_p50_ms: float
    opponent_p99_ms: float


class Memory(TypedDict):
    """What an idle connection takes in the gateways."""

    kib_per_connection: float


class Played(TypedDict):
    """What was played at a given rate."""

    moves: int
    games: int
