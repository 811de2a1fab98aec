"""Connection keys: eight characters of Crockford's base 32, easy to read out and to type.

Source: Douglas Crockford, "Base 32" (crockford.com/base32.html): no I, L, O or U among the symbols;
when read back, the case does not matter, I and L stand for 1, O for 0, and hyphens for nothing.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_UNDERSTOOD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def new_key() -> str:
    """A key from a cryptographic source: 40 bits that cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def parse_key(text: str) -> str | None:
    """The key that somebody meant; None where it can be none."""
    if not text.isascii():
        return None
    key = text.upper().translate(_UNDERSTOOD)
    return key if len(key) == LENGTH and set(key) <= set(ALPHABET) else None
