"""Games in PGN: chess, and the variants of it for which other programs know a name there."""

from typing import Any

import chess
import chess.pgn
import chess.variant

from arbiter_games.contract import Record

# How the standard of PGN names it; what is not here is "normal".
TERMINATIONS = {
    "timeout": "time forfeit", "abandonment": "abandoned", "aborted": "unterminated"
}
# By the names in `pyffish`: those that the `chess` library plays by the same rules.
BOARDS = {
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


def written(record: Record, name: str) -> str:
    """Return the game in PGN, by its name in BOARDS; its setup has the `fen` of the beginning.

    `Variant`, `SetUp` and `FEN` are there where it does not begin as chess does.
    """
    game = chess.pgn.Game(_headers(record))
    game.setup(BOARDS[name](record.setup["fen"], chess960=name == SHUFFLED))
    if "FEN" in game.headers:  # the standard has them together, and the library not always
        game.headers["SetUp"] = "1"
    game.add_line(chess.Move.from_uci(move) for _, move in record.moves)
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
    return f"{clock['initial']:g}+{clock['increment']:g}" if clock else "-"
