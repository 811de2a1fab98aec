"""Ends searches that nobody has met in time."""

import logging

from extensions.amqp.publisher import NotPublished
from searcher import schemas
from searcher.event_publisher import EventPublisher
from searcher.storage import SearchStore

_log = logging.getLogger(__name__)


def expire_searches(
    store: SearchStore, publisher: EventPublisher, before: float, now: float
) -> None:
    """End the searches of before a given time, whose players are told of it."""
    expired = store.expire_searches(before)
    try:
        if expired:
            publisher.send([schemas.expired(search, now) for search in expired])
    except NotPublished as error:  # a player is always told that a search has ended
        _log.warning("%d searches will expire later: %s", len(expired), error)
        store.put_back(expired)
