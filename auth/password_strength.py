"""Which new passwords are refused: those that somebody guesses who tries the likely ones first.

NIST SP 800-63B has a service compare a new password with a list of those that are common, repeated
or sequential, or made of the names of the user and the service, and require nothing else of it but
a length. zxcvbn (Wheeler, USENIX Security 2016) does so: it knows 30,000 common passwords, words
and names, and their usual disguises, and estimates after how many guesses a password is tried.
"""

from collections.abc import Iterator
from math import prod

from zxcvbn import matching, zxcvbn

MIN_GUESSES = 10**6  # below that zxcvbn calls a password very guessable
SERVICE_NAME = "arbiter"
# The time that it takes grows with the square of the length, and with the number of ways to read
# digits and signs as letters: without a limit a password could be chosen that takes 0.4 seconds,
# in which Python runs nothing else. No common password has more than four ways. One with more than
# these is judged in pieces of six characters or more.
MAX_JUDGED_CHARACTERS = 32
MAX_WAYS_TO_READ = 24


def is_guessable(password: str, login: str) -> bool:
    """Tell whether a player's password is among those that are tried first.

    Not to be called by two threads at once: zxcvbn keeps the login in a global variable.
    """
    guesses = 1
    for piece in _pieces(password[:MAX_JUDGED_CHARACTERS]):
        guesses *= zxcvbn(piece, user_inputs=[login, SERVICE_NAME])["guesses"]
        if guesses >= MIN_GUESSES:
            return False
    return True


def _pieces(password: str) -> Iterator[str]:
    """Yield a password in pieces that are judged in bounded time: one, if it has not many signs."""
    while password:
        end = len(password)
        while _ways_to_read(password[:end]) > MAX_WAYS_TO_READ:
            end -= 1
        yield password[:end]
        password = password[end:]


def _ways_to_read(part: str) -> int:
    signs_by_letter = matching.relevant_l33t_subtable(part, matching.L33T_TABLE)
    return prod(len(signs) for signs in signs_by_letter.values())
