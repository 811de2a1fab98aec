"""What the accounts service answers, and the messages by which it announces changes."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from accounts.glicko2 import INITIAL_DEVIATION, INITIAL_RATING
from accounts.kinds import GUEST
from accounts.models import Account, Rating, RatingChange
from accounts.ratings import PROVISIONAL_DEVIATION, most_played, strength
from extensions.clock import timestamp
from extensions.outbox.message import OutboxMessage
from extensions.pagination import paginate

ACCOUNTS_LIST = "accounts"

Logins = Sequence[str]  # entrypoints may not say `list`, as one has this name
Games = Sequence[str]


class RatingView(TypedDict):
    """A player's rating at one game and speed, and how the rated games went."""

    speed: str | None
    rating: float
    deviation: float
    games: int
    wins: int
    draws: int
    losses: int
    places: dict[str, int]


class AccountView(TypedDict):
    """A profile, with a rating for each of the games that were asked for.

    `ratings` has the one of the speed that the player has played most, and `ratings_by_speed` those
    of all speeds that the player has played.
    """

    login: str
    display_name: str
    bio: str
    kind: str
    guest: bool
    created_at: str | None
    ratings: dict[str, RatingView]
    ratings_by_speed: dict[str, dict[str, RatingView]]


class AccountPage(TypedDict):
    """A part of the list of accounts; `next` is the cursor of the part that follows."""

    items: list[AccountView]
    next: str | None


class RankedView(TypedDict):
    """A player's line on a leaderboard."""

    login: str
    display_name: str
    kind: str
    rating: float
    deviation: float
    games: int
    provisional: bool
    places: dict[str, int]


class Leaderboard(TypedDict):
    """A part of a leaderboard; `next` is the cursor of the part that follows."""

    items: list[RankedView]
    next: str | None


class RatingChangeView(TypedDict):
    """What a rating was after a game; the session, which may be private, only to its player."""

    at: str | None
    session_id: str | None
    rating: float
    deviation: float
    place: int | None
    players: int | None


class RatingHistory(TypedDict):
    """A part of a rating's history; `next` is the cursor of the part that follows."""

    items: list[RatingChangeView]
    next: str | None
    speed: str


class Changes(TypedDict, total=False):
    """What a player may change of an account."""

    display_name: str
    bio: str


UNRATED: RatingView = {
    "speed": None, "rating": INITIAL_RATING, "deviation": INITIAL_DEVIATION,
    "games": 0, "wins": 0, "draws": 0, "losses": 0, "places": {},
}


def account_view(account: Account, games: Iterable[str], now: float) -> AccountView:
    """Show a profile, with a rating for each of the games, whether played or not."""
    rated: dict[str, list[Rating]] = {game: [] for game in games}
    for rating in account.ratings:
        rated.get(rating.game, []).append(rating)
    usual = {game: most_played(ratings) for game, ratings in rated.items()}
    return {
        "login": account.login,
        "display_name": account.display_name,
        "bio": account.bio,
        "kind": account.kind,
        "guest": account.kind == GUEST,
        "created_at": timestamp(account.created_at),
        "ratings": {
            game: _rating_view(rating, now) if rating else UNRATED for game, rating in usual.items()
        },
        "ratings_by_speed": {
            game: {each.speed: _rating_view(each, now) for each in ratings}
            for game, ratings in rated.items() if ratings
        },
    }


def account_page(
    accounts: list[Account], limit: int, games: Iterable[str], now: float
) -> AccountPage:
    """Show a page of accounts, of which there is one more than `limit` if more follow."""
    shown, following = paginate(
        ACCOUNTS_LIST, accounts, limit, lambda account: [account.login.lower()]
    )
    return {"items": [account_view(each, games, now) for each in shown], "next": following}


def leaderboard_list(game: str, speed: str) -> str:
    """Name the leaderboard of a game and speed, for its cursors."""
    return f"{speed} leaderboard of {game}"


def leaderboard(
    rows: list[tuple[Rating, str, str]], limit: int, game: str, speed: str, now: float
) -> Leaderboard:
    """Show a page of a leaderboard, of rows that are one more than `limit` if more follow."""
    shown, following = paginate(
        leaderboard_list(game, speed), rows, limit, lambda row: [row[0].rating, row[0].login]
    )
    items = [_ranked_view(*row, now) for row in shown]
    return {"items": items, "next": following}


def history_list(login: str, game: str, speed: str) -> str:
    """Name the rating history of a player at a game and speed, for its cursors."""
    return f"rating history of {login} at {speed} {game}"


def rating_history(
    changes: list[RatingChange], limit: int, viewer: str, name: str, speed: str
) -> RatingHistory:
    """Show a page of a history by its name, of changes one more than `limit` if more follow."""
    shown, following = paginate(name, changes, limit, lambda change: [change.number])
    items = [_change_view(each, viewer) for each in shown]
    return {"items": items, "next": following, "speed": speed}


def message(event: str, login: str, now: float) -> OutboxMessage:
    """Tell what has happened to an account."""
    return OutboxMessage(f"account.{login}", event, {"login": login, "at": timestamp(now)})


def _rating_view(rating: Rating, now: float) -> RatingView:
    return {
        "speed": rating.speed,
        "rating": rating.rating, "deviation": strength(rating, now).deviation,
        "games": rating.games, "wins": rating.wins, "draws": rating.draws, "losses": rating.losses,
        "places": rating.places,
    }


def _ranked_view(rating: Rating, display_name: str, kind: str, now: float) -> RankedView:
    deviation = strength(rating, now).deviation
    return {
        "login": rating.login, "display_name": display_name, "kind": kind,
        "rating": rating.rating, "deviation": deviation, "games": rating.games,
        "provisional": deviation > PROVISIONAL_DEVIATION, "places": rating.places,
    }


def _change_view(change: RatingChange, viewer: str) -> RatingChangeView:
    return {
        "at": timestamp(change.at),
        "session_id": change.session_id if viewer == change.login else None,
        "rating": change.rating, "deviation": change.deviation,
        "place": change.place, "players": change.players,
    }
