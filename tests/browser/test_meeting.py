"""Ways to a game: search, rooms, links to private rooms; and watching."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import in_order, listed, meet
from tests.browser.refusing import Refusing
from tests.e2e.playing import by_room


def test_room_is_listed_and_joined(person):
    owner, other = person().arrive(), person().arrive()
    owner.button("Create room").click()
    expect(owner.page.get_by_role("region", name="Your room is open")).to_be_visible()
    row = listed(other, "Open rooms", owner.login)
    row.get_by_role("button", name="Join").click()
    owner.says("Your turn")
    other.says(f"{owner.login} is to move")


def test_long_lists_show_more_on_request(person, player):
    first, *others = [player() for _ in range(5)]
    early = by_room(first, others[0])
    for one, other in [others[:2], others[2:]] * 6:
        by_room(one, other)
    first.call("rooms.create")
    for _ in range(5):
        for owner in others:
            owner.call("rooms.create")
    watcher = person().arrive()
    rooms, games = (
        watcher.page.get_by_role("region", name=name)
        for name in ("Open rooms", "Games being played")
    )
    room, game = (
        each.get_by_role("listitem").filter(has_text=first.login) for each in (rooms, games)
    )
    expect(rooms.get_by_role("listitem")).to_have_count(20)
    expect(games.get_by_role("listitem")).to_have_count(12)
    for region, row in ((rooms, room), (games, game)):
        expect(row).to_have_count(0)
        region.get_by_role("button", name="Show more").click()
        expect(row).to_be_visible()
    first.call("sessions.execute", session_id=early, command={"type": "abort"}, command_id="1")
    expect(game).to_have_count(0)
    room.get_by_role("button", name="Join").click()
    watcher.says(f"{first.login} is to move")


def test_closed_room_disappears(person):
    owner, other = person().arrive(), person().arrive()
    owner.button("Create room").click()
    row = listed(other, "Open rooms", owner.login)
    expect(row).to_be_visible()
    owner.button("Close room").click()
    expect(row).to_have_count(0)
    expect(owner.button("Close room")).to_have_count(0)


def own_rooms(person, kind="Your room is open"):
    return person.page.get_by_role("region", name=kind)


def test_room_closed_while_disconnected_is_announced(person, player):
    owner = player()
    one = person().open().known_as(owner).log_in()
    one.button("Create room").click()
    expect(own_rooms(one)).to_be_visible()
    one.context.set_offline(True)
    expect(one.page.get_by_text("The connection is lost")).to_be_visible()
    rooms = owner.call("rooms.list")["items"]
    [room] = [each for each in rooms if each["owner"] == owner.login]
    owner.call("rooms.close", room_id=room["room_id"])
    one.context.set_offline(False)
    expect(one.page.locator("#notices")).to_contain_text("The room is closed.")
    expect(own_rooms(one)).to_have_count(0)


@pytest.mark.parametrize(("button", "kind"), [
    ("Create room", "Your room is open"),
    ("Create private room", "Your private room is open"),
])
def test_room_survives_a_reload_and_a_silent_server(
    person, button, kind
):
    one = person()
    line = Refusing(one, "rooms.get")
    one.arrive().button(button).click()
    expect(own_rooms(one, kind)).to_be_visible()
    line.refuses = 1
    one.page.reload()
    expect(own_rooms(one, kind)).to_be_visible()
    assert not line.refuses


def test_old_own_room_is_shown_and_closed(person, player):
    one = person().arrive()
    one.button("Create room").click()
    expect(own_rooms(one)).to_be_visible()
    for owner in [player() for _ in range(4)]:
        for _ in range(5):
            owner.call("rooms.create")
    one.page.get_by_role("link", name="Leaderboard").click()
    expect(own_rooms(one)).to_have_count(0)
    one.page.get_by_role("link", name="Play", exact=True).click()
    expect(own_rooms(one)).to_be_visible()
    one.button("Close room").click()
    expect(own_rooms(one)).to_have_count(0)
    expect(one.page.locator("#notices")).not_to_contain_text("The room is closed.")


def test_double_press_makes_one_room(person):
    one = person()
    asked = []
    one.page.on("websocket", lambda socket: socket.on(
        "framesent", lambda frame: asked.append(json.loads(frame)["method"])
    ))
    one.arrive().button("Create room").dblclick()
    expect(own_rooms(one)).to_be_visible()
    assert asked.count("rooms.create") == 1


def test_new_player_joins_by_a_link(person):
    owner, friend = person().arrive(), person(phone=True)
    owner.button("Create private room").click()
    expect(owner.page.get_by_role("img", name="QR code of the link")).to_be_visible()
    link = owner.field("Link").input_value()
    assert re.fullmatch(rf"{owner.base}/#/join/\w+", link)
    friend.page.goto(link)
    expect(friend.page.get_by_role("heading", name="You are invited to a game")).to_be_visible()
    friend.register()
    expect(friend.field("Key")).to_have_value(link.rpartition("/")[2])
    expect(friend.button("Join")).to_be_focused()
    expect(owner.button("Close room")).to_be_visible()
    friend.press(friend.button("Join"))
    owner.says("Your turn")
    friend.says(f"{owner.login} is to move")


def test_private_room_is_joined_by_its_key(person):
    owner, friend = person().arrive(), person().arrive()
    owner.button("Create private room").click()
    key = owner.field("Link").input_value().rpartition("/")[2]
    friend.field("Key").fill("NOSUCHKY")
    friend.page.locator("form").get_by_role("button", name="Join").click()
    expect(friend.page.get_by_text("There is no such room any more.")).to_be_visible()
    friend.field("Key").fill(key)
    friend.field("Key").press("Enter")
    assert in_order(owner, friend) == (owner, friend)


def test_expired_link_is_explained(person):
    one = person().arrive().open("/#/join/NOSUCHKY")
    expect(one.button("Join")).to_be_focused()
    one.page.keyboard.press("Enter")
    expect(one.page.get_by_text("There is no such room any more.")).to_be_visible()
    expect(one.field("Key")).to_have_value("NOSUCHKY")


def test_link_to_an_own_room_leads_to_it(person):
    owner = person().arrive()
    owner.button("Create private room").click()
    link = owner.field("Link").input_value()
    owner.page.goto(link)
    owner.button("Join").click()
    expect(owner.field("Link")).to_have_value(link)


def test_expired_search_can_be_started_again(stack, person):
    with stack.given("searcher", SEARCH_EXPIRY=3):
        one = person().arrive()
        one.button("Find an opponent").click()
        expect(one.button("Stop searching")).to_be_visible()
        expect(one.button("Search again")).to_be_visible()
    one.button("Search again").click()
    expect(one.button("Stop searching")).to_be_focused()
    one.button("Stop searching").click()
    expect(one.button("Find an opponent")).to_be_visible()


def test_spectator_sees_moves_and_makes_none(person):
    first, second = meet(person().arrive(), person().arrive())
    watcher = person().open()
    row = watcher.page.get_by_role("listitem").filter(has_text=first.login)
    row.get_by_role("link", name="Watch").click()
    watcher.says(f"To move: {first.login}")
    expect(watcher.button(f"b2, {first.login}'s chick")).to_be_visible()
    expect(watcher.button("Resign")).to_have_count(0)
    expect(first.page.get_by_text("1 watching")).to_be_visible()
    first.move("b2b3")
    watcher.says(f"To move: {second.login}")
    expect(watcher.button(f"b3, {first.login}'s chick")).to_be_visible()
    watcher.button("Flip board").click()
    low, high = watcher.square("a1").bounding_box(), watcher.square("a4").bounding_box()
    assert low["y"] < high["y"]
