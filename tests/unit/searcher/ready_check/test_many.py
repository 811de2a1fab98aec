"""More than two have met: all are asked, and who does not answer keeps nobody from searching on."""

import pytest

from tests.unit.searcher.ready_check.conftest import IDLE, READY_CHECK


@pytest.fixture
def asked(publisher):
    """Who was asked, proposal by proposal."""

    def asked():
        by_id = {}
        for login, params in publisher.told("match_proposed"):
            by_id.setdefault(params["proposal_id"], set()).add(login)
        return list(by_id.values())

    return asked


def test_a_session_begins_once_all_have_accepted(service, proposed, sessions):
    proposal_id = proposed("alice", "bob", "carol")
    for login in ("alice", "bob"):
        service.accept(login, proposal_id)
    assert sessions.started == {}
    service.accept("carol", proposal_id)
    [started] = sessions.started.values()
    assert sorted(started["players"]) == ["alice", "bob", "carol"]


def test_all_of_a_proposal_count_as_searching(service, proposed):
    proposed("alice", "bob", "carol")
    status = service.status("bob")
    assert (status["searching"], status["seats"]) == (3, 3)


def test_a_player_who_misses_it_is_out_and_others_keep_places(
    service, start, proposed, lapsed, keep, asked
):
    proposal_id = proposed("alice", "bob", "carol")
    for login in ("alice", "bob"):
        service.accept(login, proposal_id)
    start("dave", seats=3)
    keep(READY_CHECK, "alice", "bob", "carol", "dave")
    assert lapsed(proposal_id) == {"alice": True, "bob": True, "carol": False}
    assert service.status("carol") == IDLE
    assert service.status("alice")["waited"] == READY_CHECK
    assert asked() == [{"alice", "bob", "carol"}, {"alice", "bob", "dave"}]


def test_a_player_who_declines_is_out_and_others_search_on(service, proposed, lapsed):
    proposal_id = proposed("alice", "bob", "carol")
    service.accept("alice", proposal_id)
    service.stop("bob")
    assert lapsed(proposal_id) == {"alice": True, "bob": False, "carol": True}
