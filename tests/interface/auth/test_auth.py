"""The auth service's entrypoints, and what it announces."""


import eventlet
import jwt
import pytest
from eventlet.event import Event
from sqlalchemy import select

from auth import events
from auth.dependencies import Passwords
from auth.exceptions import InvalidCredentials, InvalidToken, LoginTaken, WeakPassword
from auth.models import Base, CredentialsRow
from auth.passwords import MAX_CONCURRENT_HASHES, MAX_WAITING_HASHES
from auth.service import AuthService
from extensions.errors import RateLimited
from tests.stack import eventually

PASSWORD = "correct horse battery"


@pytest.fixture
def auth(containers, cluster):
    containers(AuthService)
    return cluster.auth


@pytest.fixture
def alice(auth):
    return auth.register("Alice", PASSWORD)


@pytest.fixture
def ear(auth, tap):
    return tap(events.EXCHANGE)


def test_a_registered_player_is_known_by_the_token(auth):
    tokens = auth.register("Alice", PASSWORD)
    known = auth.authenticate(tokens["access_token"])
    assert tokens["login"] == known["login"] == "Alice"
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900


def test_a_login_in_any_case_is_known_as_registered(auth, alice):
    tokens = auth.login("ALICE", PASSWORD)
    assert tokens["login"] == "Alice"
    assert auth.authenticate(tokens["access_token"])["login"] == "Alice"


def test_each_login_begins_a_family_of_tokens(auth, alice):
    again = auth.login("Alice", PASSWORD)
    families = {auth.authenticate(each["access_token"])["family"] for each in (alice, again)}
    assert len(families) == 2


def test_a_login_that_differs_by_case_alone_is_taken(auth, alice, ear):
    with pytest.raises(LoginTaken) as refusal:
        auth.register("aLICE", PASSWORD)
    assert refusal.value.details == {"login": "aLICE"}
    assert ear.rest() == []


def test_one_of_concurrent_registrations_gets_the_login(auth):
    def register(login):
        try:
            return auth.register(login, PASSWORD)
        except LoginTaken as refusal:
            return refusal

    pool = eventlet.GreenPool()
    answers = list(pool.imap(register, ["carol", "Carol", "CAROL", "cArOl"]))
    assert sum(isinstance(answer, dict) for answer in answers) == 1


def test_unknown_login_and_wrong_password_are_answered_alike(auth, alice):
    with pytest.raises(InvalidCredentials) as wrong:
        auth.login("Alice", "wrong password")
    with pytest.raises(InvalidCredentials) as unknown:
        auth.login("Nobody", PASSWORD)
    assert wrong.value.args == unknown.value.args


def test_only_the_login_and_a_hash_of_the_password_are_stored(auth, alice, rows):
    [stored] = rows("auth", Base, select(CredentialsRow))
    assert (stored.token_fingerprint, stored.guest_seen_at) == (None, None)
    assert stored.login == "Alice"
    assert stored.password_hash.startswith("$argon2id$") and PASSWORD not in stored.password_hash


def test_a_new_password_ends_every_token_and_is_announced(auth, alice, ear):
    other = auth.login("Alice", PASSWORD)
    auth.change_password("alice", PASSWORD, "another password")
    heard = ear.next()
    assert heard.event == "auth.revoked"
    assert heard.routing_key == "auth.Alice"
    assert heard.players == ["Alice"]
    assert heard.params["login"] == "Alice" and not heard.params.get("family")
    for dead in (alice, other):
        with pytest.raises(InvalidToken):
            auth.authenticate(dead["access_token"])
    with pytest.raises(InvalidCredentials):
        auth.login("Alice", PASSWORD)
    assert auth.login("Alice", "another password")["login"] == "Alice"


def test_nothing_is_announced_of_a_new_password_that_was_refused(auth, alice, ear):
    with pytest.raises(InvalidCredentials):
        auth.change_password("Alice", "wrong password", "another password")
    assert ear.rest() == []
    assert auth.authenticate(alice["access_token"])["login"] == "Alice"


def test_unregistering_is_announced_and_the_name_stays_taken(auth, alice, ear):
    auth.unregister("Alice", PASSWORD)
    heard = ear.next()
    assert (heard.event, heard.players) == ("auth.revoked", ["Alice"])
    with pytest.raises(InvalidToken):
        auth.authenticate(alice["access_token"])
    with pytest.raises(InvalidCredentials):
        auth.login("Alice", PASSWORD)
    with pytest.raises(LoginTaken):
        auth.register("alice", PASSWORD)


def test_a_refused_unregistering_is_not_announced(auth, alice, ear):
    with pytest.raises(InvalidCredentials):
        auth.unregister("Alice", "wrong password")
    assert ear.rest() == []
    assert auth.login("Alice", PASSWORD)


def test_a_password_is_verified(auth, alice):
    assert auth.verify_password("alice", PASSWORD) is None
    with pytest.raises(InvalidCredentials):
        auth.verify_password("alice", "wrong password")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\0", "ö" * 5000])
def test_a_token_that_is_none_of_ours_is_refused(auth, token):
    with pytest.raises(InvalidToken):
        auth.authenticate(token)


def test_a_refresh_token_is_no_access_token(auth, alice):
    with pytest.raises(InvalidToken):
        auth.authenticate(alice["refresh_token"])


def test_a_refresh_token_is_exchanged_once(auth, alice, ear):
    fresh = auth.refresh(alice["refresh_token"])
    known = [auth.authenticate(each["access_token"]) for each in (alice, fresh)]
    assert known[0]["family"] == known[1]["family"] and fresh["login"] == "Alice"
    assert ear.rest() == []


def test_a_refresh_token_used_twice_ends_its_family(auth, alice, ear):
    family = auth.authenticate(alice["access_token"])["family"]
    other = auth.login("Alice", PASSWORD)
    fresh = auth.refresh(alice["refresh_token"])
    auth.refresh(fresh["refresh_token"])
    with pytest.raises(InvalidToken):
        auth.refresh(alice["refresh_token"])
    heard = ear.next()
    assert (heard.event, heard.players) == ("auth.revoked", ["Alice"])
    assert heard.params["family"] == family
    for token in (alice["access_token"], fresh["access_token"]):
        with pytest.raises(InvalidToken):
            auth.authenticate(token)
    with pytest.raises(InvalidToken):
        auth.refresh(fresh["refresh_token"])
    assert auth.authenticate(other["access_token"])["login"] == "Alice"
    assert ear.rest() == []


def test_concurrent_uses_of_a_refresh_token_give_one_next_token(auth, alice):
    answers = list(eventlet.GreenPool().imap(auth.refresh, [alice["refresh_token"]] * 6))
    ids = {
        jwt.decode(each["refresh_token"], options={"verify_signature": False})["jti"]
        for each in answers
    }
    assert len(ids) == 1
    assert auth.refresh(answers[0]["refresh_token"])
    with pytest.raises(InvalidToken):
        auth.refresh(alice["refresh_token"])


def test_tokens_are_checked_while_all_hashes_wait(auth, alice, containers):
    [provider] = [each for each in containers.running[0].extensions if isinstance(each, Passwords)]
    finish, hashing = Event(), Event()

    def hold_up(*_):
        if not hashing.ready():
            hashing.send()
        finish.wait()
        return False

    provider.hasher._execute = hold_up

    def log_in(number):
        try:
            auth.login(f"nobody-{number}", PASSWORD)
        except (InvalidCredentials, RateLimited) as refusal:
            return type(refusal)

    queued = MAX_CONCURRENT_HASHES + MAX_WAITING_HASHES
    guessing = [eventlet.spawn(log_in, number) for number in range(2 * queued)]
    hashing.wait()
    eventually(lambda: sum(each.dead for each in guessing) == queued, what="refusals at once")
    token = alice["access_token"]
    assert auth.authenticate(token)["login"] == "Alice"
    assert [each["result"]["login"] for each in auth.authenticate_many([token])] == ["Alice"]
    finish.send()
    answers = [each.wait() for each in guessing]
    assert answers.count(RateLimited) == answers.count(InvalidCredentials) == queued


def test_a_weak_password_is_refused_and_the_login_is_free(auth, ear):
    with pytest.raises(WeakPassword):
        auth.register("Alice", "alice123")
    assert auth.register("Alice", PASSWORD)


def test_a_weak_new_password_leaves_the_old_one(auth, alice, ear):
    with pytest.raises(WeakPassword):
        auth.change_password("Alice", PASSWORD, "password1")
    assert auth.authenticate(alice["access_token"]) and ear.rest() == []
