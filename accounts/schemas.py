"""What the accounts service shows of its rows, and what it announces."""

from accounts.models import INITIAL_DEVIATION, INITIAL_RATING, Account, Rating
from extensions.announcements import Notice
from extensions.clock import timestamp

UNRATED = {
    "rating": INITIAL_RATING, "deviation": INITIAL_DEVIATION,
    "games": 0, "wins": 0, "draws": 0, "losses": 0,
}


def account(row: Account, games: list[str]) -> dict:
    """A profile, with a rating for each of the games, whether played or not."""
    rated = {rating.game: _rating(rating) for rating in row.ratings}
    return {
        "login": row.login,
        "display_name": row.display_name,
        "bio": row.bio,
        "created_at": timestamp(row.created_at),
        "ratings": {game: rated.get(game, UNRATED) for game in games},
    }


def notice(event: str, login: str, now: float) -> Notice:
    return Notice(f"account.{login}", event, {"login": login, "at": timestamp(now)})


def _rating(row: Rating) -> dict:
    return {
        "rating": row.rating, "deviation": row.deviation,
        "games": row.wins + row.draws + row.losses,
        "wins": row.wins, "draws": row.draws, "losses": row.losses,
    }
