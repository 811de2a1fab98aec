"""The lines of a log about events that have arrived."""

import logging
from collections import OrderedDict

from extensions.observability import request_log
from gateway.broker.service_event import ServiceEvent

MAX_LOGGED_IDS = 1000  # ids of events that are remembered as logged


class EventLog:
    """Logs each event once, however many connections it arrives for."""

    def __init__(self) -> None:
        self._logged_ids: OrderedDict[str, None] = OrderedDict()

    def add(self, received: ServiceEvent) -> None:
        """Log an event when the first of the connections that get it receives it."""
        # What comes of commands has a version, and the session service logs each command.
        level = logging.DEBUG if "version" in received.params else logging.INFO
        if not request_log.is_logged(level) or self._is_known(received.id):
            return
        request_log.log_event(
            "event", level, request_id=received.request_id, event=received.name,
            key=received.routing_key, version=received.params.get("version"),
        )

    def _is_known(self, event_id: str | None) -> bool:
        if event_id is None:
            return False
        if event_id in self._logged_ids:
            return True
        self._logged_ids[event_id] = None
        if len(self._logged_ids) > MAX_LOGGED_IDS:
            self._logged_ids.popitem(last=False)
        return False
