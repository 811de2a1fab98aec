"""A run: games are played, faults are made, and in the end everything is checked."""

import signal
import time
from collections.abc import Callable, Sequence

from arbiter_games.dobutsu import Dobutsu
from tools.chaos import oracle
from tools.chaos.cluster import Cluster
from tools.chaos.faults import (
    BLOCK,
    CUT,
    HOLD,
    KILL,
    LONG_HOLD,
    PAUSE,
    REFUSE,
    TERM,
    Fault,
    FaultAction,
)
from tools.chaos.game_pair import GamePair
from tools.chaos.load import Load
from tools.chaos.oracle import Finding
from tools.chaos.records import GameRecord
from tools.chaos.report import LOSS_LEAD_SECONDS, FaultResult
from tools.chaos.standstills import standstills

RECOVERY_TIMEOUT_SECONDS = 30.0  # for every game to go on, and every process to serve again
CALM_SECONDS = LOSS_LEAD_SECONDS  # in which all goes well before the next fault
RATING_TIMEOUT_SECONDS = 30.0
SIGNALS = {KILL: signal.SIGKILL, TERM: signal.SIGTERM}
STUCK, STRAY, ERROR = "stuck", "stray session", "error"

Act = Callable[[], None]


class Run:
    """What is done to a cluster while a load plays on it.

    `left_out` are faults for which there was no time.
    """

    def __init__(self, cluster: Cluster, load: Load, say: Callable[[str], None]) -> None:
        self._cluster, self._load, self._say = cluster, load, say
        self.results: list[FaultResult] = []
        self.left_out: Sequence[Fault] = ()
        self.findings: list[Finding] = []
        self.games: list[GameRecord] = []
        self._given_up: set[GamePair] = set()  # none of these is waited for again

    def begin(self) -> None:
        """Start all players; return when every game is under way."""
        began_at = time.time()
        self._load.start()
        self._await_moves(began_at)

    def make_faults(self, faults: Sequence[Fault], minutes: float) -> None:
        """Make faults one after another, and begin none after so many minutes."""
        deadline = time.monotonic() + 60 * minutes
        for number, fault in enumerate(faults, start=1):
            if time.monotonic() > deadline:
                self.left_out = faults[number - 1:]
                self._say(f"Time is up: {len(self.left_out)} faults are left out.")
                return
            self._say(f"[{number}/{len(faults)}] {self._make(fault)}")

    def conclude(self) -> None:
        """Stop all players, and find out what is wrong."""
        self._await_moves(time.time())
        self._load.halt()
        self.games = self._load.games(f"ws://127.0.0.1:{self._cluster.port}/ws")
        rules = Dobutsu()
        for game in self.games:
            self.findings += oracle.examine(game, rules)
            if not game.streams:
                text = f"its players were not told of it: {game.session['players']}"
                self.findings.append(Finding(STRAY, game.session_id, text))
        self.findings += self._wrong_ratings()
        for player in self._load.players:
            self.findings += [Finding(ERROR, player.login, text) for text in player.errors]

    def _wrong_ratings(self) -> list[Finding]:
        """Return players with wrong ratings, once results had the time to be counted."""
        expected = oracle.expected_ratings(self.games)
        deadline = time.monotonic() + RATING_TIMEOUT_SECONDS
        while wrong := list(oracle.wrong_ratings(expected, self._load.ratings())):
            if time.monotonic() > deadline:
                break
            time.sleep(1)
        return wrong

    def _make(self, fault: Fault) -> FaultResult:
        """Make a fault; return what it did once everything is well again."""
        result = FaultResult(fault, time.time())
        self.results.append(result)
        for at, act in sorted(self._timetable(fault), key=lambda item: item[0]):
            time.sleep(max(0.0, result.began_at + at - time.time()))
            act()
        self._await_moves(time.time())
        self._await_cluster(fault)
        time.sleep(CALM_SECONDS)
        result.ended_at = time.time()
        for pair in self._load.pairs:
            sent = [each for player in pair.players for each in list(player.sent)]
            found = standstills(sent, result.began_at, result.ended_at)
            result.acknowledged += len(found)
            result.standstills.append(max(found, default=result.ended_at - result.began_at))
        return result

    def _timetable(self, fault: Fault) -> list[tuple[float, Act]]:
        """Return what begins and ends the actions of a fault, and after how many seconds."""
        timetable = []
        for action in fault.actions:
            begin, end = self._begin_and_end(action)
            timetable += [(action.delay, begin), (action.delay + action.duration, end)]
        return timetable

    def _begin_and_end(self, action: FaultAction) -> tuple[Act, Act]:
        ends: list[Act] = []
        return lambda: ends.append(self._begin(action)), lambda: ends.pop()()

    def _begin(self, action: FaultAction) -> Act:
        """Begin an action; return a function that ends it."""
        cluster, target = self._cluster, action.target
        if action.action in SIGNALS:
            cluster.stop_program(target, SIGNALS[action.action])
        elif action.action == PAUSE:
            return cluster.pause(target)
        elif action.action in (HOLD, LONG_HOLD):
            cluster.links[target].hold(True)
            return lambda: cluster.links[target].hold(False)
        elif action.action == REFUSE:
            cluster.links[target].refuse(True)
            cluster.links[target].cut()
            return lambda: cluster.links[target].refuse(False)
        elif action.action == BLOCK:
            return cluster.block_broker()
        elif action.action == CUT:
            cluster.links[target].cut()
        return lambda: None

    def _await_moves(self, since: float) -> None:
        """Return when every pair has moved since a moment, or is reported as stuck."""
        deadline = time.monotonic() + RECOVERY_TIMEOUT_SECONDS
        while stuck := set(self._load.stuck_pairs(since)) - self._given_up:
            if time.monotonic() > deadline:
                self._given_up |= stuck
                for pair in stuck:
                    finding = Finding(STUCK, f"pair {pair.number}", pair.activity(), since)
                    self.findings.append(finding)
                    self._say(str(finding))
                return
            time.sleep(0.1)

    def _await_cluster(self, fault: Fault) -> None:
        """Return when every process serves, or a finding says which does not."""
        deadline = time.monotonic() + RECOVERY_TIMEOUT_SECONDS
        while problem := self._cluster.problem():
            if time.monotonic() > deadline:
                self.findings.append(Finding(STUCK, str(fault), problem, time.time()))
                return
            time.sleep(0.3)
