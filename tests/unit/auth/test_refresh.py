"""Tokens that outlive fifteen minutes: refreshing, logging out, and what ends a token family."""

import pytest
from nameko.testing.services import worker_factory

from auth import token_codec
from auth.exceptions import InvalidToken
from auth.models import Base
from auth.service import AuthService
from extensions.settings import Settings

PASSWORD = "correct horse"
LIFETIME = 86_400
MAX_LOGINS = 3
REUSE = Settings().refresh_token_reuse


class Passwords:
    """Hashes by writing down: what is tested here is not hashing."""

    def hash(self, password, login):
        return f"hash of {password}"

    def verify(self, password, password_hash):
        return password_hash == self.hash(password, "")


@pytest.fixture
def service(database, families, outbox, clock):
    return worker_factory(
        AuthService, settings=Settings(refresh_token_ttl=LIFETIME, max_logins=MAX_LOGINS),
        db=database(Base), families=families, outbox=outbox, clock=clock,
        passwords=Passwords(), keys=token_codec.Keys.of("a secret of the tests, and long enough"),
    )


@pytest.fixture
def alice(service):
    return service.register("Alice", PASSWORD)


def revoked(outbox):
    return [notice.params["family"] for notice in outbox.sent if notice.event == "auth.revoked"]


def test_a_refresh_token_gives_new_tokens_of_the_same_login(service, alice, clock):
    clock.advance(1000)
    fresh = service.refresh(alice["refresh_token"])
    assert set(fresh) == set(alice)
    assert fresh["refresh_token"] != alice["refresh_token"]
    before = token_codec.decode(alice["refresh_token"], "refresh", service.keys, clock())
    assert service.authenticate(fresh["access_token"])["family"] == before.family


def refresh_id(service, issued):
    return token_codec.decode(issued["refresh_token"], "refresh", service.keys, 0).token_id


def test_a_token_whose_answer_was_lost_gives_the_same_next_one(service, alice, clock):
    lost = service.refresh(alice["refresh_token"])
    clock.advance(REUSE - 1)
    fresh = service.refresh(alice["refresh_token"])
    assert refresh_id(service, fresh) == refresh_id(service, lost)
    for issued in (lost, fresh):
        assert service.authenticate(issued["access_token"])
    assert service.refresh(fresh["refresh_token"])


def test_the_next_token_is_the_same_while_the_secret_changes(service, alice):
    secret, old = "the secret after it, which is as long", service.keys
    lost = service.refresh(alice["refresh_token"])
    service.keys = token_codec.Keys.of(secret, old.signing)
    fresh = service.refresh(alice["refresh_token"])
    assert refresh_id(service, fresh) == refresh_id(service, lost)
    assert token_codec.decode(fresh["refresh_token"], "refresh", token_codec.Keys.of(secret), 0)


def test_a_token_used_again_after_a_while_ends_its_family(service, alice, clock):
    fresh = service.refresh(alice["refresh_token"])
    clock.advance(REUSE)
    with pytest.raises(InvalidToken, match="used before"):
        service.refresh(alice["refresh_token"])
    with pytest.raises(InvalidToken):
        service.refresh(fresh["refresh_token"])


def test_a_token_used_again_after_the_next_one_ends_its_family(service, alice, outbox):
    fresh = service.refresh(alice["refresh_token"])
    service.refresh(fresh["refresh_token"])
    family = service.authenticate(fresh["access_token"])["family"]
    with pytest.raises(InvalidToken):
        service.refresh(alice["refresh_token"])
    for dead in (alice, fresh):
        with pytest.raises(InvalidToken):
            service.authenticate(dead["access_token"])
        with pytest.raises(InvalidToken):
            service.refresh(dead["refresh_token"])
    assert revoked(outbox) == [family]


def test_another_login_of_the_same_player_lives_on(service, alice):
    other = service.login("alice", PASSWORD)
    service.refresh(service.refresh(alice["refresh_token"])["refresh_token"])
    with pytest.raises(InvalidToken):
        service.refresh(alice["refresh_token"])
    assert service.authenticate(other["access_token"])["login"] == "Alice"


def test_access_and_refresh_tokens_do_not_stand_for_each_other(service, alice):
    with pytest.raises(InvalidToken):
        service.refresh(alice["access_token"])
    with pytest.raises(InvalidToken):
        service.authenticate(alice["refresh_token"])


def test_a_refresh_token_runs_out(service, alice, clock):
    clock.advance(LIFETIME)
    with pytest.raises(InvalidToken):
        service.refresh(alice["refresh_token"])


def test_logging_out_ends_this_login_and_no_other(service, alice, outbox):
    other = service.login("alice", PASSWORD)
    family = service.authenticate(alice["access_token"])["family"]
    service.logout("Alice", family)
    with pytest.raises(InvalidToken):
        service.authenticate(alice["access_token"])
    with pytest.raises(InvalidToken):
        service.refresh(alice["refresh_token"])
    assert service.authenticate(other["access_token"])
    assert revoked(outbox) == [family]


def test_a_refresh_token_of_somebody_else_cannot_be_logged_out(service, alice):
    bob = service.register("Bob", PASSWORD)
    family = service.authenticate(alice["access_token"])["family"]
    with pytest.raises(InvalidToken):
        service.logout("Alice", family, bob["refresh_token"])
    assert service.authenticate(bob["access_token"])
    assert service.authenticate(alice["access_token"])


def test_logging_out_twice_is_announced_once(service, alice, outbox):
    family = service.authenticate(alice["access_token"])["family"]
    service.logout("Alice", family)
    service.logout("Alice", family)
    assert len(revoked(outbox)) == 1


def test_one_login_too_many_ends_the_oldest(service, alice, outbox, clock):
    logins = [alice]
    for _ in range(MAX_LOGINS):
        clock.advance(1)
        logins.append(service.login("Alice", PASSWORD))
    with pytest.raises(InvalidToken):
        service.authenticate(alice["access_token"])
    assert all(service.authenticate(each["access_token"]) for each in logins[1:])
    assert len(revoked(outbox)) == 1


def test_a_new_password_ends_every_login(service, alice, outbox):
    other = service.login("alice", PASSWORD)
    service.change_password("Alice", PASSWORD, "battery staple")
    for dead in (alice, other):
        with pytest.raises(InvalidToken):
            service.refresh(dead["refresh_token"])
    assert revoked(outbox) == [None]


def test_when_the_store_is_lost_everybody_has_to_log_in_again(service, alice, families):
    families.revoke_all("Alice")
    with pytest.raises(InvalidToken):
        service.authenticate(alice["access_token"])
    with pytest.raises(InvalidToken):
        service.refresh(alice["refresh_token"])
    assert service.authenticate(service.login("Alice", PASSWORD)["access_token"])


def test_states_tell_which_logins_have_ended(service, alice):
    known = []
    for tokens_of in (alice, service.login("Alice", PASSWORD), service.register("bob", PASSWORD)):
        identity = service.authenticate(tokens_of["access_token"])
        known.append((identity["login"], identity["family"], identity["fingerprint"]))

    def ended():
        return [state["ended"] for state in service.login_states(known)]

    assert ended() == [False, False, False]
    service.logout(*known[0][:2])
    assert ended() == [True, False, False]
    service.change_password("Alice", PASSWORD, "another password")
    assert ended() == [True, True, False]
