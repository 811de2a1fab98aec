"""One run: games are played, faults made, and in the end it is looked whether all is well."""

import signal
import time
from collections.abc import Callable, Sequence

from arbiter_games.dobutsu import Dobutsu
from tools.chaos import oracle, recovery
from tools.chaos.crowd import Crowd
from tools.chaos.faults import CUT, HOLD, KILL, LONG_HOLD, PAUSE, REFUSE, TERM, Blow, Fault
from tools.chaos.observed import Game
from tools.chaos.oracle import Finding
from tools.chaos.report import LEAD, Strike
from tools.chaos.stage import Stage
from tools.chaos.table import Table

PATIENCE = 30.0  # seconds for every game to go on, and every process to serve again
SIGNALS = {KILL: signal.SIGKILL, TERM: signal.SIGTERM}
SETTLED = LEAD  # seconds that all goes well before the next fault
COUNTED_WITHIN = 30.0
STUCK, STRAY, ERROR = "stuck", "stray session", "error"


class Run:
    """What is done to a stage while a crowd plays on it."""

    def __init__(self, stage: Stage, crowd: Crowd, say: Callable[[str], None]) -> None:
        self._stage, self._crowd, self._say = stage, crowd, say
        self.strikes: list[Strike] = []
        self.left_out: Sequence[Fault] = ()  # for want of time
        self.findings: list[Finding] = []
        self.games: list[Game] = []
        self._given_up: set[Table] = set()  # none of these is waited for twice

    def begin(self) -> None:
        """Have everybody play; return when every game is under way."""
        began = time.time()
        self._crowd.start()
        self._await_moves(began)

    def break_things(self, faults: Sequence[Fault], minutes: float) -> None:
        """Make the faults, one when the last is over, for as many minutes at most.

        `left_out` are those for which there was no time.
        """
        deadline = time.monotonic() + 60 * minutes
        for number, fault in enumerate(faults, start=1):
            if time.monotonic() > deadline:
                self.left_out = faults[number - 1:]
                self._say(f"Time is up: {len(self.left_out)} faults are left out.")
                return
            self._say(f"[{number}/{len(faults)}] {self._strike(fault)}")

    def conclude(self) -> None:
        """Have everybody stop, and find out what is wrong."""
        self._await_moves(time.time())
        self._crowd.halt()
        self.games = self._crowd.games(f"ws://127.0.0.1:{self._stage.port}/ws")
        rules = Dobutsu()
        for game in self.games:
            self.findings += oracle.examine(game, rules)
            if not game.streams:
                text = f"nobody was told of it: {game.session['players']}"
                self.findings.append(Finding(STRAY, game.session_id, text))
        self.findings += self._miscounted()
        for player in self._crowd.players:
            self.findings += [Finding(ERROR, player.login, text) for text in player.errors]

    def _miscounted(self) -> list[Finding]:
        expected = oracle.rated(self.games)
        deadline = time.monotonic() + COUNTED_WITHIN
        while wrong := list(oracle.miscounted(expected, self._crowd.ratings())):
            if time.monotonic() > deadline:
                break
            time.sleep(1)
        return wrong

    def _strike(self, fault: Fault) -> Strike:
        strike = Strike(fault, time.time())
        self.strikes.append(strike)
        for at, act in sorted(self._acts(fault), key=lambda act: act[0]):
            time.sleep(max(0.0, strike.began + at - time.time()))
            act()
        self._await_moves(time.time())
        self._await_wholeness(fault)
        time.sleep(SETTLED)
        strike.until = time.time()
        for table in self._crowd.tables:
            sent = [each for player in table.players for each in list(player.sent)]
            waits = recovery.standstills(sent, strike.began, strike.until)
            strike.acknowledged += len(waits)
            strike.standstills.append(max(waits, default=strike.until - strike.began))
        return strike

    def _acts(self, fault: Fault) -> list[tuple[float, Callable[[], None]]]:
        acts: list[tuple[float, Callable[[], None]]] = []
        for blow in fault.blows:
            end: list[Callable[[], None]] = []
            acts.append((blow.after, lambda blow=blow, end=end: end.append(self._begin(blow))))
            acts.append((blow.after + blow.lasting, lambda end=end: end.pop()()))
        return acts

    def _begin(self, blow: Blow) -> Callable[[], None]:
        """Do it; return what ends it."""
        link = self._stage.links.get(blow.target)
        if blow.action in SIGNALS:
            self._stage.end(blow.target, SIGNALS[blow.action])
        elif blow.action == PAUSE:
            return self._stage.pause(blow.target)
        elif blow.action in (HOLD, LONG_HOLD):
            link.hold(True)
            return lambda: link.hold(False)
        elif blow.action == REFUSE:
            link.refuse(True)
            link.cut()
            return lambda: link.refuse(False)
        elif blow.action == CUT:
            link.cut()
        return lambda: None

    def _await_moves(self, since: float) -> None:
        deadline = time.monotonic() + PATIENCE
        while still := set(self._crowd.standing_still(since)) - self._given_up:
            if time.monotonic() > deadline:
                self._given_up |= still
                for table in still:
                    stuck = Finding(STUCK, f"table {table.number}", table.standing(), since)
                    self.findings.append(stuck)
                    self._say(str(stuck))
                return
            time.sleep(0.1)

    def _await_wholeness(self, fault: Fault) -> None:
        deadline = time.monotonic() + PATIENCE
        while reason := self._stage.amiss():
            if time.monotonic() > deadline:
                self.findings.append(Finding(STUCK, str(fault), reason, time.time()))
                return
            time.sleep(0.3)
