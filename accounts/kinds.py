"""The kinds of players, and how an account comes to be of another one.

A guest has no password, and a bot is played by a program. A guest becomes an ordinary player, and
an ordinary player may become a bot; nothing else changes.
"""

from typing import Literal, TypeAlias

from accounts.exceptions import CannotBecomeBot
from accounts.models import Account

Kind: TypeAlias = Literal["player", "guest", "bot"]
PLAYER: Kind = "player"
GUEST: Kind = "guest"
BOT: Kind = "bot"


def become_bot(account: Account) -> bool:
    """Make an account a bot's, and return whether it was none; raises CannotBecomeBot."""
    if account.kind == BOT:
        return False
    if account.kind == GUEST:
        raise CannotBecomeBot.of(
            f"{account.login} is a guest: set a password first", login=account.login
        )
    if any(rating.games for rating in account.ratings):
        raise CannotBecomeBot.of(
            f"{account.login} has finished a rated game as a player", login=account.login
        )
    account.kind = BOT
    return True
