"""What is seen of an opponent who has gone."""

from playwright.sync_api import expect

from tests.browser.people import meet


def test_an_opponent_who_leaves_is_waited_for_in_sight_of_a_countdown(person):
    first, second = meet(person().arrive(), person().arrive())
    first.move("b2b3")
    second.says("Your turn")
    second.move("b4b3")
    first.says("Your turn")
    second.context.set_offline(True)
    expect(first.page.get_by_text(f"{second.login} has lost the connection")).to_be_visible()
    first.says("You won: the game was left")
    expect(second.page.get_by_text("The connection is lost")).to_be_visible()
    second.context.set_offline(False)
    second.says("You lost: the game was left")
