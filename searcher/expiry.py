"""Ends searches that nobody has met in time."""

import logging

from extensions.amqp.publisher import NotPublished
from searcher import schemas
from searcher.announcer import Announcer
from searcher.storage import SearchStore

_log = logging.getLogger(__name__)


def expire_searches(store: SearchStore, announcer: Announcer, before: float, now: float) -> None:
    """End the searches of before a given time, whose players are told of it."""
    expired = store.expire_searches(before)
    try:
        if expired:
            announcer.send([schemas.expired(search, now) for search in expired])
    except NotPublished as error:  # a player is always told that a search has ended
        _log.warning("%d searches will expire later: %s", len(expired), error)
        store.put_back(expired)
