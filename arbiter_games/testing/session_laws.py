"""The laws of a game inside a server: what holds when the server dies or a network misbehaves.

The server is killed, its answers are lost, commands arrive twice or in another order, and events
are not received. After each, the session must stand as the rules alone say.
"""

from collections.abc import Callable
from itertools import cycle
from random import Random
from typing import Any

from arbiter_games.contract import Game, Move, State
from arbiter_games.testing.broken_law import BrokenLaw, require
from arbiter_games.testing.host import Crash, Host, HostedSession, MoveCommand
from arbiter_games.testing.json_values import difference
from arbiter_games.testing.lookalike import LookalikePair
from arbiter_games.testing.playthrough import Playthrough, after
from arbiter_games.testing.secrecy import LAW as SECRECY

MAX_COMMANDS = 40

KILL = "a session survives a kill"
REPEAT = "a session survives a repeat"
REORDER = "a session survives a reorder"
DROP = "a session survives a drop"
LAWS = (KILL, REPEAT, REORDER, DROP)


def require_survival(host: Host, game: Game, playthrough: Playthrough, rng: Random) -> None:
    """Send a playthrough's moves to a server, and disturb it with each."""
    with host(game, playthrough.players, playthrough.options, playthrough.setup) as session:
        DisturbedGame(playthrough, session, rng).play()


def require_secret_events(
    host: Host, game: Game, playthrough: Playthrough, pair: LookalikePair
) -> None:
    """Require that the server sends the viewer of a pair the same for both moves."""
    one, other = (
        _sent_to_viewer(host, game, playthrough, pair, state, move)
        for state, move in zip(pair.before, pair.moves, strict=True)
    )
    require(
        one == other, SECRECY,
        f"{pair.viewer_name} can tell {pair}, by what the server sends: {difference(one, other)}",
    )


def _sent_to_viewer(
    host: Host, game: Game, playthrough: Playthrough, pair: LookalikePair, state: State, move: Move
) -> dict[str, Any]:
    assert pair.seat is not None
    with host(game, playthrough.players, playthrough.options, state) as session:
        session.execute(MoveCommand(pair.seat, move, "c1"))
        announced = [{**each, "session_id": None} for each in session.announced(pair.viewer)]
        for each in announced:
            each.pop("session", None)
        return {
            "session": {**session.get(pair.viewer), "session_id": None},
            "history": session.history(pair.viewer),
            "announced": announced,
        }


class DisturbedGame:
    """The moves of a playthrough, sent to a server, each with a disturbance of its own.

    `_state` is where the rules alone lead with the moves that were accepted. That may differ from
    the playthrough: of two moves of one seat in the wrong order, either may be illegal.
    """

    def __init__(self, playthrough: Playthrough, session: HostedSession, rng: Random) -> None:
        self._game, self._session, self._rng = playthrough.game, session, rng
        self._viewers, self._seats = playthrough.viewers, playthrough.seats
        self._state = playthrough.setup
        self._answers: dict[str, dict[str, Any]] = {}
        self._commands = [
            MoveCommand(seat, move, f"c{number}")
            for number, (seat, move) in enumerate(playthrough.moves[:MAX_COMMANDS])
        ]

    def play(self) -> None:
        """Send all moves; raise BrokenLaw where the session is not as the rules say."""
        disturbances: cycle[Callable[[MoveCommand, list[MoveCommand]], None]] = cycle([
            self._send_twice, self._send_out_of_order, self._drop_events,
            self._kill_before, self._kill_before_commit, self._kill_after_commit,
        ])
        for number, command in enumerate(self._commands):
            if command.command_id not in self._answers:
                next(disturbances)(command, self._commands[number + 1:number + 2])

    def _kill_before(self, command: MoveCommand, following: list[MoveCommand]) -> None:
        self._session.restart()
        self._require_state(KILL, "after it")
        self._deliver(command, KILL)

    def _kill_before_commit(self, command: MoveCommand, following: list[MoveCommand]) -> None:
        self._crash(command, Crash.BEFORE_COMMIT)
        self._require_state(KILL, f"in which {command} was not yet stored")
        self._deliver(command, KILL)

    def _kill_after_commit(self, command: MoveCommand, following: list[MoveCommand]) -> None:
        self._crash(command, Crash.AFTER_COMMIT)
        self._state = self._state_after(command) or self._state
        self._require_state(KILL, f"in which {command} was stored")
        answer = self._execute(command, KILL)
        if answer is not None:
            self._answers[command.command_id] = answer
        self._require_state(KILL, f"and {command} sent again")

    def _send_twice(self, command: MoveCommand, following: list[MoveCommand]) -> None:
        self._deliver(command, REPEAT)
        self._repeat(command, REPEAT)
        answered = [each for each in self._commands if each.command_id in self._answers]
        self._repeat(self._rng.choice(answered or [command]), REPEAT)

    def _send_out_of_order(self, command: MoveCommand, following: list[MoveCommand]) -> None:
        for each in (*following, command, *following):
            if each.command_id in self._answers:
                self._repeat(each, REORDER)
            else:
                self._deliver(each, REORDER)

    def _drop_events(self, command: MoveCommand, following: list[MoveCommand]) -> None:
        self._deliver(command, DROP)
        for viewer in self._viewers:
            self._require_complete_history(viewer)

    def _crash(self, command: MoveCommand, crash: Crash) -> None:
        self._execute(command, KILL, crash)
        self._session.restart()

    def _deliver(self, command: MoveCommand, law: str) -> None:
        """Send a command for the first time: it must be accepted if the rules accept it."""
        state = self._state_after(command)
        answer = self._execute(command, law)
        if state is None:
            require(answer is None, law, f"{command} was accepted, which the rules refuse")
        elif answer is None:
            raise BrokenLaw(law, f"{command} was refused, which the rules accept")
        else:
            self._state, self._answers[command.command_id] = state, answer
            self._require_state(law, f"after {command}")

    def _repeat(self, command: MoveCommand, law: str) -> None:
        answer, first = self._execute(command, law), self._answers.get(command.command_id)
        require(
            answer == first, law, f"{command} was answered {first}, and the second time {answer}"
        )
        self._require_state(law, f"after {command} was sent twice")

    def _state_after(self, command: MoveCommand) -> State:
        """Return the state to which the rules alone lead; None where they refuse the move."""
        if command.move not in self._game.legal_moves(self._state, command.seat):
            return None
        return after(self._game, self._state, command.seat, command.move)

    def _execute(
        self, command: MoveCommand, law: str, crash: Crash | None = None
    ) -> dict[str, Any] | None:
        try:
            return self._session.execute(command, crash)
        except Exception as error:
            raise BrokenLaw(law, f"the server failed at {command}: {error!r}") from error

    def _require_state(self, law: str, when: str) -> None:
        """Require that a spectator and one player are shown what the rules say."""
        for viewer in (None, self._rng.choice(self._seats)):
            shown, expected = self._session.get(viewer)["state"], self._expected_view(viewer)
            require(
                shown == expected, law,
                f"{when}, {viewer} is shown another state: {difference(expected, shown)}",
            )

    def _expected_view(self, viewer: int | None) -> State:
        over = self._game.outcome(self._state)
        return self._game.reveal(self._state) if over else self._game.view(self._state, viewer)

    def _require_complete_history(self, viewer: int | None) -> None:
        """Require that the history has every event a viewer may have missed, as it was sent."""
        version = self._session.get(viewer)["version"]
        since = self._rng.randint(0, version)
        missed = {each["version"]: each for each in self._session.history(viewer, since)}
        require(
            list(missed) == list(range(since + 1, version + 1)), DROP,
            f"after version {since} of {version}, {viewer} can catch up with {list(missed)}",
        )
        if self._game.outcome(self._state):
            return
        for event in self._session.announced(viewer):
            stored = missed.get(event.get("version", 0), event)
            common = {key: stored[key] for key in event if key in stored}
            require(
                {**event, **common} == event, DROP,
                f"{viewer} was sent one event and reads another:"
                f" {difference(event, {**event, **common})}",
            )
