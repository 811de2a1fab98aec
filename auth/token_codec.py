"""Access and refresh tokens: pure functions from claims to strings and back.

JWT (RFC 7519), signed by HS256 and no other algorithm. `kid` names the key by a digest of it, so
that a new secret can be introduced while tokens of the previous one are still good. `fingerprint`
ties a token to the password hash under which it was issued: a new password ends them all.
"""

import hashlib
import hmac
import uuid
from dataclasses import dataclass, field

import jwt

ISSUER = AUDIENCE = "arbiter"
ALGORITHM = "HS256"
ACCESS, REFRESH = "access", "refresh"
REQUIRED_CLAIMS = ["iss", "aud", "sub", "typ", "jti", "iat", "exp", "family", "fingerprint"]


class BadToken(ValueError):
    """The string is not a token that these keys have signed and that is still good."""


@dataclass(frozen=True)
class Claims:
    """What a token says. `family` is common to all tokens that came of one login.

    `key_id` names the key that has signed a token which was read.
    """

    login: str
    kind: str
    issued_at: float
    expires_at: float
    fingerprint: str
    family: str
    token_id: str
    key_id: str = field(default="", compare=False)


@dataclass(frozen=True)
class Keys:
    """The secret that signs, and all secrets that are accepted, by key id."""

    signing: str
    by_id: dict[str, str]

    @classmethod
    def of(cls, secret: str, *others: str) -> "Keys":
        """Return the keys of a secret that signs, and of others that are accepted, unless empty."""
        return cls(secret, {_key_id(key): key for key in (*others, secret) if key})


def fingerprint(password_hash: str) -> str:
    """Return a digest that changes with the password hash and gives nothing of it away."""
    digest = hmac.new(b"arbiter fingerprint", password_hash.encode(), hashlib.sha256)
    return digest.hexdigest()[:16]


def new_claims(
    login: str, kind: str, now: float, lifetime: float, fingerprint: str,
    family: str | None = None, token_id: str | None = None,
) -> Claims:
    """Return the claims of a new token: of a new family, or with a new id, if none is given."""
    return Claims(
        login, kind, now, now + lifetime, fingerprint,
        family or uuid.uuid4().hex, token_id or uuid.uuid4().hex,
    )


def successor_id(used: Claims, keys: Keys) -> str:
    """Return the id of the refresh token for which another one, which was read, is exchanged.

    It is the same however often that is done, whichever key signs meanwhile, and nobody can tell
    it without the secret.
    """
    text = f"arbiter successor {used.token_id}".encode()
    return hmac.new(keys.by_id[used.key_id].encode(), text, hashlib.sha256).hexdigest()[:32]


def encode(claims: Claims, keys: Keys) -> str:
    """Return the signed token."""
    payload = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": claims.login, "typ": claims.kind,
        "jti": claims.token_id, "iat": claims.issued_at, "exp": claims.expires_at,
        "family": claims.family, "fingerprint": claims.fingerprint,
    }
    return jwt.encode(
        payload, keys.signing, algorithm=ALGORITHM, headers={"kid": _key_id(keys.signing)}
    )


def decode(token: str, kind: str, keys: Keys, now: float) -> Claims:
    """Check a token's signature, kind and time; return what it says.

    Raises BadToken.
    """
    try:
        key_id = str(jwt.get_unverified_header(token)["kid"])
        secret = keys.by_id[key_id]
        payload = jwt.decode(
            token, secret, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER,
            # Time is checked below, on the clock that the caller gives.
            options={"require": REQUIRED_CLAIMS, "verify_exp": False, "verify_iat": False},
        )
        claims = Claims(
            payload["sub"], payload["typ"], float(payload["iat"]), float(payload["exp"]),
            str(payload["fingerprint"]), str(payload["family"]), str(payload["jti"]), key_id,
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise BadToken("the token is not one of ours") from error
    if claims.kind != kind:
        raise BadToken(f"the token is no {kind} token")
    if claims.expires_at <= now:
        raise BadToken("the token has expired")
    return claims


def _key_id(secret: str) -> str:
    return hashlib.sha256(b"arbiter key id" + secret.encode()).hexdigest()[:12]
