"""Confirms come in any order, one by one or many at once."""

from extensions.amqp.confirms import Confirms


def test_tags_before_a_multiple_confirm_are_forgotten():
    confirms = Confirms()
    assert confirms.publish(5) == 5
    for ack in ((2, False), (5, False), (4, True)):
        confirms.add(*ack)
    assert confirms.up_to == 5 and not confirms._beyond
