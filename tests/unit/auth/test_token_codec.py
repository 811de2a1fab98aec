"""Tokens: signed by HS256 and nothing else, by a key that is named, for a purpose and a time."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest

from auth import token_codec
from auth.token_codec import ACCESS, REFRESH, BadToken, Claims, Keys

NOW = 1_700_000_000.0
SECRET = "the secret that signs, long enough for it"
OLD_SECRET = "the one before it, which is long enough too"
KEYS = Keys.of(SECRET)
CLAIMS = Claims("Alice", ACCESS, NOW, NOW + 900, "fingerprint", "family", "token")
PAYLOAD = {
    "iss": "arbiter", "aud": "arbiter", "sub": "Alice", "typ": "access", "jti": "token",
    "iat": NOW, "exp": NOW + 900, "family": "family", "fingerprint": "fingerprint",
}


def key_id(keys=KEYS):
    return jwt.get_unverified_header(token_codec.encode(CLAIMS, keys))["kid"]


def signed(payload=PAYLOAD, secret=SECRET, algorithm="HS256", **headers):
    """A token as PyJWT signs it, with the right key id unless another is given."""
    return jwt.encode(payload, secret, algorithm, headers={"kid": key_id(), **headers})


def forged(algorithm, signature):
    """A token put together by hand, for what PyJWT would not do."""
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id()}
    parts = [encoded(json.dumps(each).encode()) for each in (header, PAYLOAD)]
    return ".".join([*parts, encoded(signature(".".join(parts).encode()))])


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def hs256(text):
    return hmac.new(SECRET.encode(), text, hashlib.sha256).digest()


def test_encoded_claims_decode_to_the_same():
    assert token_codec.decode(token_codec.encode(CLAIMS, KEYS), ACCESS, KEYS, NOW) == CLAIMS


def test_a_token_carries_every_claim_that_is_agreed_on():
    payload = jwt.decode(token_codec.encode(CLAIMS, KEYS), options={"verify_signature": False})
    assert payload == PAYLOAD


def test_a_token_made_by_hand_with_the_right_signature_is_good():
    assert token_codec.decode(forged("HS256", hs256), ACCESS, KEYS, NOW) == CLAIMS


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "RS256", "ES256", "HS512", "HS384"])
def test_another_algorithm_is_refused_with_the_same_secret(algorithm):
    with pytest.raises(BadToken):
        token_codec.decode(forged(algorithm, hs256), ACCESS, KEYS, NOW)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_unsigned_token_is_refused(algorithm):
    with pytest.raises(BadToken):
        token_codec.decode(forged(algorithm, lambda text: b""), ACCESS, KEYS, NOW)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_stronger_algorithm_is_refused_as_well(algorithm):
    secret = SECRET * 2
    keys = Keys.of(secret)
    token = signed(secret=secret, algorithm=algorithm, kid=key_id(keys))
    with pytest.raises(BadToken):
        token_codec.decode(token, ACCESS, keys, NOW)


def test_a_token_that_was_changed_is_refused():
    header, _, signature = signed().split(".")
    payload = encoded(json.dumps({**PAYLOAD, "sub": "Mallory"}).encode())
    with pytest.raises(BadToken):
        token_codec.decode(f"{header}.{payload}.{signature}", ACCESS, KEYS, NOW)


@pytest.mark.parametrize("kid", ["", "unknown"])
def test_an_unknown_key_id_is_refused(kid):
    with pytest.raises(BadToken):
        token_codec.decode(signed(kid=kid), ACCESS, KEYS, NOW)


def test_a_token_without_a_key_id_is_refused():
    with pytest.raises(BadToken):
        token_codec.decode(jwt.encode(PAYLOAD, SECRET, "HS256"), ACCESS, KEYS, NOW)


@pytest.mark.parametrize("claim", list(PAYLOAD))
def test_a_token_that_lacks_a_claim_is_refused(claim):
    rest = {name: value for name, value in PAYLOAD.items() if name != claim}
    with pytest.raises(BadToken):
        token_codec.decode(signed(rest), ACCESS, KEYS, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"}, {"aud": None}, {"iss": "another"}, {"iss": ""}, {"typ": "refresh"},
        {"typ": "id"}, {"sub": None}, {"exp": "soon"}, {"exp": None}, {"exp": NOW},
        {"exp": NOW - 1}, {"iat": "yesterday"},
    ],
    ids=str,
)
def test_a_token_of_another_purpose_or_time_is_refused(wrong):
    with pytest.raises(BadToken):
        token_codec.decode(signed({**PAYLOAD, **wrong}), ACCESS, KEYS, NOW)


@pytest.mark.parametrize(("kind", "other"), [(ACCESS, REFRESH), (REFRESH, ACCESS)])
def test_a_token_of_one_kind_does_not_pass_for_the_other(kind, other):
    token = token_codec.encode(token_codec.new_claims("Alice", kind, NOW, 900, "fingerprint"), KEYS)
    assert token_codec.decode(token, kind, KEYS, NOW).login == "Alice"
    with pytest.raises(BadToken):
        token_codec.decode(token, other, KEYS, NOW)


def test_a_token_is_good_until_the_moment_at_which_it_expires():
    token = signed()
    assert token_codec.decode(token, ACCESS, KEYS, NOW + 899.9)
    with pytest.raises(BadToken, match="expired"):
        token_codec.decode(token, ACCESS, KEYS, NOW + 900)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é", "\ud800", "\0", None, 5, b"\xff"])
def test_text_that_is_no_token_is_refused(token):
    with pytest.raises(BadToken):
        token_codec.decode(token, ACCESS, KEYS, NOW)


def test_tokens_of_the_previous_key_are_good_while_it_is_kept():
    old = token_codec.encode(CLAIMS, Keys.of(OLD_SECRET))
    assert token_codec.decode(old, ACCESS, Keys.of(SECRET, OLD_SECRET), NOW) == CLAIMS
    with pytest.raises(BadToken):
        token_codec.decode(old, ACCESS, Keys.of(SECRET), NOW)


def test_new_tokens_are_signed_by_the_new_key():
    new = token_codec.encode(CLAIMS, Keys.of(SECRET, OLD_SECRET))
    assert token_codec.decode(new, ACCESS, Keys.of(SECRET), NOW) == CLAIMS
    with pytest.raises(BadToken):
        token_codec.decode(new, ACCESS, Keys.of(OLD_SECRET), NOW)


def test_a_signature_by_another_key_than_the_named_is_refused():
    keys = Keys.of(SECRET, OLD_SECRET)
    with pytest.raises(BadToken):
        token_codec.decode(signed(kid=key_id(Keys.of(OLD_SECRET))), ACCESS, keys, NOW)


def test_a_key_id_gives_nothing_of_the_secret_away():
    assert not any(key_id()[begin : begin + 4] in SECRET for begin in range(8))


def test_claims_of_one_login_share_a_family_and_no_token_id():
    access = token_codec.new_claims("Alice", ACCESS, NOW, 900, "fingerprint")
    refresh = token_codec.new_claims("Alice", REFRESH, NOW, 900, "fingerprint", access.family)
    other = token_codec.new_claims("Alice", ACCESS, NOW, 900, "fingerprint")
    assert access.family == refresh.family != other.family
    assert access.token_id != refresh.token_id


def test_the_fingerprint_changes_with_the_hash_and_hides_it():
    one = token_codec.fingerprint("$argon2id$one")
    other = token_codec.fingerprint("$argon2id$other")
    assert one != other
    assert one == token_codec.fingerprint("$argon2id$one")
    assert "argon" not in one
