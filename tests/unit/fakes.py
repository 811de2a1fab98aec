"""What stands in the unit tests for what would need a broker, or real time."""

from collections import defaultdict
from types import SimpleNamespace

from amqp.serialization import loads
from nameko.exceptions import RemoteError, RpcTimeout

from extensions import json_codec
from extensions.amqp.frames import BASIC_PUBLISH, METHOD, read_properties, split
from sessions.exceptions import GameNotFound, InvalidOptions


class Container:
    """What a dependency provider asks of the container of its service."""

    def __init__(self, settings, service_name):
        self.settings = settings
        self.config = settings.for_nameko()
        self.service_name = service_name
        self.shared_extensions = {}


class Channel:
    """A channel to the broker: notes what is declared, consumed and cancelled."""

    channel_id = 7
    connection = SimpleNamespace(frame_max=131_072)

    def __init__(self):
        self.events = defaultdict(set)
        self.callbacks = {}
        self.cancelled = []
        self.counted = 0

    def confirm_select(self):
        pass

    def basic_qos(self, size, count, for_all):
        self.prefetch = count

    def basic_consume(self, queue, callback, consumer_tag="", no_ack=False):
        self.callbacks[consumer_tag or queue] = callback

    def basic_cancel(self, tag):
        self.cancelled.append(tag)
        self.callbacks.pop(tag, None)

    def queue_declare(self, queue, passive):
        return SimpleNamespace(message_count=self.counted)


class LinkTo:
    """Stands in for a link, with one channel: connects and loses it as the test says."""

    def __init__(self):
        self.written = []

    def open_channel(self, on_connect, on_tick=None, on_disconnect=None, on_block=None):
        self.on_connect, self.turn, self.lose = on_connect, on_tick, on_disconnect
        self.block = on_block
        self.channel = None
        return self

    def probe(self, exchange):
        pass

    def connect(self):
        if self.channel:
            self.channel.connection = None  # as py-amqp leaves it
        self.channel = Channel()
        self.on_connect(self.channel)

    def write(self, frames, at_once=False):
        self.written.append(frames)

    def call(self, action, timeout):
        action(self.channel)

    @property
    def published(self):
        """The messages that were written, with their routing keys and properties."""
        found, frames = [], read_frames(b"".join(self.written))
        for number, (kind, payload) in enumerate(frames):
            if kind != METHOD or not payload.startswith(BASIC_PUBLISH):
                continue
            _, key, mandatory = loads("ssb", payload, len(BASIC_PUBLISH))[0]
            properties = read_properties(frames[number + 1][1][12:])
            body = json_codec.decode(frames[number + 2][1])
            found.append(SimpleNamespace(
                routing_key=key, mandatory=mandatory, properties=properties, body=body
            ))
        return found


def read_frames(written):
    """Return type and payload of each frame."""
    return [(kind, payload) for kind, _, payload in split(written)[0]]


class SettableClock:
    """The time, as far as the test has let it go on."""

    def __init__(self, now=1_700_000_000.0):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += seconds


class RecordingOutbox:
    """Keeps the messages of a service, and insists on the order: record, commit, send.

    While it is `away`, the broker confirms nothing.
    """

    def __init__(self):
        self.recorded = []
        self.sent = []
        self.away = False
        self._transactions = []

    def record(self, session, messages):
        self.recorded += messages
        self._transactions.append(session)

    def send(self, messages):
        self.send_confirmed(messages)

    def send_confirmed(self, messages, unrecorded=()):
        assert not [each for each in messages if each not in self.recorded], "sent, not recorded"
        assert not [each for each in unrecorded if each in self.recorded], "it is recorded"
        assert not [each for each in self._transactions if each.in_transaction()], "sent too early"
        if not self.away:
            self.sent += [*messages, *unrecorded]
        return not self.away

    def publish_overdue(self, session, now, overdue_after=3.0):
        assert overdue_after == 0, "only the relay itself waits"
        session.commit()
        self.sent += [message for message in self.recorded if message not in self.sent]

    def connected_seconds(self):
        return float("inf")

    @property
    def heard(self):
        """The event of each message that was sent, and the players who hear of it."""
        return [(message.event, message.players) for message in self.sent]

    def hear(self, event):
        """The params of each message about this event that was sent."""
        return [message.params for message in self.sent if message.event == event]

    def forget(self):
        self.recorded.clear()
        self.sent.clear()


class Sessions:
    """What the session service is to the services that call it: begins sessions, one for a key.

    It has dobutsu, and a game that two cannot play. While it is `away` nobody answers; for games
    of players that it `fails_for` it has a fault.
    """

    def __init__(self):
        self.started = {}
        self.asked = []
        self.away = False
        self.fails_for = set()
        self.full = set()
        self.asked_about = []

    def full_players(self, logins):
        if self.away:
            raise RpcTimeout(5)
        self.asked_about.append(logins)
        return {login: 100 for login in logins if login in self.full}

    def complete_options(self, game, options_given, seats=None):
        if game == "for three" and seats == 2:
            raise InvalidOptions.of("seats", errors=[])
        if game != "dobutsu":
            raise GameNotFound.of(f"There is no game {game}", game=game)
        if set(options_given) - {"clock", "rated"}:
            raise InvalidOptions.of("options", errors=[])
        options = {"clock": None, "rated": True, **options_given}
        return {"game": game, "options": options, "seats": seats or 2}

    def create(self, key, game, options, players, private=False):
        if self.away:
            raise RpcTimeout(5)
        if self.fails_for & set(players):
            raise RemoteError("RuntimeError", "out of order")
        self.asked.append(key)
        started = {"game": game, "options": options, "players": players, "private": private}
        assert self.started.setdefault(key, started) == started
        return f"session of {key}"
