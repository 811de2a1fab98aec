"""All players: how they are brought to their tables, watched, and asked at the end."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tools.chaos import recovery
from tools.chaos.observed import Game, Sent
from tools.chaos.player import Player
from tools.chaos.table import Table
from tools.demo.client import Client

AT_ONCE = 8
QUIET_FOR = 2.0
RECENT = 6  # commands of each player that are looked at while games are under way


class Crowd:
    """So many tables with two players each; a context manager, all leave at its end."""

    def __init__(self, url: str, games: int, seed: int) -> None:
        run = secrets.token_hex(3)
        self.tables = []
        for number in range(games):
            logins = [f"{name}-{number}-{run}" for name in ("ada", "ben")]
            one, other = (Player(url, login, f"{seed} {login[:-7]}") for login in logins)
            self.tables.append(Table(number, (one, other), seed))

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *error: object) -> None:
        for player in self.players:
            player.leaving.set()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(Player.close, self.players))

    @property
    def players(self) -> list[Player]:
        return [player for table in self.tables for player in table.players]

    def start(self) -> None:
        """Register everybody, and have them begin."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(Player.connection, self.players))
        for table in self.tables:
            table.start()

    def standing_still(self, since: float) -> list[Table]:
        """Return the tables at which nothing sent after this moment has been acknowledged."""
        return [table for table in self.tables if not recovery.goes_on(recent(table), since)]

    def halt(self, patience: float = 30.0) -> None:
        """Have nobody move any more; return when nobody hears of anything new."""
        for table in self.tables:
            table.halt()
        deadline, heard, quiet_since = time.monotonic() + patience, -1, time.monotonic()
        while time.monotonic() < min(deadline, quiet_since + QUIET_FOR):
            count = sum(stream.version for player in self.players for stream in player.streams)
            if count != heard:
                heard, quiet_since = count, time.monotonic()
            time.sleep(0.2)

    def games(self, url: str) -> list[Game]:
        """Return every session of these players, as the server at this address has it."""
        sent: dict[str, list[Sent]] = {}
        streams: dict[str, list[Any]] = {}
        for player in self.players:
            for each in player.sent:
                sent.setdefault(each.session_id, []).append(each)
            for stream in player.streams:
                streams.setdefault(stream.session_id, []).append(stream)
        with Client(url) as client, ThreadPoolExecutor(AT_ONCE) as pool:
            ids = sorted(set().union(*pool.map(sessions_of, self.players)))
            sessions = pool.map(lambda each: client.call("sessions.get", session_id=each), ids)
            history = pool.map(lambda each: client.call("sessions.history", session_id=each), ids)
            return [
                Game(session, events["events"], sent.get(each, []), streams.get(each, []))
                for each, session, events in zip(ids, sessions, history, strict=True)
            ]

    def ratings(self) -> dict[str, dict[str, int]]:
        """Return how many games, wins, draws and losses the server has counted for each player."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            accounts = pool.map(lambda player: player.insist("accounts.get"), self.players)
            words = ("games", "wins", "draws", "losses")
            return {
                account["login"]: {word: account["ratings"]["dobutsu"][word] for word in words}
                for account in accounts
            }


def recent(table: Table) -> list[Sent]:
    """Return what a table's players have sent last."""
    return [sent for player in table.players for sent in player.sent[-RECENT:]]


def sessions_of(player: Player) -> list[str]:
    """Return the ids of all sessions of a player, those that it was never told of too."""
    found, after = [], None
    while True:
        page = player.insist("sessions.list", login=player.login, limit=100, after=after)
        found += [item["session_id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            return found
