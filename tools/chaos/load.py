"""The load: all pairs of players, started, watched, and evaluated at the end."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from client import Client, JsonObject
from tools.chaos.game_pair import GamePair
from tools.chaos.player import Player
from tools.chaos.records import EventStream, GameRecord, SentCommand
from tools.chaos.standstills import has_moved

THREADS = 8
QUIET_SECONDS = 2.0  # without a new event, until all players have what there is
RECENT_COMMANDS = 6  # of each player, which tell whether a pair goes on
RATING_COUNTS = ("games", "wins", "draws", "losses")


class Load:
    """Pairs of players. A context manager: on leaving, all of them disconnect."""

    def __init__(self, url: str, games: int, seed: int) -> None:
        run = secrets.token_hex(3)
        self.pairs: list[GamePair] = []
        for number in range(games):
            logins = [f"{name}-{number}-{run}" for name in ("ada", "ben")]
            one, other = (Player(url, login, f"{seed} {login[:-7]}") for login in logins)
            self.pairs.append(GamePair(number, (one, other), seed))

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *error: object) -> None:
        for player in self.players:
            player.stopping.set()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(Player.close, self.players))

    @property
    def players(self) -> list[Player]:
        return [player for pair in self.pairs for player in pair.players]

    def start(self) -> None:
        """Register all players, and let them play."""
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(Player.connection, self.players))
        for pair in self.pairs:
            pair.start()

    def stuck_pairs(self, since: float) -> list[GamePair]:
        """Return the pairs that sent nothing after a moment that was acknowledged."""
        return [pair for pair in self.pairs if not has_moved(recent_commands(pair), since)]

    def halt(self, timeout: float = 30.0) -> None:
        """Let nobody move any more; return when no player receives new events."""
        for pair in self.pairs:
            pair.halt()
        deadline, received, quiet_since = time.monotonic() + timeout, -1, time.monotonic()
        while time.monotonic() < min(deadline, quiet_since + QUIET_SECONDS):
            count = sum(stream.version for player in self.players for stream in player.streams)
            if count != received:
                received, quiet_since = count, time.monotonic()
            time.sleep(0.2)

    def games(self, url: str) -> list[GameRecord]:
        """Return all sessions of these players, read from the server at this address."""
        sent: dict[str, list[SentCommand]] = {}
        streams: dict[str, list[EventStream]] = {}
        for player in self.players:
            for each in player.sent:
                sent.setdefault(each.session_id, []).append(each)
            for stream in player.streams:
                streams.setdefault(stream.session_id, []).append(stream)
        with Client(url) as client, ThreadPoolExecutor(THREADS) as pool:
            ids = sorted(set().union(*pool.map(sessions_of, self.players)))
            sessions = pool.map(lambda each: client.call("sessions.get", session_id=each), ids)
            histories = pool.map(lambda each: history_of(client, each), ids)
            return [
                GameRecord(session, events, sent.get(each, []), streams.get(each, []))
                for each, session, events in zip(ids, sessions, histories, strict=True)
            ]

    def ratings(self) -> dict[str, dict[str, int]]:
        """Return the counts that the server has of each player, by RATING_COUNTS."""
        with ThreadPoolExecutor(THREADS) as pool:
            accounts = pool.map(
                lambda player: player.call_until_answered("accounts.get"), self.players
            )
            ratings = {each["login"]: each["ratings"]["dobutsu"] for each in accounts}
            return {
                login: {word: rating[word] for word in RATING_COUNTS}
                for login, rating in ratings.items()
            }


def recent_commands(pair: GamePair) -> list[SentCommand]:
    """Return the last commands of both players."""
    return [sent for player in pair.players for sent in player.sent[-RECENT_COMMANDS:]]


def history_of(client: Client, session_id: str) -> list[JsonObject]:
    """Return all events of a session."""
    events: list[JsonObject] = []
    since: int | None = 0
    while since is not None:
        page = client.call("sessions.history", session_id=session_id, since=since)
        events += page["events"]
        since = page["next"]
    return events


def sessions_of(player: Player) -> list[str]:
    """Return the ids of all sessions of a player, including those it was never told of."""
    found: list[str] = []
    after = None
    while True:
        page = player.call_until_answered(
            "sessions.list", login=player.login, limit=100, after=after
        )
        found += [item["session_id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            return found
