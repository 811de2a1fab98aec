"""What the measurements return: plain values that go through JSON."""

from typing import TypedDict

from tools.bench.process_stats import ByKind

Profile = dict[str, dict[str, float]]  # by kind of process and module: microseconds


class Moves(TypedDict):
    """Moves in some games: their rate, what each cost, and how long each took."""

    moves_per_second: float
    games_per_second: float
    opponent_p50_ms: float
    opponent_p99_ms: float
    cpu_ms: float  # of all server processes, a move
    cpu_ms_by_kind: ByKind
    server_cores: float
    load_cores: float
    others_cores: float
    errors: int


class LongGame(TypedDict):
    """How long a session's early and late moves took to reach the opponent."""

    early_ms: float
    late_ms: float


class PerUnit(TypedDict):
    """What one of many things cost in CPU, and how many were done in a second."""

    cpu_ms: float
    cpu_ms_by_kind: ByKind
    per_second: float
    others_cores: float


class Idle(TypedDict):
    """What a server takes whose players do nothing."""

    cores: float
    cores_by_kind: ByKind
    others_cores: float


class Memory(TypedDict):
    """What an idle connection takes in all processes, in KiB."""

    kib: float
    kib_by_kind: ByKind


class Herd(TypedDict):
    """Players who came back after a gateway was killed."""

    players: int
    back: int  # in the time that they had
    ended: int  # games that had ended by then
    per_second: float  # from the first who was back to the last
    seconds: float  # from the kill to the last, or to the end of that time
    turns: int  # that the server has told players to wait for
    cpu_ms_by_kind: ByKind  # of a player, with the start of the new gateway
    failures: dict[str, int]  # by reason: how often a try to come back failed


class Played(TypedDict):
    """What was played at a given rate."""

    moves: int
    games: int
