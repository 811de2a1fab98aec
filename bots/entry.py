"""How a bot comes to be connected as itself: it logs in, or registers, and says what it is."""

from dataclasses import dataclass
from typing import Any

from bots.calls import call
from client import Client, Refused

LOGIN_PREFIX = "computer-"


def is_computer(login: str) -> bool:
    """Return whether it is the login of a built-in bot, which nobody else can have."""
    return login.startswith(LOGIN_PREFIX)


class LockedOut(Exception):
    """The account is another's, or has another password; waiting does not help."""


@dataclass(frozen=True)
class Terms:
    """What a bot plays, on which account and how much of it at once."""

    url: str
    login: str
    password: str
    level: int
    about: str
    games: frozenset[str]
    max_plays: int


def enter(client: Client, terms: Terms) -> dict[str, Any]:
    """Log in, or register, as a bot; return the tokens. Raises LockedOut."""
    tokens: dict[str, Any] = _tokens(client, terms)
    account = call(client, "accounts.get")
    if account["kind"] != "bot":
        call(client, "accounts.become_bot")
    if account["bio"] != terms.about:
        name = f"Computer, level {terms.level}"
        call(client, "accounts.update", display_name=name, bio=terms.about)
    return tokens


def _tokens(client: Client, terms: Terms) -> Any:
    identity = {"login": terms.login, "password": terms.password}
    try:
        return call(client, "auth.login", **identity)
    except Refused as error:
        if error.type != "InvalidCredentials":
            raise
    try:
        return call(client, "auth.register", **identity)
    except Refused as error:
        if error.type != "LoginTaken":
            raise
        raise LockedOut(
            f"{terms.login} can neither log in nor register: BOTS_PASSWORD has to be that with "
            "which the account was made"
        ) from error
