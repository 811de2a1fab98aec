"""What a handler may ask of a call that has no player or no connection."""

from unittest.mock import Mock

import pytest

from gateway.methods.call import HandlerCall
from gateway.protocol import errors


@pytest.fixture
def anonymous():
    """A call by HTTP, without a token."""
    return HandlerCall(
        address="127.0.0.1", services=Mock(), games=Mock(), commands=Mock(), limits=Mock(),
        registration=Mock(), turns=Mock(),
    )


def test_a_call_without_a_token_has_no_player(anonymous):
    with pytest.raises(errors.Unauthenticated):
        _ = anonymous.player


def test_a_call_by_http_has_no_connection(anonymous):
    with pytest.raises(errors.MethodNotFound):
        _ = anonymous.socket
    assert anonymous.round_trip == 0.0
