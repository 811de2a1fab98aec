"""Password hashes: argon2id, and one verification whether there is a hash or not."""

import pytest

from auth.passwords import CONTEXT, PasswordHasher

PASSWORD = "correct horse"


class CountingExecutor:
    """Runs in place what else runs in a native thread."""

    def __init__(self):
        self.calls = []

    def __call__(self, function, *arguments):
        self.calls.append(function)
        return function(*arguments)


@pytest.fixture(scope="module")
def executor():
    return CountingExecutor()


@pytest.fixture(scope="module")
def hasher(executor):
    return PasswordHasher(executor)


@pytest.fixture(scope="module")
def password_hash(hasher):
    return hasher.hash(PASSWORD)


def test_passwords_are_hashed_by_argon2id_as_owasp_advises(password_hash):
    _, variant, _, figures, _, _ = password_hash.split("$")
    figures = dict(each.split("=") for each in figures.split(","))
    assert variant == "argon2id"
    assert int(figures["m"]) >= 19_456
    assert int(figures["t"]) >= 2


def test_a_hash_is_salted(hasher, password_hash):
    assert hasher.hash(PASSWORD) != password_hash


def test_only_the_right_password_is_right(hasher, password_hash):
    assert hasher.verify(PASSWORD, password_hash) is True
    assert hasher.verify("another one", password_hash) is False


def test_without_a_hash_no_password_is_right_after_the_same_work(hasher, executor):
    executor.calls.clear()
    assert hasher.verify("nobody's password", None) is False
    assert executor.calls == [CONTEXT.verify]


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 5000, "é" * 129])
def test_an_impossible_password_is_wrong_after_the_same_work(
    hasher, executor, password_hash, password
):
    executor.calls.clear()
    assert hasher.verify(password, password_hash) is False
    assert executor.calls == [CONTEXT.verify]


def test_a_password_may_be_of_any_script(hasher):
    assert hasher.verify("пароль пароль", hasher.hash("пароль пароль")) is True
