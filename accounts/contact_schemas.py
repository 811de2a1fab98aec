"""What the accounts service answers about opponents, contacts, and who follows and blocks whom."""

from typing import TypedDict

from extensions.pagination import paginate


class Opponent(TypedDict):
    """A player whom another one wants to play, and whether the former has blocked the latter."""

    login: str
    has_blocked: bool


class Seeker(TypedDict):
    """A player who searches for an opponent, and is not to meet those whom the player blocks.

    `ratings` has one for each speed, and `rating` is that of the speed played most.
    """

    kind: str
    rating: float
    ratings: dict[str, float]
    blocks: list[str]


class Contact(TypedDict):
    """A player as another one sees the player in a list.

    None is online to a player whom they have blocked, or who has blocked them.
    """

    login: str
    display_name: str
    kind: str
    online: bool


ContactViews = list[Contact]  # entrypoints may not say `list`, as one has this name


class ContactPage(TypedDict):
    """A part of a list of players; `next` is the cursor of the part that follows."""

    items: list[Contact]
    next: str | None


class Relation(TypedDict):
    """What a player is to another one, who `follows` or `blocks` the player."""

    login: str
    online: bool
    follows: bool
    blocks: bool


def contact_page(name: str, contacts: list[Contact], limit: int) -> ContactPage:
    """Show a page of players, of whom there is one more than `limit` if more follow."""
    shown, following = paginate(name, contacts, limit, lambda contact: [contact["login"]])
    return {"items": shown, "next": following}
