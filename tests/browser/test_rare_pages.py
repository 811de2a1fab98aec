"""Rare pages and states: accessible, light and dark, on desktop and phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_games import BEFORE_PROMOTION, FLEET
from tests.browser.test_pages import check, each_device
from tests.e2e.playing import RESIGN, begin, both_move, by_room

on_phone = pytest.mark.parametrize("phone", [True], ids=["phone"])


@pytest.fixture
def someone(person, phone):
    """A person with the device of the test."""
    return person(phone=phone).open()


def in_turn(players, session_id, moves):
    for number, move in enumerate(moves):
        players[number % 2].move(session_id, move)


def sit_down(someone, players, game, moves=()):
    """Open the board as the player who moves first, after these moves."""
    one, other = players
    room = one.call("rooms.create", game=game)
    session_id = other.call("rooms.join", room_id=room["room_id"])["session_id"]
    for player in players:
        player.connect(session_id)
    in_turn(players, session_id, moves)
    return someone.known_as(one).log_in().open(f"/#/game/{session_id}")


@each_device
def test_invitation_is_accessible(someone, phone):
    someone.open("/#/join/SOMEKEY1")
    expect(someone.page.get_by_role("heading", name="You are invited")).to_be_visible()
    check(someone, "join-stranger")
    someone.register()
    expect(someone.button("Join")).to_be_focused()
    someone.press(someone.button("Join"))
    expect(someone.page.get_by_text("There is no such room any more.")).to_be_visible()
    check(someone, "join")


@each_device
def test_empty_pages_are_accessible(someone, phone):
    someone.register().open(f"/#/player/{someone.login}")
    expect(someone.page.get_by_text("No games yet.")).to_be_visible()
    someone.page.locator("summary").click()
    check(someone, "profile-empty")
    someone.open("/#/leaderboard/shatar")
    expect(someone.page.get_by_text("Nobody has played a rated game")).to_be_visible()
    check(someone, "leaderboard-empty")
    someone.open("/#/game/nosuchgame")
    expect(someone.page.get_by_role("heading", name="can’t be shown")).to_be_visible()
    check(someone, "game-missing")
    someone.open("/#/nowhere")
    check(someone, "nowhere")


@each_device
def test_spectators_pages_are_accessible(someone, two_players, phone):
    one, other = two_players
    session_id = begin(one, other, clock={"initial": 600, "increment": 5})
    both_move(one, other, session_id)
    someone.open(f"/#/game/{session_id}")
    someone.says(f"To move: {one.login}")
    check(someone, "watching")
    other.command(session_id, RESIGN)
    someone.says(f"{one.login} won: resignation")
    someone.press(someone.button("First position"))
    expect(someone.button(f"b2, {one.login}'s chick")).to_be_visible()
    check(someone, "replay")
    someone.open("/").register().open(f"/#/player/{one.login}")
    expect(someone.page.get_by_text("1 game: 1 won")).to_be_visible()
    check(someone, "profile-other")


@on_phone
def test_promotion_dialog_is_accessible(someone, two_players, phone):
    sit_down(someone, two_players, "chess", BEFORE_PROMOTION)
    someone.says("Your turn")
    someone.press(someone.square("h7"))
    check(someone, "chess")
    someone.press(someone.square("g8"))
    answers = someone.page.get_by_role("dialog", name="Which one?").get_by_role("button")
    expect(answers).to_have_count(4)
    for answer in answers.all():
        assert is_within(answer.locator(".art").bounding_box(), answer.bounding_box())
    check(someone, "question", whole=False)


@on_phone
def test_placing_ships_is_accessible(someone, two_players, phone):
    placed = [
        f"{ship}@a{rank}h" for rank, ship in enumerate(FLEET, start=1) for _ in two_players
    ]
    sit_down(someone, two_players, "battleship", [*placed, "a1", "j9", "j8", "a2"])
    someone.says("Your turn")
    expect(someone.button("a1, hit")).to_be_visible()
    check(someone, "battleship")


def is_within(inner, outer):
    """Return whether a box lies within another."""
    return all(
        outer[start] <= inner[start]
        and inner[start] + inner[length] <= outer[start] + outer[length]
        for start, length in (("x", "width"), ("y", "height"))
    )


@each_device
def test_lost_connection_is_accessible(someone, two_players, phone):
    one, other = two_players
    session_id = by_room(one, other)
    someone.known_as(one).log_in().open(f"/#/game/{session_id}")
    someone.says("Your turn")
    someone.context.set_offline(True)
    expect(someone.page.get_by_text("The connection is lost")).to_be_visible()
    check(someone, "lost", whole=False)
    someone.press(someone.square("b2"))
    someone.press(someone.square("b3"))
    someone.says("Your move is sent as soon as the connection is back")
    check(someone, "lost-move", whole=False)


def test_long_russian_words_fit_a_phone(person):
    one = person(language="ru-RU", phone=True).open()
    fits = "(element) => element.scrollWidth <= element.clientWidth"
    assert one.button("Показать введённое").evaluate(fits)
    one.field("Логин").fill(one.login)
    one.field("Пароль").fill(one.password)
    one.button("Зарегистрироваться").click()
    one.field("Ключ").fill("WWWWWWWW")
    assert one.field("Ключ").evaluate(fits)
    assert one.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
