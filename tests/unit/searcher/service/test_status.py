"""The status of a search, its window and its estimate."""

from tests.unit.searcher.service.conftest import OPTIONS


class TestStatus:
    def test_a_player_who_does_not_search_is_idle(self, service):
        assert service.status("alice") == {"status": "idle"}

    def test_tells_what_is_searched_for_how_long_and_by_how_many(self, service, start, clock):
        start("alice")
        start("bob", 3000)
        start("carol", rated=False)
        clock.advance(7)
        assert service.status("alice") == {
            "status": "searching", "game": "dobutsu", "options": OPTIONS, "seats": 2,
            "waited": 7, "searching": 2, "estimate": None,
        }

    def test_the_window_widens_until_anybody_will_do(self, service, start, clock):
        start("alice")
        assert service.window("alice") == {"window": 100}
        clock.advance(30)
        assert service.window("alice") == {"window": 200}
        clock.advance(30)
        assert service.window("alice") == {"window": None}

    def test_the_window_never_goes_beyond_ones_own_limit(self, service, start, clock):
        start("alice", rating_range=150)
        assert service.window("alice") == {"window": 100}
        clock.advance(60)
        assert service.window("alice") == {"window": 150}

    def test_a_player_who_does_not_search_has_no_window(self, service):
        assert service.window("alice") == {"window": None}

    def test_estimates_by_what_the_last_searches_took(self, service, start, clock):
        start("alice")
        clock.advance(10)
        start("bob")
        start("carol")
        assert service.status("carol")["estimate"] == 5


def test_a_ping_is_answered_with_the_problems(service):
    assert service.ping()["problems"] is service.problems.return_value
