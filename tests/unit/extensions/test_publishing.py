"""What the publisher remembers of the broker's confirms."""

from types import SimpleNamespace

from extensions.publishing import ConfirmingPublisher


def test_nothing_is_remembered_of_what_has_been_confirmed_in_whatever_order():
    publisher = ConfirmingPublisher("memory://", ["an.exchange"])
    publisher._published, publisher._confirmed, publisher._unordered = 5, 0, set()
    acks = iter([(3, False), (1, False), (5, True)])
    publisher._connection = SimpleNamespace(
        drain_events=lambda timeout: publisher._on_ack(*next(acks))
    )
    publisher._await_confirms()
    assert publisher._confirmed == 5 and publisher._unordered == set()
