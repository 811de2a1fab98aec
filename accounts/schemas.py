"""What the accounts service shows of its rows, and what it announces."""

from accounts.glicko2 import INITIAL_DEVIATION, INITIAL_RATING
from accounts.models import Account, Rating, RatingChange
from accounts.ratings import PROVISIONAL_ABOVE, strength
from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage

UNRATED = {
    "rating": INITIAL_RATING, "deviation": INITIAL_DEVIATION,
    "games": 0, "wins": 0, "draws": 0, "losses": 0,
}


def account(row: Account, games: list[str], now: float) -> dict:
    """A profile, with a rating for each of the games, whether played or not."""
    rated = {rating.game: _rating(rating, now) for rating in row.ratings}
    return {
        "login": row.login,
        "display_name": row.display_name,
        "bio": row.bio,
        "created_at": timestamp(row.created_at),
        "ratings": {game: rated.get(game, UNRATED) for game in games},
    }


def ranked(row: Rating, display_name: str, now: float) -> dict:
    """A player's line on a leaderboard."""
    deviation = strength(row, now).deviation
    return {
        "login": row.login, "display_name": display_name,
        "rating": row.rating, "deviation": deviation, "games": row.games,
        "provisional": deviation > PROVISIONAL_ABOVE,
    }


def change(row: RatingChange, viewer: str) -> dict:
    """What a rating was after a game; the session, which may be private, only to its player."""
    return {
        "at": timestamp(row.at), "session_id": row.session_id if viewer == row.login else None,
        "rating": row.rating, "deviation": row.deviation,
    }


def notice(event: str, login: str, now: float) -> OutboxMessage:
    return OutboxMessage(f"account.{login}", event, {"login": login, "at": timestamp(now)})


def _rating(row: Rating, now: float) -> dict:
    return {
        "rating": row.rating, "deviation": strength(row, now).deviation, "games": row.games,
        "wins": row.wins, "draws": row.draws, "losses": row.losses,
    }
