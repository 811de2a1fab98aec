"""The settings under which rooms are tested, and what the private rooms service hears."""

from rooms.events import PRIVATE_CHANGES_EXCHANGE

ROOM_TTL = 60
ROOMS_KEPT = 2  # days
OPTIONS = {"clock": None, "rated": True}


def changes_of_private_rooms(outbox):
    """Return the events for the private rooms service alone, with the ids of their rooms."""
    assert {each.exchange for each in outbox.sent} == {PRIVATE_CHANGES_EXCHANGE}
    assert not any(each.players for each in outbox.sent)
    return [(each.event, each.params["room_id"]) for each in outbox.sent]
