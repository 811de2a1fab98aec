"""The game inside the real session service, while things go wrong.

The service is killed, its answers are lost, commands arrive twice or in the wrong order, and events
are not heard. After each, the session must stand as the rules alone say.
"""

from itertools import cycle
from random import Random
from typing import Any

from arbiter_games.contract import Game
from arbiter_games.testing.failure import BrokenLaw
from arbiter_games.testing.laws import require
from arbiter_games.testing.line import Line, after
from arbiter_games.testing.secrets import LAW as SECRECY
from arbiter_games.testing.secrets import Pair
from arbiter_games.testing.server import Killed, Order, Server
from arbiter_games.testing.values import difference
from arbiter_games.testing.watched import Watched
from extensions.errors import ServiceError

MOST_COMMANDS = 40

KILL = "a session survives a kill"
REPEAT = "a session survives a repeat"
REORDER = "a session survives a reorder"
DROP = "a session survives a drop"


class Play:
    """The moves of a line, sent to a server; `state` is where the rules alone have them lead.

    That may be elsewhere than in the line, and a move be refused there: one that came too early may
    have been legal too, where a seat moves twice.
    """

    def __init__(self, game: Watched, line: Line, server: Server, rng: Random) -> None:
        self._game, self._line, self._server, self._rng = game, line, server, rng
        self._state = line.begun
        self._answers: dict[str, dict[str, Any]] = {}
        self._orders = [
            Order(seat, move, f"c{number}")
            for number, (seat, move) in enumerate(line.moves[:MOST_COMMANDS])
        ]

    def run(self) -> None:
        """Send all the moves, each with a trouble of its own."""
        troubles = cycle([
            self._repeated, self._reordered, self._dropped,
            self._killed_before, self._killed_while_deciding, self._killed_while_answering,
        ])
        for number, order in enumerate(self._orders):
            if order.command_id not in self._answers:
                next(troubles)(order, self._orders[number + 1:number + 2])

    def _killed_before(self, order: Order, following: list[Order]) -> None:
        self._server.kill()
        self._require_as_the_rules_say(KILL, "after it")
        self._deliver(order, KILL)

    def _killed_while_deciding(self, order: Order, following: list[Order]) -> None:
        self._die(order, "record")
        self._require_as_the_rules_say(KILL, f"in which {order} was not yet stored")
        self._deliver(order, KILL)

    def _killed_while_answering(self, order: Order, following: list[Order]) -> None:
        self._die(order, "send")
        self._state = self._next(order) or self._state
        self._require_as_the_rules_say(KILL, f"in which {order} was stored")
        answer = self._execute(order, KILL)
        if answer is not None:
            self._answers[order.command_id] = answer
        self._require_as_the_rules_say(KILL, f"and {order} sent again")

    def _repeated(self, order: Order, following: list[Order]) -> None:
        self._deliver(order, REPEAT)
        self._repeat(order, REPEAT)
        answered = [each for each in self._orders if each.command_id in self._answers]
        self._repeat(self._rng.choice(answered or [order]), REPEAT)

    def _reordered(self, order: Order, following: list[Order]) -> None:
        for each in (*following, order, *following):
            if each.command_id in self._answers:
                self._repeat(each, REORDER)
            else:
                self._deliver(each, REORDER)

    def _dropped(self, order: Order, following: list[Order]) -> None:
        self._deliver(order, DROP)
        for viewer in self._line.viewers:
            self._require_no_gap(viewer)

    def _die(self, order: Order, point: str) -> None:
        self._server.wire.dies_in = point
        self._execute(order, KILL)
        self._server.wire.dies_in = None  # where the order was refused, it has not come so far
        self._server.kill()

    def _deliver(self, order: Order, law: str) -> None:
        """Send a command: it is accepted if and only if the rules accept it."""
        following = self._next(order)
        answer = self._execute(order, law)
        if following is None:
            require(answer is None, law, f"{order} was accepted, which the rules refuse")
            return
        require(answer is not None, law, f"{order} was refused, which the rules accept")
        self._state, self._answers[order.command_id] = following, answer
        self._require_as_the_rules_say(law, f"after {order}")

    def _repeat(self, order: Order, law: str) -> None:
        answer, first = self._execute(order, law), self._answers.get(order.command_id)
        require(answer == first, law, f"{order} was answered {first}, and the second time {answer}")
        self._require_as_the_rules_say(law, f"after {order} was sent twice")

    def _next(self, order: Order) -> Any:
        """Return the state to which the rules alone lead; None where they refuse the move."""
        if order.move not in self._game.legal_moves(self._state, order.seat):
            return None
        return after(self._game, self._state, order.seat, order.move)

    def _execute(self, order: Order, law: str) -> dict[str, Any] | None:
        try:
            return self._server.execute(order)
        except (ServiceError, Killed):
            return None
        except Exception as error:
            raise BrokenLaw(law, f"the service failed at {order}: {error!r}") from error

    def _require_as_the_rules_say(self, law: str, when: str) -> None:
        for viewer in (None, self._rng.choice(self._line.seats)):
            shown = self._server.get(viewer)["state"]
            expected = self._seen(viewer)
            require(
                shown == expected, law,
                f"{when}, {viewer} is shown another state: {difference(expected, shown)}",
            )

    def _seen(self, viewer: int | None) -> Any:
        over = self._game.outcome(self._state)
        return self._game.reveal(self._state) if over else self._game.view(self._state, viewer)

    def _require_no_gap(self, viewer: int | None) -> None:
        """Whatever a viewer has missed, the history has, as it would have been heard."""
        version = self._server.get(viewer)["version"]
        since = self._rng.randint(0, version)
        missed = {each["version"]: each for each in self._server.history(viewer, since)}
        require(
            list(missed) == list(range(since + 1, version + 1)), DROP,
            f"after version {since} of {version}, {viewer} can catch up with {list(missed)}",
        )
        if self._game.outcome(self._state):
            return
        for heard in self._server.heard(viewer):
            known = missed.get(heard.get("version"), heard)
            common = {key: known[key] for key in heard if key in known}
            require(
                {**heard, **common} == heard, DROP,
                f"{viewer} heard and reads later: {difference(heard, {**heard, **common})}",
            )


def survives_trouble(game: Game, line: Line, rng: Random) -> None:
    """Play a line again in the session service, and disturb it."""
    with Server(game, line, line.begun) as server:
        Play(line.game, line, server, rng).run()


def events_keep_the_secret(game: Game, line: Line, pair: Pair) -> None:
    """Whatever the service tells a viewer is the same for both moves of a pair."""
    told = [
        _told(game, line, pair, state, move)
        for state, move in zip(pair.before, pair.moves, strict=True)
    ]
    if told[0] != told[1]:
        who = "a spectator" if pair.viewer is None else f"seat {pair.viewer}"
        raise BrokenLaw(
            SECRECY, f"{who} can tell {pair}, by what the service sends: {difference(*told)}"
        )


def _told(game: Game, line: Line, pair: Pair, state: Any, move: Any) -> Any:
    with Server(game, line, state) as server:
        server.execute(Order(pair.seat, move, "c1"))
        session = {**server.get(pair.viewer), "session_id": None}
        heard = [{**each, "session_id": None} for each in server.heard(pair.viewer)]
        for each in heard:
            each.pop("session", None)
        return {"session": session, "history": server.history(pair.viewer), "heard": heard}
