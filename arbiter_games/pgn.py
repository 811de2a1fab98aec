"""PGN export of chess, and of those variants that the standard has a name for."""

from itertools import zip_longest
from typing import Any

import chess
import chess.pgn
import chess.variant

from arbiter_games.contract import Record

# A server makes it at once, in 20 µs for a move and more, and serves nobody else meanwhile.
MAX_MOVES = 2000
# The standard's words for a reason; for any other reason, "normal".
TERMINATIONS = {
    "timeout": "time forfeit", "abandonment": "abandoned", "aborted": "unterminated"
}
# By name in `pyffish`: the boards of the `chess` library that follow the same rules.
BOARDS: dict[str, type[chess.Board]] = {
    "normal": chess.Board, "nocastle": chess.Board, "fischerandom": chess.Board,
    **{
        board.uci_variant: board
        for board in (
            chess.variant.SuicideBoard, chess.variant.GiveawayBoard, chess.variant.AntichessBoard,
            chess.variant.AtomicBoard, chess.variant.KingOfTheHillBoard,
            chess.variant.RacingKingsBoard, chess.variant.HordeBoard,
            chess.variant.ThreeCheckBoard, chess.variant.CrazyhouseBoard,
        )
    },
}
SHUFFLED = "fischerandom"


def to_pgn(record: Record, name: str) -> str:
    """Return the game in PGN. `name` is its key in BOARDS; `record.setup` has the first `fen`.

    Each move has a comment `[%clk]` if there is a clock for the whole game.
    The headers `Variant`, `SetUp` and `FEN` are present where it does not begin as chess does.
    """
    game = chess.pgn.Game(_headers(record))
    game.setup(BOARDS[name](record.setup["fen"], chess960=name == SHUFFLED))
    if "FEN" in game.headers:  # the standard requires both; the library does not always add it
        game.headers["SetUp"] = "1"
    node: chess.pgn.GameNode = game
    for (_, move), seconds in zip_longest(record.moves, record.clocks):
        node = node.add_variation(chess.Move.from_uci(move))
        if seconds is not None:
            node.set_clock(seconds)
    return game.accept(chess.pgn.StringExporter(columns=80)) + "\n"


def _headers(record: Record) -> chess.pgn.Headers:
    result = record.result
    return chess.pgn.Headers(
        Event=f"{'Rated' if record.options.get('rated') else 'Casual'} game",
        Site=record.site,
        Date=record.date.replace("-", "."),
        Round="-",
        White=record.players[0],
        Black=record.players[1],
        Result=_result(record),
        TimeControl=_time_control(record.options.get("clock")),
        Termination=TERMINATIONS.get(result["reason"], "normal"),
    )


def _result(record: Record) -> str:
    points = record.result["by_player"]
    if not points:
        return "*"
    return {1: "1-0", 0.5: "1/2-1/2", 0: "0-1"}[points[record.players[0]]]


def _time_control(clock: dict[str, Any] | None) -> str:
    """Return the tag as the standard of PGN has it (9.6.1), and a delay as US Chess writes it."""
    if not clock:
        return "-"
    if "days" in clock:
        return f"1/{clock['days'] * 86_400}"
    if "period" in clock:
        return f"{clock['initial']:g}:1/{clock['period']:g}"
    delay = clock.get("delay", clock.get("bronstein"))
    if delay is not None:
        return f"{clock['initial']:g}d{delay:g}"
    return f"{clock['initial']:g}+{clock['increment']:g}"
