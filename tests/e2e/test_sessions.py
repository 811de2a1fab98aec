"""Sessions as players see them: clocks, draws, aborts, rematches, spectators, reconnecting."""

from datetime import datetime

import pytest

from tests.client import CheckedClient
from tests.e2e.playing import RESIGN, begin, both_move, by_key, by_room, wait_for_version
from tests.stack import eventually

INITIAL = 2  # seconds on a clock
OFFER, ACCEPT, DECLINE = ({"type": f"{kind}_draw"} for kind in ("offer", "accept", "decline"))


@pytest.fixture
def game(two_players):
    """Two players and their session, the first of them to move."""
    return *two_players, begin(*two_players)


@pytest.fixture
def blitz(two_players):
    """Begins a session of two players with a few seconds on their clocks."""

    def blitz():
        clock = {"initial": INITIAL, "increment": 0}
        session_id = by_room(*two_players, clock=clock, rated=False)
        for player in two_players:
            assert player.connect(session_id)["options"]["clock"] == clock
        return *two_players, session_id

    return blitz


class TestClocks:
    def test_clocks_are_full_until_both_have_moved_and_then_run(self, blitz):
        one, other, session_id = blitz()
        full = {one.login: INITIAL, other.login: INITIAL}
        assert one.call("sessions.get", session_id=session_id)["clocks"] == full
        one.move(session_id, "b2b3")
        version = other.move(session_id, "b4b3")
        assert wait_for_version(one, session_id, version)["clocks"] == full
        later = one.call("sessions.get", session_id=session_id)["clocks"]
        assert later[one.login] < INITIAL and later[other.login] == INITIAL

    def test_a_flag_falls_also_when_nobody_is_connected(self, blitz):
        one, other, session_id = blitz()
        both_move(one, other, session_id)

        def now():
            return one.call("sessions.get", session_id=session_id)

        for player in (one, other):
            player.call("sessions.disconnect", session_id=session_id)
        ended = eventually(lambda: now()["status"] == "ended" and now())
        assert ended["result"] == {
            "winner": other.login, "reason": "timeout",
            "by_player": {one.login: 0, other.login: 1},
        }
        assert ended["clocks"][one.login] == 0
        assert ended["to_move"] == ended["legal"] == ended["connected"] == []
        past = one.call("sessions.history", session_id=session_id)["events"]
        at = {each["type"]: datetime.fromisoformat(each["at"]) for each in past}  # of the last ones
        assert (at["session.ended"] - at["session.state_changed"]).total_seconds() >= INITIAL


def test_a_move_is_taken_back_once_the_opponent_agrees(two_players):
    one, other = two_players
    session_id = by_room(one, other, rated=False)
    for player in two_players:
        assert player.connect(session_id)["takebacks"]
    one.move(session_id, "b2b3")
    one.command(session_id, {"type": "offer_takeback"})
    version = other.command(session_id, {"type": "accept_takeback"})["version"]
    seen = {player: player.wait_for("session.takeback_accepted") for player in two_players}
    assert {each["version"] for each in seen.values()} == {version}
    assert seen[one]["state"]["ply"] == 0 and seen[one]["taken_back"] == [version - 2]
    assert "b2b3" in seen[one]["legal"] and seen[other]["legal"] == []
    one.refused_command(
        "StaleVersion", session_id, {"type": "move", "move": "b2b3"}, version=version - 2
    )
    one.move(session_id, "c1c2", version=version)


class TestDraws:
    def test_an_accepted_offer_is_a_draw(self, game):
        one, other, session_id = game
        version = one.command(session_id, OFFER)["version"]
        offered = other.wait_for("session.draw_offered")
        assert (offered["login"], offered["version"]) == (one.login, version)
        assert one.command(session_id, OFFER)["version"] == version
        one.refused_command("NoDrawOffered", session_id, ACCEPT)
        assert other.command(session_id, ACCEPT)["version"] == version + 1
        for player in (one, other):
            result = player.wait_for("session.ended")["result"]
            assert (result["winner"], result["reason"]) == (None, "agreement")

    def test_a_declined_or_ignored_draw_offer_is_gone(self, game):
        one, other, session_id = game
        one.command(session_id, OFFER)
        other.command(session_id, DECLINE)
        assert one.wait_for("session.draw_declined")["login"] == other.login
        other.refused_command("NoDrawOffered", session_id, ACCEPT)
        other.command(session_id, OFFER)
        version = one.move(session_id, "b2b3")
        assert wait_for_version(other, session_id, version)["draw_offered_by"] is None
        one.refused_command("NoDrawOffered", session_id, ACCEPT)


class TestAbort:
    def test_a_game_is_aborted_before_both_have_moved(self, game):
        one, other, session_id = game
        one.move(session_id, "b2b3")
        one.command(session_id, {"type": "abort"})
        assert other.wait_for("session.ended")["result"] == {
            "winner": None, "reason": "aborted", "by_player": {}
        }

    def test_abort_and_claims_are_refused_after_both_moved(self, game):
        one, other, session_id = game
        both_move(one, other, session_id)
        one.refused_command("CannotAbort", session_id, {"type": "abort"})
        one.refused_command("CannotClaim", session_id, {"type": "claim_victory"})
        one.refused_command("CannotClaim", session_id, {"type": "claim_draw"})


class TestRematch:
    def test_a_rematch_begins_when_both_ask_and_swaps_seats(self, game, rpc):
        one, other, session_id = game
        one.refused("SessionActive", "sessions.rematch", session_id=session_id)
        other.command(session_id, RESIGN)
        one.wait_for("session.ended")
        assert one.call("sessions.rematch", session_id=session_id) == {"status": "asked"}
        assert one.call("sessions.rematch", session_id=session_id) == {"status": "asked"}
        assert other.wait_for("session.rematch_asked")["login"] == one.login
        assert other.connect(session_id)["rematch_asked_by"] == [one.login]
        assert rpc("sessions.get", session_id=session_id)["rematch_asked_by"] == []
        created = other.call("sessions.rematch", session_id=session_id)
        assert created["status"] == "created"
        for player in (one, other):
            started = player.wait_for("session.created")["session"]
            assert started["session_id"] == created["session_id"]
            assert started["players"] == [other.login, one.login]
            assert player.call("sessions.rematch", session_id=session_id) == created
            assert player.connect(session_id)["rematch_asked_by"] == []

    def test_a_request_lapses_when_the_other_leaves(self, game):
        one, other, session_id = game
        one.command(session_id, RESIGN)
        one.call("sessions.rematch", session_id=session_id)
        other.wait_for("session.rematch_asked")
        other.call("sessions.disconnect", session_id=session_id)
        asked = one.wait_for("session.rematch_asked", lambda params: params["login"] is None)
        assert asked["session_id"] == session_id
        one.refused("CannotRematch", "sessions.rematch", session_id=session_id)

    def test_a_rematch_of_a_private_session_is_private(self, two_players, rpc):
        one, other = two_players
        session_id = by_key(one, other)
        for player in two_players:
            player.connect(session_id)
        one.command(session_id, RESIGN)
        one.call("sessions.rematch", session_id=session_id)
        again = other.call("sessions.rematch", session_id=session_id)["session_id"]

        def listed(**token):
            found = rpc("sessions.list", **token, login=one.login)["items"]
            return [each["session_id"] for each in found]

        assert listed() == []
        assert listed(token=one.token) == [again, session_id]


class TestWatching:
    def test_players_are_told_how_many_watch(self, game, connect):
        one, other, session_id = game
        watchers = [connect(CheckedClient) for _ in range(3)]
        for watcher in watchers:
            watcher.call("sessions.connect", session_id=session_id)
        one.wait_for("session.spectators_changed", lambda params: params["spectators"] == 3)
        assert other.call("sessions.get", session_id=session_id)["spectators"] == 3
        watchers[0].close()
        watchers[1].call("sessions.disconnect", session_id=session_id)
        one.wait_for("session.spectators_changed", lambda params: params["spectators"] == 1)

    def test_anybody_may_read_the_initial_position(self, game, rpc):
        one, other, session_id = game
        before = one.call("sessions.get", session_id=session_id)["state"]
        both_move(one, other, session_id)
        assert rpc("sessions.initial_state", session_id=session_id) == {"state": before}

    def test_a_finished_game_is_exported(self, game, rpc):
        one, other, session_id = game
        one.refused("SessionActive", "sessions.export", session_id=session_id)
        both_move(one, other, session_id)
        one.command(session_id, RESIGN)
        exported = rpc("sessions.export", session_id=session_id)
        assert exported["format"] == "text"
        for words in (one.login, other.login, "b2b3", "b4b3", "resignation"):
            assert words in exported["text"]


class TestComingBack:
    def test_since_gives_exactly_the_missed_events_however_many(self, two_players, connect):
        one, other = two_players
        session_id = by_room(one, other)
        for player in two_players:
            player.connect(session_id)
        version = both_move(one, other, session_id)
        beside = connect(CheckedClient)  # keeps the player in the game meanwhile
        beside.call("auth.authenticate", access_token=one.token)
        beside.call("sessions.connect", session_id=session_id)
        one.drop()
        for _ in range(15):
            other.command(session_id, OFFER)
            beside.execute(session_id, DECLINE)
        back = connect(CheckedClient)
        back.call("auth.authenticate", access_token=one.token)
        answer = back.call("sessions.connect", session_id=session_id, since=version)
        versions = [event["version"] for event in answer["events"]]
        assert len(versions) == 30
        assert versions == list(range(version + 1, answer["session"]["version"] + 1))
        known = back.call("sessions.history", session_id=session_id)["events"]
        assert known[version:] == answer["events"]
        beyond = back.call("sessions.connect", session_id=session_id, since=10**12)
        assert beyond["events"] == []


class TestSecrets:
    FLEET = ("carrier@a1h", "battleship@a2h", "cruiser@a3h", "submarine@a4h", "destroyer@a5h")

    @pytest.fixture
    def battle(self, two_players, connect):
        """Two players who place their ships, and a spectator who watches from the beginning."""
        owner, joiner = two_players
        room = owner.call("rooms.create", game="battleship", options={"rated": False})
        session_id = joiner.call("rooms.join", room_id=room["room_id"])["session_id"]
        watcher = connect(CheckedClient)
        watcher.call("sessions.connect", session_id=session_id)
        for player in two_players:
            player.connect(session_id)
        return owner, joiner, watcher, session_id

    def test_a_ship_is_hidden_from_others_until_the_end(self, battle):
        owner, joiner, watcher, session_id = battle
        for ship in self.FLEET:
            version = owner.move(session_id, ship)
            assert wait_for_version(owner, session_id, version)["command"]["move"] == ship
            for other in (joiner, watcher):
                seen = wait_for_version(other, session_id, version)
                assert seen["command"] == {"login": owner.login, "type": "move", "move": None}
                self.assert_hidden(other, session_id, seen)
        owner.command(session_id, RESIGN)
        shown = watcher.call("sessions.history", session_id=session_id)["events"]
        moves = [each["command"]["move"] for each in shown if "command" in each]
        assert moves == list(self.FLEET)
        state = watcher.call("sessions.get", session_id=session_id)["state"]
        assert set(state["fleets"][0]) == {ship.split("@")[0] for ship in self.FLEET}

    def assert_hidden(self, client, session_id, seen):
        """Nothing that the client can get tells where a ship of the owner's is."""
        got = client.call("sessions.get", session_id=session_id)
        past = client.call("sessions.history", session_id=session_id)["events"]
        back = client.call("sessions.connect", session_id=session_id, since=0)
        told = [seen, got, *past, *back["events"], back["session"]]
        for state in [each["state"] for each in told if "state" in each]:
            assert state["fleets"][0] == {} and state["last_move"] is None
        assert {each["command"]["move"] for each in told if "command" in each} == {None}


def test_chess_lets_the_mover_claim_a_draw_by_repetition(two_players):
    owner, joiner = two_players
    room = owner.call("rooms.create", game="chess", options={"rated": False})
    session_id = joiner.call("rooms.join", room_id=room["room_id"])["session_id"]
    for player in two_players:
        player.connect(session_id)
    there_and_back = ["g1f3", "g8f6", "f3g1", "f6g8"] * 2
    for number, move in enumerate(there_and_back):
        (owner, joiner)[number % 2].move(session_id, move)
    assert owner.call("sessions.get", session_id=session_id)["claims"] == ["claim_draw"]
    joiner.refused_command("CannotClaim", session_id, {"type": "claim_draw"})
    owner.command(session_id, {"type": "claim_draw"})
    result = joiner.wait_for("session.ended")["result"]
    assert (result["winner"], result["reason"]) == (None, "threefold_repetition")
    exported = joiner.call("sessions.export", session_id=session_id)
    assert exported["format"] == "pgn" and "1/2-1/2" in exported["text"]
