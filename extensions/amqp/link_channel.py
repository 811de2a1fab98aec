"""A channel of a link, by which one user of it hands actions and frames to the owner."""

from collections.abc import Callable
from typing import Any

import eventlet
from amqp import Channel
from eventlet.event import Event

Action = Callable[[Channel], None]  # runs in the owner


class NotConnected(Exception):
    """The broker has not carried out an action in time."""


def no_action(_: object) -> None:
    """Do nothing."""


class LinkChannel:
    """A channel of one user of a link, made anew on each connection.

    The owner calls, with the channel, `on_connect` after connecting, and then `on_tick` at once and
    every MAX_TURN_SECONDS or sooner. It calls `on_disconnect`, with the error, after the connection
    or an attempt to connect has failed, and `on_block` with True when the broker takes no more
    messages, and with False when it does.
    """

    def __init__(
        self, submit: Callable[["LinkChannel", Action, bool], Event | None],
        write: Callable[[bytes, bool], None], on_connect: Action, on_tick: Action,
        on_disconnect: Callable[[Exception], None], on_block: Callable[[bool], None],
    ) -> None:
        """Take what has the owner carry out actions and send frames, and what it calls."""
        self.on_connect, self.on_tick, self.on_disconnect = on_connect, on_tick, on_disconnect
        self.on_block = on_block
        self._submit, self._write = submit, write
        self.channel: Any = None

    def post(self, action: Action, always: bool = False) -> bool:
        """Have the owner carry out an action; return whether it will.

        Where too many wait it will not, unless they wait for a connection that is there and
        `always` is set.
        """
        return self._submit(self, action, always) is not None

    def call(self, action: Action, timeout: float) -> None:
        """Have the owner carry out an action, and wait for it.

        Raises NotConnected where the connection breaks meanwhile, or does not come in time.
        """
        done = self._submit(self, action, False)
        error: Exception | None = NotConnected("too many actions wait for the broker")
        if done is not None:
            error = NotConnected("the broker has not answered in time")
            with eventlet.Timeout(timeout, False):  # around a wait in memory
                error = done.wait()
        if error is not None:
            raise NotConnected(str(error)) from error

    def write(self, frames: bytes, at_once: bool = False) -> None:
        """Have the owner send frames that are encoded already, in this turn or the next.

        With `at_once` nothing more is to come in this turn, and all is sent.
        """
        self._write(frames, at_once)
