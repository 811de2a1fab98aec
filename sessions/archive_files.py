"""The archive of ended sessions: files with a line of JSON for each session.

    python -m sessions.archive_files list FOLDER
    python -m sessions.archive_files show FOLDER SESSION_ID
    python -m sessions.archive_files export FOLDER SESSION_ID

A file is named after the day on which its sessions ended and the process that wrote it, so that no
two processes write into one file: `zcat FOLDER/2026-11-24.*` prints a day. If a process died after
it had written a session and before it had deleted it from the database, the session is there twice.
"""

import argparse
import gzip
import json
import os
import secrets
import sys
import warnings
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from arbiter_games.contract import Game

SUFFIX = ".jsonl.gz"
Record = dict[str, Any]


class NotInstalled(Exception):
    """The game of a session is not installed here."""


class Archive:
    """The files that one process writes."""

    def __init__(self, folder: str | Path):
        """Use a folder; create it if there is none."""
        self._folder = Path(folder)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._writer = _new_writer()

    def append(self, records: Iterable[Record]) -> None:
        """Write sessions, in the order in which they ended; on return they survive a power cut.

        Their `events` are iterated over as they are written: there may be very many.
        """
        try:
            for day, some in groupby(records, key=_day):
                self._append(self._folder / f"{day}.{self._writer}{SUFFIX}", some)
        except BaseException:  # also where it is interrupted
            # The end of the file may be torn, so nothing more may be appended to it.
            self._writer = _new_writer()
            raise

    def _append(self, path: Path, records: Iterable[Record]) -> None:
        is_new = not path.exists()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file) as packed:
                for piece in chain.from_iterable(map(_line, records)):
                    packed.write(piece.encode())
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(self._folder)


def read(folder: str | Path) -> Iterator[Record]:
    """Yield the sessions in an archive, each once, by the day on which they ended."""
    seen = set()
    for path in sorted(Path(folder).glob(f"*{SUFFIX}")):
        for line in _whole_lines(path):
            record = json.loads(line)
            if record["session_id"] not in seen:
                seen.add(record["session_id"])
                yield record


def _whole_lines(path: Path) -> Iterator[str]:
    # A process that dies while it writes leaves a torn end; those sessions were not deleted.
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    yield line
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return


def _line(record: Record) -> Iterator[str]:
    """Yield the line of a session in pieces, each with one event."""
    others = {name: value for name, value in record.items() if name != "events"}
    yield _json(others)[:-1] + ',"events":['
    for number, event in enumerate(record["events"]):
        yield "," * (number > 0) + _json(event)
    yield "]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _day(record: Record) -> str:
    return datetime.fromtimestamp(record["ended_at"], UTC).date().isoformat()


def _new_writer() -> str:
    return secrets.token_hex(4)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _summary(record: Record) -> str:
    ended = datetime.fromtimestamp(record["ended_at"], UTC).isoformat(timespec="seconds")
    players, reason = ", ".join(record["players"]), record["result"]["reason"]
    return f"{record['session_id']}  {ended}  {record['game']}  {players}  {reason}"


def _export(record: Record) -> str:
    # Imported here, as listing and showing need neither games nor Nameko.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    from extensions.settings import Settings
    from sessions import views
    from sessions.match import Match, SessionEvent
    from sessions.replays import first_state
    from sessions.standing_moves import standing

    progress = record.get("progress") or {}
    match = Match(
        record["session_id"], _rules(record, progress), Settings(), record["options"],
        record["players"], record["private"], record["state"], record["created_at"],
        result=record["result"], seed=record["seed"], left=progress.get("left") or {},
    )
    moves = standing(
        SessionEvent(each["version"], each["at"], each["type"], each["data"])
        for each in record["events"]
    )
    start = next((each["data"] for each in record["events"] if each["version"] == 0), None)
    setup = first_state(match, start)
    return views.export(match, setup, moves, "Arbiter")["text"]


def _rules(record: Record, progress: Record) -> Game:
    """Return the rules that a session began with, or else today's; raises NotInstalled."""
    from arbiter_games.plugins import load_former, load_games

    games, name = load_games(), record["game"]
    former = (version for _, version in progress.get("former_rules", ()))
    begun = next(former, record.get("game_version", 1))
    game = load_former(games).get((name, begun)) or games.get(name)
    if game is None:
        raise NotInstalled(f"The session is one of {name}, which is not installed here")
    return game


def main(arguments: list[str] | None = None) -> int:
    """List an archive, or print one of its sessions; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sessions.archive_files")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("list", "print a line for each session"), ("show", "print one session as JSON"),
        ("export", "print one session in the usual form for its game"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("folder", type=Path)
        if name != "list":
            command.add_argument("session_id")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        parser.error(f"there is no folder {given.folder}")
    if given.command == "list":
        for record in read(given.folder):
            print(_summary(record))
        return 0
    found = next(
        (each for each in read(given.folder) if each["session_id"] == given.session_id), None
    )
    if found is None:
        print(f"There is no session {given.session_id} in {given.folder}", file=sys.stderr)
        return 1
    try:
        print(json.dumps(found, indent=2) if given.command == "show" else _export(found))
    except NotInstalled as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
