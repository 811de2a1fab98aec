"""Creates sessions, each once: for rooms, for searches that have met, and for rematches."""

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from extensions.json_codec import ValueTooLarge
from extensions.settings import Settings
from sessions import continuations, limited_game, messages, rematch
from sessions.changes import Change
from sessions.continuations import Start
from sessions.dependencies import Dependencies
from sessions.exceptions import CannotRematch, GameNotFound, require_vacancy
from sessions.game_registry import GameRegistry
from sessions.match import Match, initial_state
from sessions.schemas import Options, RematchAnswer
from sessions.storage import SessionStore, Transaction
from sessions.storage.sessions import new_id


class SessionCreator:
    """Creates a session and tells its players."""

    def __init__(
        self, store: SessionStore, clock: Callable[[], float], registry: GameRegistry,
        settings: Settings,
    ) -> None:
        self._store, self._clock = store, clock
        self._registry, self._settings = registry, settings

    @classmethod
    def of(cls, service: Dependencies) -> "SessionCreator":
        """Return one that is made from the dependencies of a service."""
        return cls(SessionStore.of(service), service.clock, service.registry, service.settings)

    def create(
        self, key: str, game: str, options: Options, players: list[str], private: bool
    ) -> str:
        """Start a session and return its id; for a key used before, the id of its session.

        Raises GameNotFound, one of GAME_ERRORS, or SessionNotFound if it goes on from a session
        that has been archived meanwhile.
        """
        try:
            start = continuations.start(self._store, self._registry, options)
            match, seed = self._new_match(key, game, options, players, private, start)
            announced = messages.created_for_all(match, match.created_at)
            with self._store.creation() as transaction:
                transaction.add(match, key, seed, announced, start)
        except ValueTooLarge:
            raise limited_game.too_large(self._registry.require(game, key)) from None
        except (IntegrityError, GameNotFound):
            # A key that was used before is the rare case, and so it is looked up only now.
            with self._store.transaction() as transaction:
                known = transaction.sessions.id_of_key(key)
            if known is None:
                raise
            return known
        return match.session_id

    def rematch(self, session_id: str, login: str) -> RematchAnswer:
        """Ask to play again, and start the rematch once all players have asked.

        Raises SessionNotFound, NotAPlayer, SessionActive, CannotRematch or TooManySessions.
        """
        now, full = self._clock(), self._store.full_players([login])
        with self._store.transaction() as transaction:
            match = transaction.sessions.require(session_id, lock=True)
            counts = transaction.connections.counts([session_id])[session_id]
            request = rematch.ask(match, login, counts)
            start = transaction.events.start(match) if request.new else None
            if start and not continuations.is_by_present_rules(match, self._registry):
                raise CannotRematch("It began with a position of other rules")
            if request.new:
                require_vacancy(login, full)
            if request.complete:
                match.rematch_session_id = self._start_rematch(transaction, match, start)
            is_pending = request.new and not request.complete
            asked = [messages.rematch_asked(match, login, now)] if is_pending else []
            transaction.save([Change(match, [], asked)])
        if match.rematch_session_id is None:
            return {"status": "asked"}
        return {"status": "created", "session_id": match.rematch_session_id}

    def _start_rematch(
        self, transaction: Transaction, ended: Match, start: Start | None
    ) -> str:
        key = f"rematch.{ended.session_id}"
        match, seed = self._new_match(
            key, ended.game.name, ended.options, rematch.players(ended), ended.private, start
        )
        transaction.sessions.add(match, key, seed, start)
        transaction.announce(messages.created_for_all(match, match.created_at))
        return match.session_id

    def _new_match(
        self, key: str, game: str, options: Options, players: list[str], private: bool,
        start: Start | None,
    ) -> tuple[Match, str]:
        """Return a new match, and the seed of its chance; raises GameNotFound or a GAME_ERROR."""
        # Suspended by its key, because each attempt to create a session has another id.
        rules, seed = self._registry.require(game, key), new_id()
        state = start["state"] if start else initial_state(rules, len(players), options, seed)
        match = Match.start(
            new_id(), rules, self._settings, options, players, private, state, self._clock(), seed
        )
        return match, seed
