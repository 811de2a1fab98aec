"""Which passwords are refused: common ones, series, and those that are made of names."""

import pytest
from zxcvbn import matching

from auth.password_strength import is_guessable


@pytest.mark.parametrize("password", [
    "password", "12345678", "Password1", "P@ssw0rd", "iloveyou", "qwertyuiop", "1q2w3e4r",
    "letmein1", "football1", "aaaaaaaa", "00000000", "abcdefgh", "87654321", "a" * 128,
    "password" * 16, "arbiter1", "Arbiter123",
])
def test_a_common_password_is_refused(password):
    assert is_guessable(password, "ada")


@pytest.mark.parametrize("password", [
    "alexandra-7", "ALEXANDRA-7", "alexandra-7!", "alexandra-71", "alexandra-7123", "7-ardnaxela",
    "alexandra-7alexandra-7",
])
def test_the_login_is_no_password_nor_with_a_suffix(password):
    assert is_guessable(password, "Alexandra-7")


@pytest.mark.parametrize("password", [
    "correct horse", "a long password", "tea at five", "Tr0ub4dor&3", "пароль пароль", "x7!kq2Lm",
    "a password of ada-725950", "!6|1971+kqwzxvuh", "7|!1+$5 and more",
    "\U0001f511 \U0001f6aa \U0001f3e0 \U0001f333",
])
def test_any_other_password_is_good_whatever_it_is_made_of(password):
    assert not is_guessable(password, "ada-725950")


@pytest.mark.parametrize("password", [
    "4@8({[<369!1|0$5+7%2zq", "4@8({[<369!1|0$5+7%24@8({[<369!1|", "1|!7+4@(69$5<[{ and more of it",
])
def test_a_password_full_of_signs_is_judged_by_few_readings(monkeypatch, password):
    readings = []
    enumerate_readings = matching.enumerate_l33t_subs

    def enumerate_counted(table):
        readings.extend(enumerate_readings(table))
        return enumerate_readings(table)

    monkeypatch.setattr(matching, "enumerate_l33t_subs", enumerate_counted)
    assert not is_guessable(password, "ada")
    assert 0 < len(readings) <= 100  # of the beginning, and of what is repeated in it
