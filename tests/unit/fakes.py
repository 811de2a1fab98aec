"""What stands in the unit tests for what would need a broker, or real time."""

from nameko.exceptions import RemoteError, RpcTimeout

from sessions.exceptions import GameNotFound, InvalidOptions


class Container:
    """What a dependency provider asks of the container of its service."""

    def __init__(self, settings, service_name):
        self.settings = settings
        self.config = settings.for_nameko()
        self.service_name = service_name
        self.shared_extensions = {}


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

    def send(self, messages, unrecorded=()):
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
        self.begun = {}
        self.asked = []
        self.away = False
        self.fails_for = set()

    def complete_options(self, game, options_given, seats=None):
        if game == "for three" and seats == 2:
            raise InvalidOptions.of("seats", errors=[])
        if game != "dobutsu":
            raise GameNotFound.of(f"There is no game {game}", game=game)
        if set(options_given) - {"rated"}:
            raise InvalidOptions.of("options", errors=[])
        options = {"clock": None, "rated": True, **options_given}
        return {"game": game, "options": options, "seats": seats or 2}

    def create(self, key, game, options, players, private=False):
        if self.away:
            raise RpcTimeout(5)
        if self.fails_for & set(players):
            raise RemoteError("RuntimeError", "out of order")
        self.asked.append(key)
        begun = {"game": game, "options": options, "players": players, "private": private}
        assert self.begun.setdefault(key, begun) == begun
        return f"session of {key}"
