"""Connection keys: hard to guess, easy to type."""

import secrets

import pytest

from private_rooms.keys import ALPHABET, LENGTH, new_key, parse_key


def test_a_key_has_eight_characters_of_crockfords_alphabet():
    assert ALPHABET == "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for _ in range(100):
        key = new_key()
        assert len(key) == 8
        assert set(key) <= set(ALPHABET)


def test_keys_are_drawn_from_a_cryptographic_source(monkeypatch):
    drawn = iter("ARB1TER0")
    monkeypatch.setattr(secrets, "choice", lambda alphabet: next(drawn))
    assert new_key() == "ARB1TER0"


def test_every_character_can_come_up():
    assert {character for _ in range(200) for character in new_key()} == set(ALPHABET)


def test_a_key_reads_as_itself():
    assert all(parse_key(key) == key for key in (new_key() for _ in range(100)))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("arb1ter0", "ARB1TER0"), ("ARBITERO", "ARB1TER0"), ("arblterO", "ARB1TER0"),
        ("iIlLoO00", "11110000"), ("ARB1-TER0", "ARB1TER0"), (" ARB1 TER0 ", "ARB1TER0"),
    ],
)
def test_a_mistyped_key_is_understood(typed, key):
    assert parse_key(typed) == key


@pytest.mark.parametrize(
    "typed",
    ["", "ARB1TER", "ARB1TER00", "ARB1TERU", "ARB1TER!", "ARB1TER\0", "ARB1TERé", "ARB1TERſ",
     "ARB1TER１", "\ud800" * 8, "'\\ud800'", "-" * LENGTH],
)
def test_text_that_can_be_no_key_is_none(typed):
    assert parse_key(typed) is None
