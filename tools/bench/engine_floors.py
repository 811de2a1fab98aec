"""All floors on the engines of one server, one after the other."""

from collections.abc import Mapping
from pathlib import Path

from tools.bench import floors, move_floor
from tools.bench.floors import Floor
from tools.bench.process_stats import Pids
from tools.bench.queue_floor import queues

SECONDS = 1.5


def engine_floors(
    settings: Mapping[str, str], folder: Path, pids: Pids, production: bool,
    moves_per_second: float,
) -> dict[str, Floor]:
    """Measure a message, a commit, an echo, a move and a queue where nothing else is done."""
    uri = settings["AMQP_URI"]
    queue, queue_end = queues(uri, pids)
    with (
        floors.postgres_commit(settings["SESSIONS_DB_URI"]) if production
        else floors.sqlite_commit(folder)
    ) as insert:
        commit = floors.commit(insert, pids, SECONDS)
        paced_move = move_floor.move(uri, pids, insert, 2 * SECONDS, moves_per_second)
    return {
        "message": floors.message(uri, pids, SECONDS), "commit": commit,
        "echo": floors.echo(SECONDS), "paced_move": paced_move,
        "queue": queue, "queue_end": queue_end,
    }
