"""Stored events of a session as one viewer may see them, in pages of bounded size."""

from collections.abc import Iterable

import eventlet

from extensions import json_codec
from sessions import limited_game, views
from sessions.match import Match, SessionEvent
from sessions.notations import Notations
from sessions.schemas import EventView, History

MAX_EVENTS = 1000
MAX_HISTORY_BYTES = 512 * 1024  # well below what a gateway sends to a client at once
MAX_READ_BYTES = 8 * MAX_HISTORY_BYTES  # of stored events, of which less may be shown
MAX_MISSED_BYTES = 128 * 1024  # of one connection
MAX_BATCH_MISSED_BYTES = 1024 * 1024  # of all connections of a batch: the reply is one message
MAX_BATCH_MISSED_EVENTS = 2000  # the same; they are read at once


def visible_page(
    match: Match, stored: Iterable[SessionEvent], viewer: str | None, newest: int, max_bytes: int,
    notations: Notations | None = None,
) -> History:
    """Return the first of stored events as this viewer may see them, of those up to `newest`.

    They are as many as `max_bytes` of JSON hold, but at least one. Not to be called in a
    transaction: a game may take a millisecond for each, so other greenthreads run in between.
    """
    shown: list[EventView] = []
    size = 0
    for event in stored:
        then = match.at(event.version)
        view = views.event_view(then, event, viewer)
        if notations:
            notations.add(event, view)
        size += len(json_codec.encode(view))
        if shown and size > max_bytes:
            break
        shown.append(view)
        eventlet.sleep(0)
        limited_game.renew(then.game)
    last = shown[-1]["version"] if shown else newest
    return {"events": shown, "next": last if last < newest else None}
