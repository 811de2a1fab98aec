"""Many instances on one Redis: nobody is met, removed or told twice."""

import random
from collections import Counter

import eventlet

from extensions.errors import ServiceError
from searcher import queue
from tests.unit.searcher.redis_tables.searches import NOW, search


class TestManyInstances:
    def test_a_player_never_meets_two_others(self, instance):
        stores = [instance() for _ in range(4)]
        logins = [f"player{number}" for number in range(60)]
        met = []

        def begin(store, login):
            met.append(store.add(search(login, rating=random.Random(login).gauss(1500, 150)), NOW))

        def sweep(store):
            for second in range(0, 70, 5):
                met.extend(store.match_all(NOW + second))
                eventlet.sleep(0)

        pool = eventlet.GreenPool()
        for number, login in enumerate(logins):
            pool.spawn_n(begin, stores[number % 4], login)
        for store in stores:
            pool.spawn_n(sweep, store)
        pool.waitall()
        met += stores[0].match_all(NOW + 100)
        players = Counter(login for pairing in met if pairing for login in pairing.players)
        assert players == dict.fromkeys(logins, 1)

    def test_a_player_met_meanwhile_is_not_met_again(self, instance, monkeypatch):
        one, other = instance(), instance()
        version, commit = one._tables.version, one._tables.commit

        def let_somebody_come(table):
            read = version(table)
            other.add(search("alice"), NOW)
            return read

        def let_somebody_else_meet(step):
            monkeypatch.undo()
            other.add(search("bob"), NOW)
            return commit(step)

        monkeypatch.setattr(one._tables, "version", let_somebody_come)
        monkeypatch.setattr(one._tables, "commit", let_somebody_else_meet)
        assert one.add(search("carol"), NOW) is None
        assert sorted(one.pairing_of("alice").players) == ["alice", "bob"]

    def test_a_player_who_searches_everywhere_at_once_searches_once(self, instance):
        stores = [instance() for _ in range(4)]
        outcomes = Counter()

        def begin(store):
            try:
                store.add(search("alice"), NOW)
            except ServiceError as refusal:
                outcomes[type(refusal).__name__] += 1
            else:
                outcomes["started"] += 1

        for each in [eventlet.spawn(begin, store) for store in stores * 3]:
            each.wait()
        assert outcomes == {"started": 1, "SearchAlreadyStarted": 11}

    def test_a_player_who_stops_while_others_pair_plays_or_not(self, instance):
        for number in range(20):
            one, other = instance(), instance()
            login = f"alice{number}"
            one.add(search(login), NOW)
            stopping = eventlet.spawn(one.remove, login)
            pairing = eventlet.spawn(other.add, search(f"bob{number}"), NOW).wait()
            assert (stopping.wait() is None) == (pairing is not None)
            other.remove(f"bob{number}")

    def test_one_of_two_concurrent_acceptances_begins_the_session(self, instance):
        stores = [instance(ready_check=10) for _ in range(2)]
        for number in range(10):
            stores[0].add(search(f"alice{number}"), NOW)
            proposal = stores[1].add(search(f"bob{number}"), NOW)
            accepting = [
                eventlet.spawn(store.proposals.accept, login, proposal.proposal_id, NOW)
                for store, login in zip(stores, proposal.players, strict=True)
            ]
            started = [each.wait() for each in accepting]
            assert sum(each is not None for each in started) == 1

    def test_a_lapse_is_told_by_one(self, instance):
        stores = [instance(ready_check=10) for _ in range(3)]
        stores[0].add(search("alice"), NOW)
        stores[0].add(search("bob"), NOW)
        lapses = [eventlet.spawn(store.proposals.expire, NOW + 10) for store in stores]
        assert sum(len(each.wait()) for each in lapses) == 1

    def test_a_player_removed_by_two_at_once_is_removed_once(self, instance, monkeypatch):
        one, other = instance(), instance()
        one.add(search("alice"), NOW)
        look = queue.find_at

        def look_too_late(step, login, place):
            monkeypatch.setattr(queue, "find_at", look)
            assert other.remove(login)
            return look(step, login, place)

        monkeypatch.setattr(queue, "find_at", look_too_late)
        assert one.expire_searches(NOW) == []
