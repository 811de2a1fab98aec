"""The ready check: two who have met say that they are there, before a session is begun for them.

Pure decisions: no I/O, no clock.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from searcher.matching import Request

# Who misses a proposal has a pause before the next search, and twice as long a one each time.
FIRST_PAUSE, MOST_DOUBLINGS = 15.0, 6  # 16 minutes in the end
FORGIVEN_AFTER = 3600.0  # seconds after the last pause, in which none was missed


@dataclass(frozen=True)
class Proposal:
    """Two requests that have met, and which of the players have accepted so far.

    At the deadline it has come to nothing, unless both have. Until it is noted that they have been
    `told` of it, nobody can have missed it.
    """

    proposal_id: str
    requests: tuple[Request, Request]
    proposed_at: float
    deadline: float
    accepted: frozenset[str] = frozenset()
    told: bool = False

    @property
    def players(self) -> tuple[str, ...]:
        return tuple(request.login for request in self.requests)

    @property
    def pool(self) -> str:
        return self.requests[0].pool

    @property
    def is_accepted(self) -> bool:
        """Whether both have accepted."""
        return self.accepted.issuperset(self.players)

    def of(self, login: str) -> Request:
        """A player's request."""
        return next(request for request in self.requests if request.login == login)

    def accept(self, login: str) -> "Proposal":
        """The proposal with a player's consent, who must have been told of it."""
        return replace(self, accepted=self.accepted | {login}, told=True)

    def renew(self, login: str, until: float) -> "Proposal":
        """The proposal with a player's request prolonged."""
        one, other = (
            replace(each, alive_until=until) if each.login == login else each
            for each in self.requests
        )
        return replace(self, requests=(one, other))

    def begin_anew(self, now: float) -> "Proposal":
        """The proposal with all of its time before it, as if it had been made now."""
        deadline = self.deadline + now - self.proposed_at
        return replace(self, requests=self._held(now), proposed_at=now, deadline=deadline)

    def missed_by(self, now: float) -> list[str]:
        """Who was told of it and has not accepted in time."""
        if not self.told or now < self.deadline:
            return []
        return [login for login in self.players if login not in self.accepted]

    def unready(self, now: float) -> "Lapse | None":
        """What follows where the deadline has passed or somebody has gone; None where neither."""
        gone = [each.login for each in self.requests if each.is_dead(now)]
        if now < self.deadline and not gone:
            return None
        return self.lapse([*self.missed_by(now), *gone], now)

    def lapse(self, out: Collection[str], now: float) -> "Lapse":
        """What follows where some of the players are out: the others search as they did before."""
        back = tuple(each for each in self._held(now) if each.login not in out)
        return Lapse(self, back, tuple(login for login in self.players if login in out))

    def _held(self, now: float) -> tuple[Request, Request]:
        held = now - self.proposed_at
        one, other = (replace(each, held=each.held + held) for each in self.requests)
        return one, other


@dataclass(frozen=True)
class Lapse:
    """A proposal that has come to nothing: the requests that go on, and the logins of who is out.
    """

    proposal: Proposal
    back: tuple[Request, ...]
    out: tuple[str, ...]


@dataclass(frozen=True)
class Misses:
    """How often in a row a player has missed a proposal, and until when no search is begun."""

    count: int
    until: float

    @property
    def forgiven_at(self) -> float:
        return self.until + FORGIVEN_AFTER


def miss(before: Misses | None, now: float) -> Misses:
    """What is held against a player who has missed a proposal now."""
    count = 1 if before is None or before.forgiven_at <= now else before.count + 1
    return Misses(count, now + FIRST_PAUSE * 2 ** min(count - 1, MOST_DOUBLINGS))
