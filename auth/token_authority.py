"""Tokens: issued, exchanged, checked and revoked."""

from collections.abc import Collection, Sequence

from auth import schemas, storage, token_codec
from auth.exceptions import InvalidToken
from auth.schemas import EndedLogin, Identified, KnownLogin, LoginState
from auth.storage import Credentials
from auth.token_codec import Claims, Keys
from auth.token_families import Families
from extensions.dependencies import Clock, Database
from extensions.outbox.outbox import Outbox
from extensions.settings import Settings


class TokenAuthority:
    """Signs tokens, and knows which of those that it has signed are good."""

    def __init__(
        self, db: Database, outbox: Outbox, families: Families, keys: Keys, clock: Clock,
        settings: Settings,
    ):
        self._db = db
        self._outbox = outbox
        self._families = families
        self._keys = keys
        self._clock = clock
        self._settings = settings

    def issue(self, credentials: Credentials) -> schemas.TokensView:
        """Issue the first tokens of a new family, which ends the player's oldest beyond MAX_LOGINS.

        Those end only after they have been announced, so that no connection outlives its login.
        """
        for family in self._families.oldest(credentials.login, self._settings.max_logins - 1):
            self.revoke(credentials.login, family)
        access, refresh = self._new_claims(credentials)
        self._families.add(
            refresh.login, refresh.family, refresh.token_id, refresh.expires_at, refresh.issued_at
        )
        return schemas.tokens_view(access, refresh, self._keys)

    def refresh(self, refresh_token: str) -> schemas.TokensView:
        """Exchange a refresh token for the next tokens of its family.

        For REFRESH_TOKEN_REUSE seconds one that has been used is exchanged for the same next one
        again, unless that has been used too: the answer may be lost, as on a page that is loaded
        again, or the broker deliver a request twice. After that it ends the family.

        Raises InvalidToken.
        """
        claims, credentials = self._check(refresh_token, token_codec.REFRESH)
        access, refresh = self._new_claims(
            credentials, claims.family, token_codec.successor_id(claims, self._keys)
        )
        is_good = self._families.rotate(
            claims.login, claims.family, claims.token_id, refresh.token_id, refresh.expires_at,
            refresh.issued_at,
        )
        if not is_good:
            self.revoke(claims.login, claims.family)
            raise InvalidToken("The refresh token has been used before: log in again")
        if credentials.is_guest:
            with self._db.get_session() as session:
                storage.touch_guest(session, credentials.login, refresh.issued_at)
        return schemas.tokens_view(access, refresh, self._keys)

    def identify(self, access_token: str) -> Identified:
        """Return what a good access token says, and whether its player is a guest.

        Raises InvalidToken.
        """
        claims, credentials = self._check(access_token, token_codec.ACCESS)
        return claims, credentials.is_guest

    def check(self, token: str, kind: str) -> Claims:
        """Return what a good token of this kind says.

        Raises InvalidToken.
        """
        return self._check(token, kind)[0]

    def identify_many(self, access_tokens: Sequence[str]) -> list[Identified | InvalidToken]:
        """Return the same of each of these, or why it is invalid."""
        outcomes = [self._decoded(token) for token in access_tokens]
        claims = [each for each in outcomes if isinstance(each, Claims)]
        credentials = self._credentials({each.login for each in claims})
        asked = [(each.login, each.family, each.fingerprint) for each in claims]
        ended = set(self._ended(asked, credentials)) if asked else set()
        return [
            each if isinstance(each, InvalidToken) else
            InvalidToken("The token cannot be used: it has been revoked, or its login has ended")
            if (each.login, each.family) in ended else
            (each, credentials[each.login].is_guest)
            for each in outcomes
        ]

    def login_states(self, known: Collection[KnownLogin]) -> list[LoginState]:
        """Tell of each of these logins whether it has ended, and whether it is a guest's.

        A login ends by itself or by a new password.
        """
        credentials = self._credentials({login for login, _, _ in known})
        guests = {login for login, each in credentials.items() if each.is_guest}
        ended = set(self._ended(known, credentials))
        return [
            {"ended": (login, family) in ended, "guest": login in guests}
            for login, family, _ in known
        ]

    def _ended(
        self, known: Collection[KnownLogin], credentials: dict[str, Credentials]
    ) -> list[EndedLogin]:
        unknown = self._families.ended([(login, family) for login, family, _ in known])
        current = {login: each.fingerprint for login, each in credentials.items()}
        return [
            (login, family) for login, family, fingerprint in known
            if (login, family) in unknown or fingerprint != current.get(login)
        ]

    def revoke(self, login: str, family: str) -> None:
        """End a token family, and tell the gateways."""
        if not self._families.is_valid(login, family):
            return
        message = schemas.revoked_message(login, family, self._clock())
        with self._db.get_session() as session:
            self._outbox.record(session, [message])
        # After the message is stored: a death in between closes connections, and leaves none.
        self._families.revoke(login, family)
        self._outbox.send([message])

    def _credentials(self, logins: Collection[str]) -> dict[str, Credentials]:
        if not logins:
            return {}
        with self._db.get_session() as session:
            return storage.find_many(session, logins)

    def _decoded(self, access_token: str) -> Claims | InvalidToken:
        try:
            return self._decode(access_token, token_codec.ACCESS)
        except InvalidToken as error:
            return error

    def _decode(self, token: str, kind: str) -> Claims:
        try:
            return token_codec.decode(token, kind, self._keys, self._clock())
        except token_codec.BadToken as error:
            raise InvalidToken(f"The token cannot be used: {error}") from None

    def _check(self, token: str, kind: str) -> tuple[Claims, Credentials]:
        claims = self._decode(token, kind)
        with self._db.get_session() as session:
            found = storage.find(session, claims.login)
        if found is None or found.fingerprint != claims.fingerprint:
            raise InvalidToken("The token cannot be used: it has been revoked")
        if not self._families.is_valid(claims.login, claims.family):
            raise InvalidToken("The token cannot be used: its login has ended")
        return claims, found

    def _new_claims(
        self, credentials: Credentials, family: str | None = None, refresh_id: str | None = None
    ) -> tuple[Claims, Claims]:
        now, fingerprint = self._clock(), credentials.fingerprint
        access = token_codec.new_claims(
            credentials.login, token_codec.ACCESS, now, self._settings.access_token_ttl,
            fingerprint, family,
        )
        refresh = token_codec.new_claims(
            credentials.login, token_codec.REFRESH, now, self._settings.refresh_token_ttl,
            fingerprint, access.family, refresh_id,
        )
        return access, refresh
