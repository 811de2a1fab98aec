"""The ready check in memory: proposals that stand, those accepted lately, and who has missed any.
"""

import math
from collections import OrderedDict
from collections.abc import Iterable

from searcher.ready_check import Misses, Proposal, miss

ACCEPTED_REMEMBERED = 60.0  # seconds; who has lost the answer accepts again
MOST_PLAYERS = 10_000


class Proposals:
    """Proposals by id and by player."""

    def __init__(self) -> None:
        self._standing: dict[str, Proposal] = {}
        self._by_login: dict[str, str] = {}
        self._accepted: OrderedDict[str, tuple[tuple[str, ...], float]] = OrderedDict()

    def __iter__(self) -> Iterable[Proposal]:
        return iter(list(self._standing.values()))

    def get(self, proposal_id: str) -> Proposal | None:
        return self._standing.get(proposal_id)

    def of(self, login: str) -> Proposal | None:
        return self._standing.get(self._by_login.get(login, ""))

    def put(self, proposal: Proposal) -> None:
        self._standing[proposal.proposal_id] = proposal
        self._by_login.update(dict.fromkeys(proposal.players, proposal.proposal_id))

    def take(self, proposal: Proposal) -> None:
        del self._standing[proposal.proposal_id]
        for login in proposal.players:
            del self._by_login[login]

    def take_accepted(self, proposal: Proposal, now: float) -> None:
        """Take out one that both have accepted, and remember that they have."""
        self.take(proposal)
        self._accepted[proposal.proposal_id] = (proposal.players, now + ACCEPTED_REMEMBERED)
        while next(iter(self._accepted.values()))[1] <= now:
            self._accepted.popitem(last=False)

    def was_accepted(self, login: str, proposal_id: str, now: float) -> bool:
        """Whether a player was one of those who have accepted this one lately."""
        players, until = self._accepted.get(proposal_id, ((), now))
        return login in players and now < until


def pause_of(misses: Misses | None, now: float) -> float:
    """How long a pause lasts yet: seconds, rounded up to thousandths."""
    return 0.0 if misses is None else max(math.ceil((misses.until - now) * 1000) / 1000, 0.0)


class Missed:
    """Who has missed proposals, and has a pause for it."""

    def __init__(self) -> None:
        self._misses: OrderedDict[str, Misses] = OrderedDict()

    def note(self, login: str, now: float) -> None:
        """A player has missed a proposal."""
        self._misses[login] = miss(self._misses.get(login), now)
        self._misses.move_to_end(login)
        if len(self._misses) > MOST_PLAYERS:
            self._misses.popitem(last=False)

    def pause(self, login: str, now: float) -> float:
        """For how long a player may not search yet: seconds, rounded up to thousandths."""
        return pause_of(self._misses.get(login), now)

    def forgive(self, now: float) -> None:
        """Forget what was long ago."""
        for login in [each for each in self._misses if self._misses[each].forgiven_at <= now]:
            del self._misses[login]
