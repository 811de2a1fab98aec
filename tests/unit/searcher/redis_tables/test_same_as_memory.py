"""Redis and memory answer the same, whatever is asked of them."""

import random
from operator import attrgetter

import pytest

from extensions.errors import ServiceError
from searcher.memory_tables import MemoryTables
from searcher.storage import SearchStore
from tests.unit.searcher.redis_tables.searches import NOW, WINDOWS, search

STEPS = 200
STEPS_BETWEEN_LOOKS_AT_ALL = 20  # a look at a player is two round trips


def state(store, logins, now):
    """Return what a store tells of these players and of all, without the ids."""
    pairings = [store.pairing_of(login) for login in logins]
    return (
        [store.search_of(login) for login in logins],
        [pairing and sorted(pairing.players) for pairing in pairings],
        store.count_searching(search(logins[0]), now),
        sorted(sorted(each.players) for each in store.unfinished(now)),
    )


class Twin:
    """Does the same on both stores, and compares what they answer."""

    def __init__(self, *stores):
        self.stores = stores
        self.proposals = {}

    def do(self, method, *arguments):
        answers = [self._answer(store, method, arguments) for store in self.stores]
        shown = [self._shown(answer) for answer in answers]
        assert shown[0] == shown[1], (method, arguments)
        return answers

    def note_announced(self, proposals):
        for store, proposal in zip(self.stores, proposals, strict=False):
            store.proposals.note_announced(proposal.proposal_id)

    def _answer(self, store, method, arguments):
        try:
            return attrgetter(method)(store)(*arguments)
        except ServiceError as refusal:
            return refusal

    def _shown(self, answer):
        if isinstance(answer, list):
            return sorted(map(str, map(self._shown, answer)))
        if isinstance(answer, ServiceError):
            return type(answer).__name__, answer.details.get("retry_after")
        if hasattr(answer, "out"):
            back = sorted(map(str, answer.back))
            return sorted(answer.proposal.players), sorted(answer.out), back
        return sorted(answer.players) if hasattr(answer, "players") else answer


@pytest.mark.parametrize("ready_check", [0.0, 8.0])
@pytest.mark.parametrize("seed", range(4))
def test_redis_and_memory_agree(instance, ready_check, seed):
    rng = random.Random(seed)
    twin = Twin(
        SearchStore(MemoryTables(), WINDOWS, random.Random(1), ready_check), instance(ready_check)
    )
    logins = [f"player{number}" for number in range(8)]
    pool, now, standing = search("").pool, NOW, {}
    for number in range(1, STEPS + 1):
        now += rng.choice([0, 0.5, 3])
        login = rng.choice(logins)
        step = rng.randrange(10)
        if step < 4:
            met = twin.do("add", search(login, rng.choice([1400.0, 1520.0, 1700.0]), now), now)
            if hasattr(met[0], "deadline"):
                standing.update(dict.fromkeys(met[0].players, met))
                twin.note_announced(met[: rng.choice([0, 2])])
        elif step == 4:
            twin.do("remove", login, rng.choice([None, f"of {login}", "another"]))
        elif step == 5:
            connected = {each: f"of {each}" for each in logins if rng.random() < 0.9}
            twin.do("renew", connected, now + 15)
        elif step == 6 and login in standing:
            answers = [
                twin._answer(store, "proposals.accept", (login, each.proposal_id, now))
                for store, each in zip(twin.stores, standing[login], strict=True)
            ]
            assert twin._shown(answers[0]) == twin._shown(answers[1])
        elif step == 7:
            twin.do("proposals.decline", login, None, now)
        elif step == 8:
            twin.do("proposals.unannounced", rng.choice([now - 3, 0]), now)
            for method in ("proposals.expire", "drop_abandoned"):
                twin.do(method, now)
            twin.do("expire_searches", now - 40)
        else:
            halves = [store.unfinished(now) for store in twin.stores]
            done = sorted(halves[0], key=lambda each: sorted(each.players))[:1]
            for pairing in done:
                [same] = [each for each in halves[1] if set(each.players) == set(pairing.players)]
                assert twin.stores[0].complete(pairing.pairing_id)
                assert twin.stores[1].complete(same.pairing_id)
        looked_at = [login] if number % STEPS_BETWEEN_LOOKS_AT_ALL else logins
        assert state(twin.stores[0], looked_at, now) == state(
            twin.stores[1], looked_at, now
        )
        assert twin.stores[0].estimate(pool) == pytest.approx(twin.stores[1].estimate(pool))
