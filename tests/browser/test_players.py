"""Pages of players: ratings and their history."""

import json
import re
import time

from kombu import Connection, Exchange
from playwright.sync_api import expect

import sessions.events
from arbiter_games.speeds import speed_of
from tests.browser.test_pages import check, each_device
from tests.conftest import E2E
from tests.e2e.playing import RESIGN, begin, both_move
from tests.stack import eventually

SPEED_BY_LABEL = {
    "Bullet": "bullet", "Blitz": "blitz", "Rapid": "rapid", "Classical": "classical",
    "Days a move": "days",
}


def play_rated(winner, loser):
    """Play a rated game, which is won and counted."""
    before = len(course(winner))
    session_id = begin(winner, loser)
    both_move(winner, loser, session_id)
    loser.command(session_id, RESIGN)
    eventually(lambda: len(course(winner)) > before, what="the result's being counted")


def course(player):
    """Return the ratings that a player has had, from the oldest."""
    items = player.call("accounts.rating_history")["items"]
    return [round(each["rating"]) for each in reversed(items)]


def by_speed(player):
    return player.call("accounts.get")["ratings_by_speed"]["dobutsu"]


@each_device
def test_rating_history_is_drawn_described_and_listed(person, two_players, phone):
    winner, loser = two_players
    for won, lost in ((loser, winner), (winner, loser), (winner, loser), (winner, loser)):
        play_rated(won, lost)
    ratings = course(winner)
    one = person(phone=phone).known_as(winner)
    one.open(f"/#/player/{winner.login}").log_in()
    drawing = one.page.get_by_role("img", name=re.compile("^Rating over"))
    expect(drawing).to_have_accessible_name(
        f"Rating over 4 games: from {ratings[0]:,} to {ratings[3]:,}, "
        f"lowest {min(ratings):,}, highest {max(ratings):,}"
    )
    check(one, "profile-chart")
    drawing.hover(position={"x": 2, "y": 20})
    expect(one.page.locator(".said strong")).to_contain_text(f"{ratings[0]:,}")
    one.page.get_by_text("As a table").click()
    rows = one.page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(1)).to_contain_text(f"{ratings[3]:,}")
    rows.nth(1).get_by_role("link").click()
    one.says("You won: resignation")


def test_right_to_left_name_does_not_reorder_its_line(person, two_players):
    named = "\u05d0\u05d1\u05d2 1"
    two_players[0].call("accounts.update", display_name=named)
    play_rated(*two_players)
    one = person().arrive().open("/#/leaderboard")
    expect(one.page.get_by_role("table").locator("bdi").get_by_text(named)).to_be_visible()
    one.open(f"/#/player/{two_players[0].login}")
    expect(one.page.get_by_role("heading", level=1).locator("bdi")).to_have_text(named)


def test_one_rated_game_has_no_history(
    person, two_players
):
    play_rated(*two_players)
    one = person().arrive().open(f"/#/player/{two_players[0].login}")
    expect(one.page.get_by_text("1 game: 1 won")).to_be_visible()
    expect(one.page.get_by_text("after two rated games")).to_be_visible()
    one.open(f"/#/player/{one.login}")
    expect(one.page.get_by_text("No rated games yet.")).to_be_visible()


def test_results_are_worded_for_the_reader(person, two_players):
    winner, loser = two_players
    play_rated(winner, loser)
    begin(winner, loser)
    stranger = person().arrive().open(f"/#/player/{winner.login}")
    beaten = person().open().known_as(loser).log_in().open(f"/#/player/{winner.login}")
    games = [
        each.page.get_by_role("region", name="Games").get_by_role("listitem")
        for each in (stranger, beaten)
    ]
    expect(games[0].last).to_contain_text(f"{winner.login} won: resignation")
    expect(games[0].first.get_by_role("link")).to_have_text("Watch")
    expect(games[1].last).to_contain_text("You lost: resignation")
    expect(games[1].first.get_by_role("link")).to_have_text("Continue")
    for each in games:
        expect(each).to_have_count(2)
        expect(each.last).to_have_class("won")


def test_ratings_are_shown_and_offered_by_speed(person, two_players):
    winner, loser = two_players
    play_rated(winner, loser)
    clock = {"initial": 60, "increment": 0}
    session_id = begin(loser, winner, clock=clock)
    both_move(loser, winner, session_id)
    winner.command(session_id, RESIGN)
    eventually(lambda: len(by_speed(winner)) == 2, what="the result's being counted")
    one = person().arrive()
    for option in one.page.locator("#clock optgroup option").all():
        [group, clock] = option.evaluate("(each) => [each.parentElement.label, each.value]")
        assert speed_of(json.loads(clock)) == SPEED_BY_LABEL[group]
    one.open("/#/leaderboard")
    for label, speed in (("Classical", "classical"), ("Bullet", "bullet")):
        one.field("Speed").select_option(label)
        line = one.page.get_by_role("row").filter(has_text=winner.login)
        expect(line).to_contain_text(f"{round(by_speed(winner)[speed]['rating']):,}")
    one.open(f"/#/player/{winner.login}")
    expect(one.page.get_by_role("button", name="Dobutsu shogi: Classical")).to_contain_text("1 won")
    one.page.get_by_role("button", name="Dobutsu shogi: Bullet").click()
    expect(one.page.get_by_role("heading", name="Dobutsu shogi: Bullet")).to_be_visible()


def test_places_in_games_for_many_are_shown(person, player, broker):
    players = [player() for _ in range(3)]
    first = players[0]
    for number, places in enumerate(([1, 2, 3], [2, 1, 3])):
        count_places(broker, f"{first.login}-{number}", players, places)
    eventually(lambda: by_speed(first).get("days", {}).get("games") == 2, what="the results")
    one = person().arrive().open(f"/#/player/{first.login}")
    expect(one.page.get_by_role("button", name="Days a move")).to_contain_text(
        "2 games: 1 won, 0 drawn, 1 lostPlaces: #1 1×, #2 1×"
    )
    one.page.get_by_text("As a table").click()
    expect(one.page.get_by_role("row").nth(1)).to_contain_text("place 2 of 3")
    one.open("/#/leaderboard/dobutsu/days")
    line = one.page.get_by_role("row").filter(has_text=first.login)
    expect(line).to_contain_text("average place 1.5")


def count_places(broker, session_id, players, places):
    """Announce a rated session in which players took these places, as the session service does."""
    logins = [player.login for player in players]
    params = {
        "session_id": session_id, "game": "dobutsu", "players": logins, "ended_at": time.time(),
        "options": {"rated": True, "clock": {"days": 1, "vacation": 0}},
        "result": {
            "winner": None, "reason": "try",
            "by_player": {
                login: float(place == 1) for login, place in zip(logins, places, strict=True)
            },
            "places": dict(zip(logins, places, strict=True)),
        },
    }
    with Connection(broker.uri(E2E)) as connection:
        exchange = Exchange(sessions.events.RESULTS_EXCHANGE, type="fanout", durable=True)
        connection.Producer(exchange=exchange).publish(
            {"id": session_id, "event": "session.result", "params": params}
        )
