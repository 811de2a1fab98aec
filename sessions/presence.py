"""Who is connected to a session: players, who then count as there, and those who watch.

Import the module, not the class: Nameko's command line takes every class with an entrypoint that
it finds in a service's module for a service.
"""

from nameko.rpc import rpc

from extensions.storage.downtime import claim_turn
from extensions.timers import timer
from sessions import exceptions, rematch, schemas, storage
from sessions.models import Downtime
from sessions.timekeeping import Timekeeping

TOLD_AT_ONCE = 100
TELLING, TOLD_EVERY = 2, 1.0  # its row in the table of the pulse; seconds


class Presence(Timekeeping):
    """The connections to the sessions of a session service, and what their coming and going does.

    A connection counts for as long as its gateway renews its lease.
    """

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def connect(self, session_id, connection_id, gateway_id, login=None, since=None):
        """Connect a connection to a session: `{session, events}`, a player's coming included."""
        now = self.clock()
        with self.db.get_session() as session:
            storage.note_gateway(session, gateway_id, now + self.config["GATEWAY_LEASE"])
            match = self._require(session, session_id, lock=True)
            player = login if login in match.players else None
            known = storage.connections(
                session, session_id=session_id, connection_id=connection_id
            )
            was = [connection.player for connection in known]
            storage.put_connection(session, session_id, connection_id, player, gateway_id)
            present = storage.presence(session, [session_id])[session_id]
            if was != [player] and None in (player, *was):
                storage.note_audience(session, session_id)
            comes = player is not None and was != [player] and present[player] == 1
            notices = self._save(session, [(match, match.connect(player, now) if comes else [])])
            shown = schemas.session(match, player, present, self.clock())
            missed = [] if since is None else storage.events_since(session, session_id, since)
        self.outbox.send(notices)
        return {"session": shown, "events": self._shown(match, player, missed)}

    @rpc(expected_exceptions=(exceptions.SessionNotFound, exceptions.NotAMember))
    def disconnect(self, session_id, connection_id):
        """Disconnect a connection from a session."""
        self._take_up_time()
        with self.db.get_session() as session:
            self._require(session, session_id)
            known = storage.connections(
                session, session_id=session_id, connection_id=connection_id
            )
            if not known:
                raise exceptions.NotAMember.of(
                    f"This connection is not connected to the session {session_id}",
                    session_id=session_id,
                )
            notices = self._drop(session, known)
        self.outbox.send(notices)

    @rpc
    def forget_connections(self, connection_ids):
        """Disconnect connections that are closed from all their sessions."""
        self._take_up_time()
        with self.db.get_session() as session:
            notices = self._drop(session, storage.connections_of(session, connection_ids))
        self.outbox.send(notices)

    @rpc
    def renew(self, gateway_id):
        """Prolong a gateway's lease; False where its connections count as gone already."""
        until = self.clock() + self.config["GATEWAY_LEASE"]
        with self.db.get_session() as session:
            return storage.renew_gateway(session, gateway_id, until)

    @timer(interval=1)
    def tell_audiences(self):
        """Tell players how many watch, where it has changed: at most once a second."""
        now = self.clock()
        with self.db.get_session() as session:
            if not claim_turn(session, Downtime, TELLING, now, TOLD_EVERY):
                return
            ids = storage.take_audiences(session, TOLD_AT_ONCE)
            present = storage.presence(session, ids)
            matches = storage.load(session, self.arena, ids)
            notices = [
                schemas.audience(match, present[session_id][None], now)
                for session_id, match in matches.items()
            ]
            self.outbox.record(session, notices)
        self.outbox.send(notices)

    @timer(interval=2)
    def drop_lost_gateways(self):
        """Disconnect what hung on gateways that have not renewed their leases.

        Not while the broker is away, or has not been back for long enough for them to renew.
        """
        if self.outbox.connected_seconds() < self.config["GATEWAY_LEASE"]:
            return
        self._take_up_time()
        with self.db.get_session() as session:
            lost = storage.lost_gateways(session, self.clock())
            orphans = [
                found for gateway in lost
                for found in storage.connections(session, gateway_id=gateway)
            ]
            notices = self._drop(session, orphans)
            for gateway in lost:
                storage.forget_gateway(session, gateway)
        self.outbox.send(notices)

    def _drop(self, session, connections):
        now = self.clock()
        ids = {connection.session_id for connection in connections}
        matches = storage.load(session, self.arena, ids, lock=True)
        # Without those that somebody else has dropped before they were locked.
        dropped = storage.drop_connections(session, connections)
        present = storage.presence(session, ids)
        decided, lapses = [], []
        for session_id, match in matches.items():
            left = dropped.get(session_id, set())
            if None in left:
                storage.note_audience(session, session_id)
            for login in sorted(left - {None} - set(present[session_id])):
                outcome = self._decide(match, match.disconnect, login, now)
                if outcome is None:
                    break
                decided.append(outcome)
                lapses += self._lapse_rematch(session, match, now)
        return self._store(session, [each for each in decided if each[1]]) + lapses

    def _lapse_rematch(self, session, match, now):
        if not rematch.withdraw(match):
            return []
        storage.save(session, [(match, [])])
        notices = [schemas.rematch_asked(match, None, now)]
        self.outbox.record(session, notices)
        return notices
