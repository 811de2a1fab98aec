"""Stored events of a session as one viewer may see them."""

from collections.abc import Iterable

import eventlet

from sessions import views
from sessions.match import Match, SessionEvent
from sessions.schemas import EventView


def visible_events(
    match: Match, stored: Iterable[SessionEvent], viewer: str | None
) -> list[EventView]:
    """Return stored events as this viewer may see them. Not to be called in a transaction.

    A game may take a millisecond for each, so other greenthreads run in between.
    """
    shown = []
    for event in stored:
        shown.append(views.event_view(match, event, viewer))
        eventlet.sleep(0)
    return shown
