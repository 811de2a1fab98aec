"""Connection keys: eight characters of Crockford's base 32, easy to read out and to type.

Source: Douglas Crockford, "Base 32" (crockford.com/base32.html). There are no I, L, O and U among
the symbols. When a key is read, case and hyphens do not matter, I and L are 1, and O is 0.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def new_key() -> str:
    """Return a key of 40 bits from a cryptographic source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def parse_key(text: str) -> str | None:
    """Return the key that is meant by what somebody has typed, or None if it is no key."""
    if not text.isascii():
        return None
    key = text.upper().translate(_READ_AS)
    return key if len(key) == LENGTH and set(key) <= set(ALPHABET) else None
