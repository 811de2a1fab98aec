"""Which new passwords are refused: those that somebody guesses who tries the likely ones first.

NIST SP 800-63B has a service compare a new password with a list of those that are common, repeated
or sequential, or made of the names of the user and the service, and require nothing else of it but
a length. zxcvbn (Wheeler, USENIX Security 2016) does so: it knows 30,000 common passwords, words
and names, and their usual disguises, and estimates after how many guesses a password is tried.
"""

from zxcvbn import zxcvbn

MIN_GUESSES = 10**6  # below that zxcvbn calls a password very guessable
SERVICE_NAME = "arbiter"
# The time that it takes grows with the square of the length.
MAX_JUDGED_CHARACTERS = 32


def is_guessable(password: str, login: str) -> bool:
    """Tell whether a player's password is among those that are tried first."""
    judged = zxcvbn(password[:MAX_JUDGED_CHARACTERS], user_inputs=[login, SERVICE_NAME])
    return bool(judged["guesses"] < MIN_GUESSES)
