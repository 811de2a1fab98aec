"""A session of two players that records what they send and are told, for the oracle."""

import secrets

from tests.e2e import oracle
from tests.e2e.playing import begin
from tests.stack import eventually


class WatchedSession:
    """A session of two players, the first of them to move; both are connected."""

    def __init__(self, one, other):
        self.players = [one, other]
        self.session_id = begin(one, other)
        self.since = self._session()["version"]
        self.commands = []
        self._missed = {player.login: [] for player in self.players}

    def move(self, player, move):
        """Make a move, which must succeed, and return its version."""
        return self.give(player, {"type": "move", "move": move})

    def give(self, player, command):
        """Send a command, which must succeed, and return its version."""
        sent, number = self.ask(player, command)
        self.note_answer(player, sent, number)
        return sent.versions[-1]

    def ask(self, player, command):
        """Send a command without waiting; return it, and the id of the request."""
        sent = oracle.Command(player.login, command, secrets.token_hex(8))
        self.commands.append(sent)
        return sent, self._send(player, sent)

    def note_answer(self, player, sent, number):
        """Wait for an answer, and record it, whatever it is."""
        sent.answers.append(player.answer(number))

    def repeat(self, player, sent):
        """Send a command again under its id, as a client that got no answer does."""
        self.note_answer(player, sent, self._send(player, sent))

    def come_back(self, player, client):
        """Continue with a new connection of a player's: fetch what was missed, and return it."""
        client.call("auth.authenticate", access_token=player.token)
        self._missed[player.login] = client.call(
            "sessions.connect", session_id=self.session_id, since=self.since
        )["events"]
        client.login = player.login
        self.players[self.players.index(player)] = client
        return client

    def faults(self):
        """Return the oracle's faults, once both players have been told all that is stored."""
        eventually(self._all_told, what="each stored event")
        for player in self.players:
            player.fence()
        views = [
            oracle.View(player.login, self.since, self._told(player), self._history(player))
            for player in self.players
        ]
        return oracle.faults_of_session(self.commands, views)

    def has_moved(self, player):
        """Tell whether the history has a move of this player."""
        return player.login in [
            event["command"]["login"] for event in self._history(player) if "command" in event
        ]

    def _send(self, player, sent):
        return player.ask(
            "sessions.execute", session_id=self.session_id, command=sent.command,
            command_id=sent.command_id,
        )

    def _session(self):
        return self.players[0].call("sessions.get", session_id=self.session_id)

    def _history(self, player):
        return player.call("sessions.history", session_id=self.session_id)["events"]

    def _all_told(self):
        version = self._session()["version"]
        return all(
            version in [self.since, *(event["version"] for event in self._told(player))]
            for player in self.players
        )

    def _told(self, player):
        return self._missed[player.login] + [
            {"type": event["method"], **_without(event["params"], "session_id")}
            for event in player.events
            if event["params"].get("session_id") == self.session_id and "version" in event["params"]
        ]


def _without(params, name):
    return {each: value for each, value in params.items() if each != name}
