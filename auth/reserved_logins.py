"""Logins of the server's own bots, which nobody else may have. No I/O.

Players take what is called so for the server's, whatever its kind.
"""

from hmac import compare_digest

from auth.exceptions import LoginTaken

PREFIX = "computer-"


def require_free(login: str, password: str, bots_password: str) -> None:
    """Raise LoginTaken for a reserved login, unless the password is that of the server's bots."""
    if not login.lower().startswith(PREFIX):
        return
    given, right = (each.encode("utf-8", "replace") for each in (password, bots_password))
    if not right or not compare_digest(given, right):
        raise LoginTaken.of(
            f"The login {login} is taken: what begins with {PREFIX} is kept for bots of the server",
            login=login,
        )
