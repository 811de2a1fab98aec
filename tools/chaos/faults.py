"""The scenario: which faults are made in which order, as a pure function of a seed."""

import random
from dataclasses import dataclass

SERVICES = ("sessions", "rooms", "private_rooms", "searcher", "accounts", "auth")
ENGINES = ("broker", "postgres", "redis")
KILL, TERM, PAUSE = "kill", "term", "pause"
CUT, REFUSE, HOLD, LONG_HOLD, BLOCK = "cut", "refuse", "hold", "long hold", "block"
DURATIONS_SECONDS = (2.0, 4.0, 7.0)  # of a fault that is not over at once
LONG_SECONDS = 25.0  # more than a heartbeat, a lease, or the timeout of a ping
PAIR_DELAYS_SECONDS = (0.0, 0.1, 0.5, 1.0)


@dataclass(frozen=True)
class FaultAction:
    """One action on a program (kill, term, pause), the broker (block) or a link (the others).

    It begins `delay` seconds after the fault, and one that is not over at once ends `duration`
    seconds later.
    """

    action: str
    target: str
    duration: float = 0.0
    delay: float = 0.0

    def __str__(self) -> str:
        duration = f" for {self.duration:g} s" if self.duration else ""
        delay = f" after {self.delay:g} s" if self.delay else ""
        return f"{self.action} {self.target}{duration}{delay}"


@dataclass(frozen=True)
class Fault:
    """One action, or two at about the same time. `kind` is its row in the table."""

    kind: str
    actions: tuple[FaultAction, ...]

    @property
    def duration(self) -> float:
        """The seconds from its beginning until all actions have ended."""
        return max(action.delay + action.duration for action in self.actions)

    def __str__(self) -> str:
        return " and ".join(map(str, self.actions))


def scenario(seed: int) -> list[Fault]:
    """Return every kind of fault on every kind of process, first alone and then in pairs."""
    rng = random.Random(seed)
    singles = [single(rng, action, target) for action, target in all_singles()]
    rng.shuffle(singles)
    pairs = [pair(rng, one, other) for one, other in PAIRS]
    rng.shuffle(pairs)
    return [Fault("nothing", (FaultAction("nothing", "at all", 3.0),)), *singles, *pairs]


def all_singles() -> list[tuple[str, str]]:
    """Return each action with each kind of target that it applies to."""
    return [
        *((KILL, target) for target in (*SERVICES, "gateway", *ENGINES)),
        *((TERM, target) for target in (*SERVICES, "gateway")),
        *((PAUSE, target) for target in (*SERVICES, "gateway", *ENGINES)),
        *((CUT, target) for target in ("players", *ENGINES)),
        *((REFUSE, target) for target in ("players", *ENGINES)),
        *((HOLD, target) for target in ("players", *ENGINES)),
        *((LONG_HOLD, target) for target in ("players", *ENGINES)),
        (BLOCK, "broker"),
    ]


PAIRS = (
    ((KILL, "sessions"), (KILL, "broker")),
    ((KILL, "sessions"), (KILL, "postgres")),
    ((KILL, "sessions"), (KILL, "gateway")),
    ((KILL, "broker"), (KILL, "postgres")),
    ((KILL, "gateway"), (PAUSE, "postgres")),
    ((KILL, "sessions"), (HOLD, "broker")),
    ((KILL, "searcher"), (KILL, "redis")),
    ((KILL, "sessions-1"), (KILL, "sessions-2")),
    ((KILL, "gateway-1"), (KILL, "gateway-2")),
    ((CUT, "broker"), (PAUSE, "sessions")),
)


def single(rng: random.Random, action: str, target: str) -> Fault:
    """Return a fault of one action."""
    kind = "a service" if target in SERVICES else target
    return Fault(f"{action} {kind}", (new_action(rng, action, target),))


def pair(rng: random.Random, one: tuple[str, str], other: tuple[str, str]) -> Fault:
    """Return a fault of two actions, the second a moment after the first."""
    actions = new_action(rng, *one), new_action(rng, *other, rng.choice(PAIR_DELAYS_SECONDS))
    return Fault("two at once", actions)


def new_action(rng: random.Random, action: str, target: str, delay: float = 0.0) -> FaultAction:
    """Return an action on one of the instances of its target."""
    if target in (*SERVICES, "gateway"):
        target = f"{target}-{rng.choice((1, 2))}"
    return FaultAction(action, target, random_duration(rng, action), delay)


def random_duration(rng: random.Random, action: str) -> float:
    """Return the duration of an action in seconds; 0 for one that is over at once."""
    if action in (LONG_HOLD, BLOCK):
        return LONG_SECONDS
    return rng.choice(DURATIONS_SECONDS) if action in (PAUSE, REFUSE, HOLD) else 0.0
