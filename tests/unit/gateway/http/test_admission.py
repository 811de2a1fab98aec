"""How many connections there may be, in all and of one address."""

import pytest

from gateway.http.admission import Admission


@pytest.fixture
def admission():
    return Admission(max_connections=3, max_by_address=2)


def test_place_is_free_again_when_it_is_left(admission):
    slots = [admission.enter() for _ in range(3)]
    assert admission.enter() is None
    slots[0].leave()
    assert admission.enter() is not None


def test_address_has_so_many(admission):
    first, second, third = (admission.enter() for _ in range(3))
    assert first.claim("a") and second.claim("a") and not third.claim("a")
    assert third.claim("b")
    first.leave()
    assert admission.enter().claim("a")


def test_claim_is_counted_once(admission):
    slot = admission.enter()
    assert slot.claim("a") and slot.claim("a")
    assert admission.enter().claim("a")


def test_address_without_connections_is_forgotten(admission):
    slot = admission.enter()
    slot.claim("a")
    slot.leave()
    assert not admission._taken_by_address


def test_addresses_may_have_no_bound():
    admission = Admission(max_connections=3, max_by_address=None)
    slots = [admission.enter() for _ in range(3)]
    assert all(slot.claim("a") for slot in slots)
    for slot in slots:
        slot.leave()
    assert admission.enter()
