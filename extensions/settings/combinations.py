"""What settings must be beside one another, and which ones a process cannot do without. No I/O."""

import re
from collections.abc import Iterator

from extensions.settings.declaration import Settings
from extensions.settings.types import DAY_SECONDS, MIN_SECRET_CHARACTERS

# So that the logins and the password are such as anybody's.
BOTS_SUFFIX = re.compile(r"[A-Za-z0-9_-]{0,9}")
MAX_BOTS_PASSWORD_CHARACTERS = 128
# A gateway renews its lease as often. Until a silence of the broker has lasted for HEARTBEAT,
# nobody knows that leases cannot be renewed.
RENEW_INTERVAL_SECONDS = 3.0


def violations(settings: Settings, process: str) -> Iterator[tuple[str, str]]:
    """Yield each setting that breaks a rule of the process, with a sentence that begins by it."""
    for sentence in _RULES[process](settings) if process in _RULES else ():
        yield sentence.partition(" ")[0], sentence


def _auth(settings: Settings) -> Iterator[str]:
    if not settings.token_secret:
        yield (
            f"TOKEN_SECRET must be set to a secret of {MIN_SECRET_CHARACTERS} characters or "
            'more (python3 -c "import secrets; print(secrets.token_urlsafe(48))" makes one)'
        )
    if settings.guests_kept * DAY_SECONDS <= settings.access_token_ttl:
        yield f"GUESTS_KEPT must be above ACCESS_TOKEN_TTL, which is {settings.access_token_ttl:g}"
    if settings.refresh_token_reuse < settings.rpc_timeout:
        yield (
            f"REFRESH_TOKEN_REUSE must be at least RPC_TIMEOUT, which is {settings.rpc_timeout:g}"
        )


def _sessions(settings: Settings) -> Iterator[str]:
    yield from _gateway(settings)
    if settings.sessions_kept and not settings.archive_dir:
        yield "SESSIONS_KEPT needs an ARCHIVE_DIR to move sessions to"
    if 0 < settings.sessions_kept <= settings.rooms_kept:
        yield f"SESSIONS_KEPT must be 0 or more than ROOMS_KEPT, which is {settings.rooms_kept:g}"


def _gateway(settings: Settings) -> Iterator[str]:
    if settings.heartbeat + RENEW_INTERVAL_SECONDS >= settings.gateway_lease:
        yield (
            f"HEARTBEAT must be below GATEWAY_LEASE less {RENEW_INTERVAL_SECONDS:g}, which is "
            f"{settings.gateway_lease - RENEW_INTERVAL_SECONDS:g}"
        )


def _bots(settings: Settings) -> Iterator[str]:
    if not settings.bots_password:
        yield "BOTS_PASSWORD must be set to the password of the computer opponents' accounts"
    if len(settings.bots_password) > MAX_BOTS_PASSWORD_CHARACTERS:
        yield f"BOTS_PASSWORD has at most {MAX_BOTS_PASSWORD_CHARACTERS} characters"
    suffixes = settings.bots_suffix.split(",")
    if not all(map(BOTS_SUFFIX.fullmatch, suffixes)) or len(set(suffixes)) < len(suffixes):
        yield "BOTS_SUFFIX is up to 9 of A-Z a-z 0-9 _ -, or several such with a comma between"


_RULES = {"auth": _auth, "sessions": _sessions, "gateway": _gateway, "bots": _bots}
