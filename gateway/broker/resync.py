"""What a gateway asks once its link to the broker is back: what was announced meanwhile is lost."""

from collections.abc import Iterable, Iterator
from typing import Any

import searcher.events
from extensions.clock import MAX_CLOCK_SKEW_SECONDS
from gateway.broker.retry_queue import RetryQueue


class Resync:
    """Makes up for what connections were not told, for as long as it takes until it is known."""

    def __init__(self, services):
        self._services = services
        self._logins = RetryQueue("checks of logins", self._close_ended)
        self._beginnings = RetryQueue("checks for sessions", self._tell_begun)

    @property
    def all_known(self) -> bool:
        """Whether all has been made up for."""
        return self._logins.idle and self._beginnings.idle

    def begin(self, connections: Iterable, deaf_since: float) -> None:
        """Make up for what these connections may have missed since a moment."""
        players = [each for each in connections if each.login]
        self._logins.add(*players)
        self._beginnings.add(*((each, deaf_since) for each in players))

    def check_login(self, connection) -> None:
        """Close a connection if its login has ended, as soon as that can be asked."""
        self._logins.add(connection)

    def tell_found(self, connection) -> bool:
        """Tell a connection of the session that its search has led to; False where to none."""
        login, search = connection.login, connection.searching
        since = connection.searching_since
        for begun in self._begun_since([login], since - MAX_CLOCK_SKEW_SECONDS):
            notice = begun["notices"][login]
            connection.take_notice(notice)
            if _came_of(search, notice["params"]["session"]):
                connection.take_notice(_opponent_found(begun["key"], login, notice["params"]))
                if connection.searching is search and begun["begun_at"] >= since:
                    connection.searching = None  # it was told already, as what another has found
            if connection.searching is not search:
                return True
        return False

    def _close_ended(self, batch: list) -> None:
        logins = {
            (each.login, each.family): each.fingerprint for each in batch if not each.closed
        }
        if not logins:
            return
        ended = self._services.auth.ended([[*pair, logins[pair]] for pair in sorted(logins)])
        for login, family in ended:
            for connection in batch:
                if connection.login == login:
                    connection.revoke(family)

    def _tell_begun(self, batch: list[tuple[Any, float]]) -> None:
        waiting = [
            (connection, max(since, connection.came_at - MAX_CLOCK_SKEW_SECONDS))
            for connection, since in batch if not connection.closed
        ]
        if not waiting:
            return
        logins = sorted({connection.login for connection, _ in waiting})
        for begun in self._begun_since(logins, min(since for _, since in waiting)):
            for connection, since in waiting:
                notice = begun["notices"].get(connection.login)
                if notice is not None and begun["begun_at"] >= since:
                    connection.take_notice(notice)

    def _begun_since(self, logins: list[str], since: float) -> Iterator[dict[str, Any]]:
        position: list | None = [since]
        while position is not None:
            answer = self._services.sessions.begun_since(logins, *position)
            yield from answer["sessions"]
            position = answer["next"]


def _came_of(search: dict[str, Any], session: dict[str, Any]) -> bool:
    """Whether a session is of the kind that was searched for."""
    wanted = search["options"].items()
    return (
        session["game"] == search["game"] and len(session["players"]) == 2
        and all(session["options"].get(name) == value for name, value in wanted)
    )


def _opponent_found(key: str, login: str, params: dict[str, Any]) -> dict[str, Any]:
    """What the searcher announces of a session, by the very id that it gives it."""
    session = params["session"]
    [opponent] = [each for each in session["players"] if each != login]
    found = {
        "at": params["at"], "session_id": session["session_id"], "game": session["game"],
        "options": session["options"], "opponent": opponent,
    }
    return {"id": f"{key}.{login}", "event": searcher.events.OPPONENT_FOUND, "params": found}
