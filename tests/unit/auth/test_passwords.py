"""Password hashes: argon2id, and one verification whether there is a hash or not."""

import eventlet
import pytest
from eventlet.event import Event

from auth.exceptions import WeakPassword
from auth.password_strength import is_guessable
from auth.passwords import (
    CONTEXT,
    MAX_CONCURRENT_HASHES,
    MAX_WAITING_HASHES,
    PasswordHasher,
)
from extensions.errors import RateLimited

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
    return hasher.hash(PASSWORD, "Alice")


def test_passwords_are_hashed_by_argon2id_as_owasp_advises(password_hash):
    _, variant, _, figures, _, _ = password_hash.split("$")
    figures = dict(each.split("=") for each in figures.split(","))
    assert variant == "argon2id"
    assert int(figures["m"]) >= 19_456
    assert int(figures["t"]) >= 2


def test_a_hash_is_salted(hasher, password_hash):
    assert hasher.hash(PASSWORD, "Alice") != password_hash


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
    assert hasher.verify("пароль пароль", hasher.hash("пароль пароль", "Alice")) is True


def test_a_weak_password_is_refused_and_not_hashed(hasher, executor):
    executor.calls.clear()
    with pytest.raises(WeakPassword):
        hasher.hash("12345678", "Alice")
    assert executor.calls == [is_guessable]


def test_passwords_are_judged_one_at_a_time():
    under_way, most = [], []

    def execute(function, *arguments):
        under_way.append(function)
        most.append(under_way.count(is_guessable))
        eventlet.sleep()
        under_way.remove(function)
        return False if function == is_guessable else ""

    hasher = PasswordHasher(execute)
    hashing = [eventlet.spawn(hasher.hash, PASSWORD, login) for login in ("alice", "bob", "carol")]
    for each in hashing:
        each.wait()
    assert max(most) == 1


def test_those_beyond_the_queue_are_refused_at_once():
    finish = Event()
    hasher = PasswordHasher(lambda *_: finish.wait())
    waiting = [
        eventlet.spawn(hasher.verify, PASSWORD, None)
        for _ in range(MAX_CONCURRENT_HASHES + MAX_WAITING_HASHES)
    ]
    eventlet.sleep()
    with pytest.raises(RateLimited) as refusal:
        hasher.verify(PASSWORD, None)
    assert refusal.value.details["retry_after"] > 0
    finish.send(False)
    assert [each.wait() for each in waiting] == [False] * len(waiting)
    assert hasher.verify(PASSWORD, None) is False
