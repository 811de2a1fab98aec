"""A session that two play while something dies: all that is sent and told is noted."""

import secrets

from tests.e2e import oracle
from tests.e2e.playing import begin
from tests.stack import eventually

PATIENCE = 20  # seconds: a notice that was left behind is announced within five


class Table:
    """Two players at a session of their own, the first of them to move."""

    def __init__(self, one, other):
        self.players = [one, other]
        self.session_id = begin(one, other)
        self.since = self._session()["version"]
        self.commands = []
        self._missed = {player.login: [] for player in self.players}

    def move(self, player, move):
        """Make a move, which must be answered."""
        return self.give(player, {"type": "move", "move": move})

    def give(self, player, command):
        """Give a command, which must be answered: its version."""
        sent, number = self.ask(player, command)
        self.note_answer(player, sent, number)
        return sent.versions[-1]

    def ask(self, player, command):
        """Send a command and do not wait: the command, and the number of the question."""
        sent = oracle.Command(player.login, command, secrets.token_hex(8))
        self.commands.append(sent)
        return sent, self._send(player, sent)

    def note_answer(self, player, sent, number):
        """Wait for an answer, whatever it is."""
        sent.answers.append(player.answer(number))

    def repeat(self, player, sent):
        """Send a command again, under its id, as a client does that got no answer."""
        self.note_answer(player, sent, self._send(player, sent))

    def come_back(self, player, client):
        """Have a player go on by a new connection: that one, with what was missed fetched."""
        client.call("auth.authenticate", access_token=player.token)
        self._missed[player.login] = client.call(
            "sessions.connect", session_id=self.session_id, since=self.since
        )["events"]
        client.login = player.login
        self.players[self.players.index(player)] = client
        return client

    def faults(self):
        """What the oracle says, once both have been told what is stored, as they must be."""
        eventually(self._all_told, PATIENCE, "the telling of all that is stored")
        for player in self.players:
            player.fence()
        views = [
            oracle.View(player.login, self.since, self._told(player), self._history(player))
            for player in self.players
        ]
        return oracle.faults_of_session(self.commands, views)

    def has_moved(self, player):
        """Whether there is a move of the player's in the history."""
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
