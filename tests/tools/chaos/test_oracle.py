"""The oracle finds nothing wrong with a game that went well, and something with any other."""

import pytest

from tests.tools.chaos import games
from tools.chaos import oracle

FIRST_MOVE, LAST_MOVE, END = 2, 4, 5  # in the history


@pytest.fixture
def game():
    return games.played()


def kinds(game) -> set[str]:
    return {finding.kind for finding in oracle.examine(game, games.RULES)}


def test_nothing_is_wrong_with_a_finished_game(game):
    assert oracle.examine(game, games.RULES) == []


def test_nothing_is_wrong_with_a_game_under_way(game):
    del game.history[-2:]
    game.session.update(
        version=4, status="active", result=None, state=game.history[-1]["state"]
    )
    for stream in game.streams:
        del stream.events[-2:]
    game.sent.pop()
    assert oracle.examine(game, games.RULES) == []


def test_an_acknowledged_command_without_its_event_is_lost(game):
    game.sent.append(games.command("resign", "ben", [7]))
    [finding] = oracle.examine(game, games.RULES)
    assert finding.kind == oracle.LOST and finding.at == 9.5


def test_a_move_replaced_by_another_one_is_lost(game):
    game.sent[1].command = {"type": "move", "move": "c4c3"}
    assert oracle.LOST in kinds(game)


def test_a_move_of_the_other_player_is_lost(game):
    game.sent[1].login = "ada"
    assert oracle.LOST in kinds(game)


def test_a_move_that_is_stored_twice_is_doubled(game):
    twice = {**game.history[FIRST_MOVE], "version": 7}
    game.history.append(twice)
    game.session["version"] = 7
    assert oracle.DOUBLED in kinds(game)


def test_a_move_that_no_player_sent_is_doubled(game):
    del game.sent[1]
    assert oracle.DOUBLED in kinds(game)


def test_a_refused_move_that_is_stored_is_doubled(game):
    game.sent[1].versions, game.sent[1].refused = [], "NotYourTurn"
    assert oracle.DOUBLED in kinds(game)


def test_a_stored_move_may_be_unanswered(game):
    game.sent[1].versions, game.sent[1].acknowledged_at = [], None
    assert oracle.examine(game, games.RULES) == []


def test_a_command_with_two_answers_is_doubled(game):
    game.sent[0].versions = [3, 4]
    assert oracle.DOUBLED in kinds(game)


def test_a_command_may_be_answered_twice_the_same(game):
    game.sent[0].versions = [3, 3]
    assert oracle.examine(game, games.RULES) == []


def test_two_commands_of_one_event_are_doubled(game):
    game.sent.append(games.SentCommand("s1", "ada", "other", game.sent[0].command, versions=[3]))
    assert oracle.DOUBLED in kinds(game)


@pytest.mark.parametrize("index", [0, FIRST_MOVE])
def test_a_missing_version_is_a_gap(game, index):
    del game.history[index]
    assert oracle.GAP in kinds(game)


def test_a_session_ahead_of_its_history_has_a_gap(game):
    game.session["version"] += 1
    assert oracle.GAP in kinds(game)


def test_an_illegal_move_is_found(game):
    game.history[FIRST_MOVE]["command"]["move"] = "b2b4"
    assert oracle.REPLAY in kinds(game)


@pytest.mark.parametrize("index", [FIRST_MOVE, LAST_MOVE])
def test_a_wrong_state_is_found(game, index):
    game.history[index]["state"]["ply"] += 1
    assert oracle.REPLAY in kinds(game)


def test_a_wrong_state_at_the_end_is_found(game):
    game.session["state"] = game.history[FIRST_MOVE]["state"]
    assert oracle.REPLAY in kinds(game)


def test_a_wrong_winner_is_found(game):
    game.session["result"] = {**game.session["result"], "winner": "ben"}
    assert oracle.REPLAY in kinds(game)


def test_a_finished_game_without_a_result_is_found(game):
    game.session["result"] = None
    assert oracle.REPLAY in kinds(game)


def test_different_states_for_two_players_are_found(game):
    game.streams[1].events[0][1]["state"]["ply"] += 1
    assert kinds(game) == {oracle.DIFFERENT}


def test_a_missed_event_is_found(game):
    del game.streams[0].events[1]
    assert kinds(game) == {oracle.DIFFERENT}


def test_an_event_that_came_twice_is_found(game):
    game.streams[0].events.insert(1, game.streams[0].events[0])
    assert kinds(game) == {oracle.DIFFERENT}


def test_events_in_the_wrong_order_are_found(game):
    events = game.streams[0].events
    events[0], events[1] = events[1], events[0]
    assert kinds(game) == {oracle.DIFFERENT}


def test_a_player_who_missed_the_end_is_found(game):
    game.streams[0].events.pop()
    assert kinds(game) == {oracle.DIFFERENT}


def test_a_snapshot_with_a_wrong_state_is_found(game):
    [stream, _] = game.streams
    stream.snapshot = {**stream.snapshot, "version": 3}
    del stream.events[0]
    assert kinds(game) == {oracle.DIFFERENT}


def test_a_reconnected_player_must_miss_nothing(game):
    first = game.streams[0]
    missed = [{"type": name, **params} for name, params in first.events]
    again = {**first.snapshot, "version": 4, "state": game.history[3]["state"]}
    del first.events[1:]
    game.streams.append(games.EventStream("s1", "ada", 3, again, missed[1:2], [
        (name, params) for name, params in game.streams[1].events[2:]
    ]))
    assert oracle.examine(game, games.RULES) == []
    game.streams[-1].missed.clear()
    assert kinds(game) == {oracle.DIFFERENT}


@pytest.mark.parametrize("reason", ["timeout", "abandonment", "aborted"])
def test_an_end_that_no_player_caused_is_found(game, reason):
    del game.history[-2:]
    del game.sent[-1]
    result = {"winner": "ada", "reason": reason, "by_player": {"ada": 1, "ben": 0}}
    game.history.append(games.event(5, "session.ended", result=result))
    game.session.update(version=5, result=result, state=game.history[3]["state"])
    for stream in game.streams:
        stream.events[2:] = [games.notification(game.history[-1])]
    assert kinds(game) == {oracle.UNEXPLAINED}


@pytest.mark.parametrize("command_type", ["offer_draw", "decline_draw", "resign", "accept_draw"])
def test_each_command_is_recognized_by_its_event(command_type):
    drawn = {"reason": "agreement", "by_player": {"ada": 0.5, "ben": 0.5}}
    lost = {"reason": "resignation", "by_player": {"ada": 0, "ben": 1}}
    event = {
        "offer_draw": games.event(3, "session.draw_offered", login="ada"),
        "decline_draw": games.event(3, "session.draw_declined", login="ada"),
        "resign": games.event(3, "session.ended", result=lost),
        "accept_draw": games.event(3, "session.ended", result=drawn),
    }[command_type]
    assert oracle.is_caused_by(event, games.command(command_type, "ada", [3]))
    if command_type != "accept_draw":
        assert not oracle.is_caused_by(event, games.command(command_type, "ben", [3]))
    assert not oracle.is_caused_by(event, games.command("move", "ada", [3]))


def test_a_takeback_is_replayed_as_one():
    record = games.played()
    record.session |= {"status": "active", "result": None, "version": 5}
    record.history[4:] = [games.event(
        5, "session.takeback_accepted", login="ben", taken_back=[4],
        state=record.history[2]["state"],
    )]
    record.session["state"] = record.history[4]["state"]
    assert not list(oracle.replay_differences(record, games.RULES))
    record.history[4]["taken_back"] = [3, 4]
    assert {each.kind for each in oracle.replay_differences(record, games.RULES)} == {oracle.REPLAY}


def test_ratings_count_each_rated_game_once(game):
    unrated, aborted = games.played(), games.played()
    unrated.session["options"] = {**games.OPTIONS, "rated": False}
    aborted.session["result"] = {"winner": None, "reason": "aborted", "by_player": {}}
    expected = oracle.expected_ratings([game, game, unrated, aborted])
    assert expected["ada"] == {"games": 2, "wins": 2, "draws": 0, "losses": 0}
    assert expected["ben"] == {"games": 2, "wins": 0, "draws": 0, "losses": 2}
    assert list(oracle.wrong_ratings(expected, expected)) == []


@pytest.mark.parametrize("games_counted", [0, 2])
def test_a_result_that_is_not_counted_once_is_found(game, games_counted):
    expected = oracle.expected_ratings([game])
    shown = {**expected, "ada": {**expected["ada"], "games": games_counted}}
    [finding] = oracle.wrong_ratings(expected, shown)
    assert finding.kind == oracle.MISCOUNTED and finding.about == "ada"


def test_a_player_without_counts_is_found(game):
    assert len(list(oracle.wrong_ratings(oracle.expected_ratings([game]), {}))) == 2
