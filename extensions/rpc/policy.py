"""The RPC policy: how calls travel.

Every call has a deadline, and a request expires when its caller has given up. Requests and replies
are transient: whatever matters can be sent again. A request that was under way when the link broke
is sent once more. A reply that cannot be sent because the link breaks is lost: a repetition of the
call finds the outcome. One that is no JSON, or too large, is replaced by an error to its caller.
"""

from kombu import Exchange, Queue

# As stock Nameko has them, so that its proxies and `nameko shell` can call the services.
EXCHANGE = Exchange("nameko-rpc", type="topic", durable=True)
REPLY_QUEUE_KEPT_MS = 300_000  # without a consumer

MAX_ATTEMPTS = 2  # to send a request
# A broker ends the connection of who sends a larger message, with all that others are doing on it.
# RabbitMQ's `max_message_size` is 16 MiB by default.
MAX_REPLY_BYTES = 16 * 1024 * 1024


class ReplyTooLarge(Exception):
    """A reply has more bytes than the broker takes as one message."""


def request_queue(service: str) -> Queue:
    """Return the queue of the requests to a service."""
    return Queue(f"rpc-{service}", EXCHANGE, routing_key=f"{service}.*", durable=True)


def reply_queue(caller: str, key: str) -> Queue:
    """Return the queue of the replies to one process, which are sent to the routing key."""
    return Queue(
        f"rpc.reply-{caller}-{key}", EXCHANGE, routing_key=key,
        queue_arguments={"x-expires": REPLY_QUEUE_KEPT_MS},
    )
