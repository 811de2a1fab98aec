"""The process of the computer opponents: accounts for each level, and their workers."""

import logging
import signal
import threading
from types import FrameType

from arbiter_games.contract import Game
from arbiter_games.plugins import load_games
from bots import health
from bots.account import BotAccount
from bots.engines.levels import LEVELS
from bots.engines.move_choice import is_random
from bots.entry import LOGIN_PREFIX, Terms
from bots.thinkers import Thinkers
from extensions.settings import Settings
from extensions.settings.loader import InvalidSettings, settings_from_environment

_log = logging.getLogger(__name__)

MAX_BIO_CHARACTERS = 500
LOOK_SECONDS = 1.0
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main() -> None:
    """Run until SIGTERM or SIGINT, by the settings of the environment."""
    try:
        settings = settings_from_environment("bots")
    except InvalidSettings as error:
        raise SystemExit(str(error)) from None
    logging.basicConfig(level=settings.log_level, format=LOG_FORMAT)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    run(settings, stopping)


def run(settings: Settings, stopping: threading.Event) -> None:
    """Keep all accounts online until the event is set."""
    thinkers, games = Thinkers(settings.bots_workers), load_games()
    accounts = [
        BotAccount(_terms(settings, level, suffix, games), thinkers)
        for suffix in settings.bots_suffix.split(",") for level in LEVELS
    ]

    def problems() -> list[str]:
        return [f"{each.name} is offline" for each in accounts if not each.is_online]

    if settings.metrics_port:
        health.serve(settings.metrics_host, settings.metrics_port, problems)
    for account in accounts:
        account.start()
    while not stopping.wait(LOOK_SECONDS):
        pass  # a signal that the system gives to another thread wakes nobody
    for account in accounts:
        account.stop()
    thinkers.close()


def _terms(settings: Settings, level: int, suffix: str, games: dict[str, Game]) -> Terms:
    login = f"{LOGIN_PREFIX}{level}"
    return Terms(
        url=settings.bots_url, login=f"{login}-{suffix}" if suffix else login, level=level,
        games=frozenset(games),
        password=settings.bots_password, max_plays=settings.bots_games,
        about=about(level, games),
    )


def about(level: int, games: dict[str, Game]) -> str:
    """Return what the account says of itself: its level, and which games it plays at random.

    The page reads the titles from it; those that there is no room for are counted.
    """
    titles = [game.title for game in games.values() if is_random(game)]
    texts = (_about(level, titles, named) for named in range(len(titles), -1, -1))
    return next(text for text in texts if len(text) <= MAX_BIO_CHARACTERS)


def _about(level: int, titles: list[str], named: int) -> str:
    more = [f"and {len(titles) - named} more"] if named < len(titles) else []
    by_lot = f" At random: {', '.join(titles[:named] + more)}." if titles else ""
    return f"A program, level {level} of {len(LEVELS)}.{by_lot}"
