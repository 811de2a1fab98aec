"""The session service: creates sessions, decides commands, tells players what has changed."""

import logging
import random
from collections import Counter

from nameko.dependency_providers import Config
from nameko.exceptions import serialize
from nameko.rpc import rpc
from sqlalchemy.exc import IntegrityError

from extensions import service_base
from extensions.clock import Clock
from extensions.errors import ServiceError, StorageAway, StorageBusy
from extensions.observability.entrypoint_logging import EntrypointLogging
from extensions.observability.monitoring import gauges
from extensions.outbox.outbox import OutboxProvider
from extensions.pagination import UnknownCursor, decode_cursor, paginate
from extensions.storage.database import Database
from sessions import (
    beginnings,
    commands,
    events,
    exceptions,
    metrics,
    options,
    presence,
    rematch,
    schemas,
    storage,
    sweeps,
)
from sessions.batch import Batch, note_commands, trace_commands
from sessions.commands import Command
from sessions.dependencies import ArchiveProvider, ArenaProvider
from sessions.match import ENDED, Match
from sessions.models import Base, OutboxRow

_log = logging.getLogger(__name__)

LIST = "sessions"
REFUSALS = (
    exceptions.SessionNotFound, exceptions.NotAPlayer, exceptions.SessionEnded,
    exceptions.InvalidCommand, exceptions.StaleVersion, exceptions.NotYourTurn,
    exceptions.IllegalMove, exceptions.NoDrawOffered, exceptions.CannotAbort,
    exceptions.CannotClaim,
)


class SessionsService(
    beginnings.Beginnings, presence.Presence, sweeps.Sweeping, service_base.Service
):
    """Games under way and finished."""

    name = "sessions"

    # Each command is logged by itself.
    entrypoint_logging = EntrypointLogging(quiet=("execute_many",))
    config = Config()
    db = Database(Base)
    outbox = OutboxProvider(
        events.EXCHANGE, OutboxRow, Base, durable=(events.RESULTS_EXCHANGE,)
    )
    arena = ArenaProvider()
    archive = ArchiveProvider()
    clock = Clock()

    @rpc
    def games(self):
        """Every game that can be played here."""
        return [schemas.game(game) for _, game in sorted(self.arena.games.items())]

    @rpc(expected_exceptions=(exceptions.GameNotFound, exceptions.InvalidOptions))
    def complete_options(self, game, options_given, seats=None):
        """What is to be played, with everything filled in: `{game, options, seats}`."""
        if game not in self.arena.games:
            options.complete(None, options_given)  # what is wrong with any game comes first
        rules = self._rules(game)
        return {
            "game": game,
            "options": options.complete(rules, options_given),
            "seats": options.seats(rules, seats),
        }

    @rpc(expected_exceptions=(exceptions.GameNotFound,))
    def create(self, key, game, options, players, private=False):
        """Begin a session; its id. Asked again with the same key, it is the same session."""
        try:
            with self.db.get_session() as session:
                session_id, notices = self._begin(session, key, game, options, players, private)
        except IntegrityError:  # another instance was asked the same at the same moment
            with self.db.get_session() as session:
                known = storage.id_of_key(session, key)
            if known is None:
                raise
            return known
        self.outbox.send(notices)
        return session_id

    @rpc(expected_exceptions=REFUSALS)
    def execute(
        self, session_id, login, command, command_id, version=None, arrived=None, round_trip=0.0
    ):
        """Decide one command: `{version, command_id}`.

        `arrived` is when the gateway had it, `round_trip` how far the player is from there.
        """
        request = {
            "session_id": session_id, "login": login, "command": command,
            "command_id": command_id, "version": version, "arrived": arrived,
            "round_trip": round_trip,
        }
        [answer] = self._execute([request])
        metrics.count_commands([request], [answer])
        note_commands([request], [answer])
        if isinstance(answer, ServiceError):
            raise answer
        return answer

    @rpc
    def execute_many(self, commands):
        """Decide commands in order: for each `{"result": ...}` or `{"error": ...}`."""
        try:
            answers = self._execute(commands)
        except StorageBusy:
            answers = [self._execute_alone(each) for each in commands]
        except StorageAway as error:  # each would wait for it as long
            answers = [error] * len(commands)
        except Exception:  # the database's fault, or a game's: it is to touch nobody else
            _log.exception("A batch of commands failed, and is tried one by one")
            answers = [self._execute_alone(each) for each in commands]
        metrics.count_commands(commands, answers)
        note_commands(commands, answers)
        return [
            {"error": serialize(answer)} if isinstance(answer, Exception) else {"result": answer}
            for answer in answers
        ]

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def get(self, session_id, viewer=None):
        """A session, as this viewer may see it."""
        with self.db.get_session() as session:
            match = self._require(session, session_id)
            present = storage.presence(session, [session_id])[session_id]
        return schemas.session(match, viewer, present, self.clock())

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def history(self, session_id, viewer=None, since=0):
        """The events of a session after a version, as this viewer may see them."""
        with self.db.get_session() as session:
            match = self._require(session, session_id)
            stored = storage.events_since(session, session_id, since)
        return {"events": self._shown(match, viewer, stored)}

    @rpc(expected_exceptions=(exceptions.SessionNotFound,))
    def initial_state(self, session_id, viewer=None):
        """The state before the first move, as this viewer may see it: `{state}`."""
        with self.db.get_session() as session:
            match = self._require(session, session_id)
            seed = storage.seed_of(session, session_id)
        return {"state": schemas.view(match, _setup(match, seed), viewer)}

    @rpc(expected_exceptions=(exceptions.GameNotFound, UnknownCursor))
    def list(self, viewer=None, login=None, game=None, status=None, limit=50, after=None):
        """Sessions, newest first, a page at a time; private ones only to their players."""
        begin = decode_cursor(LIST, after)
        if game is not None:
            self._rules(game)
        with self.db.get_session() as session:
            rows = storage.listed(session, viewer, login, game, status, begin, limit + 1)
            rows, following = paginate(LIST, rows, limit, lambda row: [row.created_at, row.session_id])
            ids = [row.session_id for row in rows]
            matches = storage.load(session, self.arena, ids)
            present = storage.presence(session, ids)
        in_order = [matches[each] for each in ids if each in matches]
        return {"items": self._summaries(in_order, present), "next": following}

    @rpc
    def resign_all(self, login):
        """Resign every active session of a player who is leaving for good."""
        now = self.clock()
        with self.db.get_session() as session:
            ids = storage.active_of(session, login)
            matches = storage.load(session, self.arena, ids, lock=True).values()
            resign = Command(login, {"type": "resign"})
            notices = self._save(
                session,
                [
                    (match, commands.decide(match, resign, now).events)
                    for match in matches if match.status != ENDED  # it may have just ended
                ],
            )
        self.outbox.send(notices)

    @rpc(expected_exceptions=(
        exceptions.SessionNotFound, exceptions.NotAPlayer, exceptions.SessionActive,
        exceptions.CannotRematch,
    ))
    def rematch(self, session_id, login):
        """Ask to play again, the other one moving first; with the last one's asking it begins."""
        now = self.clock()
        with self.db.get_session() as session:
            match = self._require(session, session_id, lock=True)
            present = storage.presence(session, [session_id])[session_id]
            asked = rematch.ask(match, login, present)
            if asked.complete:
                begun, notices = self._begin(
                    session, f"rematch.{session_id}", match.game.name, match.options,
                    rematch.players(match), match.private,
                )
                match.rematch_session_id = begun
            else:
                notices = [schemas.rematch_asked(match, login, now)] if asked.new else []
                self.outbox.record(session, notices)
            storage.save(session, [(match, [])])
        self.outbox.send(notices)
        if match.rematch_session_id is None:
            return {"status": "asked"}
        return {"status": "created", "session_id": match.rematch_session_id}

    @rpc(expected_exceptions=(exceptions.SessionNotFound, exceptions.SessionActive))
    def export(self, session_id, site="Arbiter"):
        """A finished session in the usual form for its game: `{format, text}`."""
        with self.db.get_session() as session:
            match = self._require(session, session_id)
            if match.status != ENDED:
                raise exceptions.SessionActive.of(
                    f"The session {session_id} is still being played", session_id=session_id
                )
            seed = storage.seed_of(session, session_id)
            happened = storage.events_since(session, session_id, 0)
        record = schemas.record(match, _setup(match, seed), happened, site)
        form, text = match.game.export(record)
        return {"format": form, "text": text}

    @gauges(
        metrics.ACTIVE, metrics.OVERDUE, metrics.OVERDUE_SECONDS, expected_exceptions=StorageAway
    )
    def look(self):
        """Say how many sessions there are, and how far behind `keep_time` is."""
        now = self.clock()
        with self.db.get_session() as session:
            active, overdue, since = storage.standing(session, self.arena, now)
        metrics.ACTIVE.set(active)
        metrics.OVERDUE.set(overdue)
        metrics.OVERDUE_SECONDS.set(now - since if overdue else 0.0)

    def _execute(self, requests):
        now = self.clock()
        self._take_up_time()
        with self.db.get_session() as session:
            decided = Batch.load(session, self.arena, requests, now)
            answers = [decided.answer(request) for request in requests]
            storage.save(session, decided.changes)
            storage.remember(session, decided.remembered)
            self.outbox.record(session, decided.notices)
        trace_commands(requests, answers, now)
        self.outbox.send(decided.notices)
        return answers

    def _execute_alone(self, request):
        try:
            [answer] = self._execute([request])
        except StorageAway as error:
            return error
        except Exception as error:
            _log.exception("A command failed")
            return error
        return answer

    def _begin(self, session, key, game, options, players, private):
        known = storage.id_of_key(session, key)
        if known is not None:
            return known, []
        rules, seed, now = self._rules(game), storage.new_id(), self.clock()
        state = rules.setup(len(players), options, random.Random(seed))
        match = Match.begin(
            storage.new_id(), rules, self.arena.settings, options, players, private, state, now
        )
        notices = [schemas.created(match, login, Counter(), now) for login in players]
        storage.add(session, match, key, seed)
        self.outbox.record(session, notices)
        return match.session_id, notices

    def _rules(self, game):
        if game not in self.arena.games:
            raise exceptions.GameNotFound.of(f"There is no game {game}", game=game)
        return self.arena.games[game]


def _setup(match, seed):
    return match.game.setup(len(match.players), match.options, random.Random(seed))
