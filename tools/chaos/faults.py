"""The scenario: which faults come in which order, as a pure function of a seed."""

import random
from dataclasses import dataclass

SERVICES = ("sessions", "rooms", "private_rooms", "searcher", "accounts", "auth")
ENGINES = ("broker", "postgres", "redis")
KILL, TERM, PAUSE = "kill", "term", "pause"
CUT, REFUSE, HOLD, LONG_HOLD = "cut", "refuse", "hold", "long hold"
LASTING = (2.0, 4.0, 7.0)  # seconds that what is not over at once lasts
LONG = 25.0  # seconds: more than a heartbeat, a lease or a client's patience for a ping


@dataclass(frozen=True)
class Blow:
    """One thing that is done: to a program (kill, term, pause) or to a link (the others).

    It begins `after` seconds, and what ends by itself ends `lasting` seconds later.
    """

    action: str
    target: str
    lasting: float = 0.0
    after: float = 0.0

    def __str__(self) -> str:
        length = f" for {self.lasting:g} s" if self.lasting else ""
        start = f" after {self.after:g} s" if self.after else ""
        return f"{self.action} {self.target}{length}{start}"


@dataclass(frozen=True)
class Fault:
    """What goes wrong at once: one blow, or two. `kind` is its row in the table."""

    kind: str
    blows: tuple[Blow, ...]

    @property
    def lasting(self) -> float:
        """Seconds from its beginning until everything could be well again."""
        return max(blow.after + blow.lasting for blow in self.blows)

    def __str__(self) -> str:
        return " and ".join(map(str, self.blows))


def scenario(seed: int) -> list[Fault]:
    """Return every kind of fault on every kind of process, in turn and then in pairs."""
    rng = random.Random(seed)
    singles = [single(rng, action, target) for action, target in every_single()]
    rng.shuffle(singles)
    pairs = [pair(rng, one, other) for one, other in PAIRS]
    rng.shuffle(pairs)
    return [Fault("nothing", (Blow("nothing", "at all", 3.0),)), *singles, *pairs]


def every_single() -> list[tuple[str, str]]:
    """Return each action with each kind of target that it is for."""
    return [
        *((KILL, target) for target in (*SERVICES, "gateway", *ENGINES)),
        *((TERM, target) for target in (*SERVICES, "gateway")),
        *((PAUSE, target) for target in (*SERVICES, "gateway", *ENGINES)),
        *((CUT, target) for target in ("players", *ENGINES)),
        *((REFUSE, target) for target in ("players", *ENGINES)),
        *((HOLD, target) for target in ("players", *ENGINES)),
        *((LONG_HOLD, target) for target in ("players", *ENGINES)),
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
    """Return a fault of one blow."""
    return Fault(f"{action} {named(target)}", (blow(rng, action, target),))


def pair(rng: random.Random, one: tuple[str, str], other: tuple[str, str]) -> Fault:
    """Return a fault of two blows, the second a moment after the first."""
    blows = (blow(rng, *one), blow(rng, *other, after=rng.choice((0.0, 0.1, 0.5, 1.0))))
    return Fault("two at once", blows)


def blow(rng: random.Random, action: str, target: str, after: float = 0.0) -> Blow:
    """Return what is done, to one of the instances of its target."""
    if target in (*SERVICES, "gateway"):
        target = f"{target}-{rng.choice((1, 2))}"
    return Blow(action, target, lasting(rng, action), after)


def lasting(rng: random.Random, action: str) -> float:
    """Return for how many seconds something is done; 0 for what is over at once."""
    if action == LONG_HOLD:
        return LONG
    return rng.choice(LASTING) if action in (PAUSE, REFUSE, HOLD) else 0.0


def named(target: str) -> str:
    """Return what a kind of target is called in the table."""
    return "a service" if target in SERVICES else target
