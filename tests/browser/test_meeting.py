"""Ways to a game: by search, by a room, by a link to a private one; and watching others."""

import re

from playwright.sync_api import expect

from tests.browser.people import in_order, meet


def test_a_search_tells_how_long_it_has_lasted_and_can_be_stopped(person):
    one = person().arrive()
    one.button("Find an opponent").click()
    expect(one.page.get_by_text("Looking for an opponent")).to_be_visible()
    expect(one.page.locator(".waited")).to_have_text("0:02")
    expect(one.page.get_by_text("First among players of your strength")).to_be_visible()
    one.button("Stop searching").click()
    expect(one.button("Find an opponent")).to_be_focused()
    other = person().arrive()
    other.button("Find an opponent").click()
    expect(other.button("Stop searching")).to_be_visible()
    expect(one.square("b2")).to_have_count(0)


def test_a_room_is_seen_by_others_and_joined(person):
    owner, other = person().arrive(), person().arrive()
    owner.button("Create room").click()
    expect(owner.page.get_by_role("region", name="Your room is open")).to_be_visible()
    row = other.page.get_by_role("listitem").filter(has_text=owner.login)
    row.get_by_role("button", name="Join").click()
    owner.says("Your turn")
    other.says(f"{owner.login} is to move")


def test_a_room_that_was_closed_is_gone(person):
    owner, other = person().arrive(), person().arrive()
    owner.button("Create room").click()
    row = other.page.get_by_role("listitem").filter(has_text=owner.login)
    expect(row).to_be_visible()
    owner.button("Close room").click()
    expect(row).to_have_count(0)
    expect(owner.button("Close room")).to_have_count(0)


def test_a_friend_who_is_new_here_follows_a_link_and_plays(person):
    owner, friend = person().arrive(), person(phone=True)
    owner.button("Create private room").click()
    expect(owner.page.get_by_role("img", name="QR code of the link")).to_be_visible()
    link = owner.field("Link").input_value()
    assert re.fullmatch(rf"{owner.base}/#/join/\w+", link)
    friend.page.goto(link)
    expect(friend.page.get_by_role("heading", name="You are invited to a game")).to_be_visible()
    friend.register()
    owner.says("Your turn")
    friend.says(f"{owner.login} is to move")


def test_a_private_room_is_joined_by_its_key(person):
    owner, friend = person().arrive(), person().arrive()
    owner.button("Create private room").click()
    key = owner.field("Link").input_value().rpartition("/")[2]
    friend.field("Key").fill("NOSUCHKY")
    friend.button("Join").last.click()
    expect(friend.page.get_by_text("There is no such room any more.")).to_be_visible()
    friend.field("Key").fill(key)
    friend.field("Key").press("Enter")
    assert in_order(owner, friend) == (owner, friend)


def test_who_watches_sees_every_move_and_can_make_none(person):
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
