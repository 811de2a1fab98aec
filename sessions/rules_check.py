"""Replays stored sessions by the installed rules, before these serve: `arbiter rules check`.

Several processes read and replay side by side. The report says how many sessions come out the same,
which differ and where first, and which cannot be read.
"""

import argparse
import json
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")  # in each process

from sqlalchemy import Engine, select  # noqa: E402

from arbiter_games.plugins import GamePluginError, load_former, load_games  # noqa: E402
from extensions import config_file  # noqa: E402
from extensions.settings import Settings  # noqa: E402
from extensions.settings.loader import InvalidSettings, load_settings  # noqa: E402
from extensions.storage import engines  # noqa: E402
from sessions import archive_files  # noqa: E402
from sessions.game_registry import GameRegistry  # noqa: E402
from sessions.models import EventRow, SessionRow  # noqa: E402
from sessions.rules_replay import SAME, Record, Verdict, check  # noqa: E402
from sessions.rules_report import Report  # noqa: E402

BATCH_SIZE, MAX_PER_QUERY = 25, 10_000
MAX_SECONDS = 30.0  # for one session: a game that does not return keeps nothing else waiting
PROGRESS_SECONDS = 1.0


@dataclass(frozen=True)
class Source:
    """Where sessions are read from: a database, or the folder of an archive."""

    settings: Settings | None
    folder: Path | None
    games: tuple[str, ...] = ()
    only_active: bool = False

    def batches(self) -> Iterator[list[Any]]:
        """Yield what `load` takes: ids of sessions, or records as text."""
        if self.folder is not None:
            lines = map(json.dumps, archive_files.read(self.folder))
            yield from _batches(lines)
            return
        engine, last = self.engine(), ""
        query = select(SessionRow.session_id).order_by(SessionRow.session_id).limit(MAX_PER_QUERY)
        if self.games:
            query = query.where(SessionRow.game.in_(self.games))
        if self.only_active:
            query = query.where(SessionRow.status == "active")
        while True:
            with engine.connect() as connection:
                ids = list(connection.scalars(query.where(SessionRow.session_id > last)))
            yield from _batches(ids)
            if len(ids) < MAX_PER_QUERY:
                return
            last = ids[-1]

    def load(self, batch: list[Any], engine: Engine | None) -> Iterable[Record]:
        """Return the records of a batch."""
        if engine is None:
            return [each for each in map(json.loads, batch) if self._is_wanted(each)]
        sessions, events = SessionRow.__table__, EventRow.__table__
        with engine.connect() as connection:
            rows = connection.execute(select(sessions).where(sessions.c.session_id.in_(batch)))
            records = {row.session_id: {**row._mapping, "events": []} for row in rows}
            for row in connection.execute(
                select(events).where(events.c.session_id.in_(batch))
                .order_by(events.c.session_id, events.c.version)
            ):
                records[row.session_id]["events"].append(row._mapping)
        return records.values()

    def engine(self) -> Engine:
        """Return a new engine for the database."""
        assert self.settings is not None
        uri = self.settings.db_uri("sessions", "Base")
        return engines.make_engine(uri, self.settings, "sessions")

    def _is_wanted(self, record: Record) -> bool:
        return not self.games or record["game"] in self.games


class Worker:
    """What a process has: the rules, and what it reads from."""

    present: "Worker"

    def __init__(self, source: Source) -> None:
        games = load_games()
        self._registry = GameRegistry(games, former=load_former(games))
        self._source = source
        self._engine = None if source.folder is not None else source.engine()
        signal.signal(signal.SIGALRM, _stop)

    def check(self, batch: list[Any]) -> list[Verdict]:
        """Return the verdicts on a batch of sessions."""
        return [self._check(record) for record in self._source.load(batch, self._engine)]

    def _check(self, record: Record) -> Verdict:
        signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
        try:
            return check(record, self._registry)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(values)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield batch


def _stop(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"the game has taken longer than {MAX_SECONDS:g} s")


def _begin(source: Source) -> None:
    Worker.present = Worker(source)


def _check_batch(batch: list[Any]) -> list[Verdict]:
    return Worker.present.check(batch)


def run(source: Source, processes: int, progress: TextIO) -> Report:
    """Check all sessions of a source, and show how far it is."""
    report, began, shown = Report(), time.monotonic(), 0.0
    spawning = multiprocessing.get_context("spawn")
    with spawning.Pool(processes, _begin, (source,)) as pool:
        verdicts = chain.from_iterable(pool.imap_unordered(_check_batch, source.batches()))
        for number, verdict in enumerate(verdicts, start=1):
            report.add(verdict)
            now = time.monotonic()
            if now - shown > PROGRESS_SECONDS:
                rate, others = number / (now - began), number - report.total[SAME]
                print(f"{number} sessions, {rate:.0f}/s, {others} not the same", file=progress,
                      flush=True)
                shown = now
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print the report, and return 1 where a session does not come out the same."""
    parser = argparse.ArgumentParser(prog="arbiter rules", description=__doc__)
    parser.add_argument("command", choices=["check"])
    parser.add_argument("--config", default="config.yaml", help="where the database is named")
    parser.add_argument("--archive", type=Path, help="check a folder of archived sessions instead")
    parser.add_argument("--game", action="append", default=[], help="check only this game")
    parser.add_argument("--active", action="store_true", help="check only what is being played")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    try:
        load_former(load_games())
        settings = None if given.archive else load_settings(config_file.read(given.config))
        source = Source(settings, given.archive, tuple(given.game), given.active)
        report = run(source, given.processes, sys.stderr)
    except (GamePluginError, InvalidSettings) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(report.lines()))
    return 0 if report.is_clean else 1
