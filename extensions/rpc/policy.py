"""The RPC policy: deadlines, publishers, and the errors of calls that nobody answered.

Every call has a deadline. A request expires when its caller has given up, and is confirmed by the
broker, because that is how a service that is not running is noticed. Requests and replies are
transient: whatever matters can be sent again. A reply that cannot be sent is lost, but does not end
the process, as it does in stock Nameko: a repetition of the call finds the outcome.
"""

import logging
from typing import Any

from kombu.exceptions import OperationalError
from nameko.amqp.publish import Publisher
from nameko.constants import NON_PERSISTENT
from nameko.exceptions import RpcTimeout, UnknownService

from extensions.settings import Settings

_log = logging.getLogger(__name__)

PUBLISHER_POOL_CONNECTIONS = 32
RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5}

# Raised by a call that was not answered: no service, no reply in time, or no broker.
UNANSWERED_ERRORS = (RpcTimeout, UnknownService, OperationalError, OSError)


def call_options(settings: Settings) -> dict[str, float]:
    """Return the options with which every request is published."""
    return {"expiration": settings.rpc_timeout, "confirm_timeout": settings.rpc_timeout}


class _TransientPublisher(Publisher):
    delivery_mode = NON_PERSISTENT
    retry_policy = RETRY_POLICY

    def publish(self, payload: Any, **kwargs: Any) -> None:
        # Each publish has a copy: kombu modifies the options, and finds its pool by them.
        super().publish(payload, transport_options=dict(RETRY_POLICY), **kwargs)


class RequestPublisher(_TransientPublisher):
    """Publishes a request and waits for the confirm, which tells whether a service is there."""

    use_confirms = True


class ReplyPublisher(_TransientPublisher):
    """Publishes a reply without waiting; logs and drops one that cannot be sent."""

    use_confirms = False

    def publish(self, payload: Any, **kwargs: Any) -> None:
        try:
            super().publish(payload, **kwargs)
        except Exception as error:  # of any kind: it would end the container
            _log.warning("A reply could not be sent and is lost: %s", error)
